"""Writes of clinics: by the administrator, each in the audit; and a person's choice of post."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction

from priyom.accounts.actions import end_sessions_of
from priyom.audit.actions import record
from priyom.clinics import queries, rules
from priyom.clinics.models import Doctor, Organisation, Post, Speciality
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing

Kept = Organisation | Speciality | Doctor | Post


def keep(actor: Actor, row: Kept, changed: list[str]) -> None:
    """Keep a new or changed row; `changed` names its fields for the audit.

    A changed post ends the sessions of its person: another role is another session. Refuses
    what is there already.
    """
    kind = row._meta.model_name or ""
    try:
        with transaction.atomic():
            is_new = row._state.adding
            row.save()
            record(actor, "clinics.keep", (kind, row.pk), detail={"changed": sorted(changed)})
            if isinstance(row, Post) and not is_new:
                end_sessions_of(row.account_id)
    except IntegrityError as error:
        raise rules.twice() from error


def switch(actor: Actor, account: UUID, chosen: str) -> Post:
    """Return the post that the person has chosen. Refuses a post that is not theirs in force."""
    post = next((one for one in queries.posts_of(account) if str(one.pk) == chosen), None)
    if post is None:
        raise missing("Должность")
    who = replace(actor, account=account, organisation=post.organisation_id)
    record(who, "clinics.switch", ("post", post.pk))
    return post

"""A file that a visitor wants checked: taken for minutes, checked by a job, its bytes forgotten."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from priyom.accounts import actions as accounts
from priyom.conclusions import findings
from priyom.conclusions.findings import Finding
from priyom.conclusions.models import Inspection
from priyom.conclusions.queries import papers
from priyom.conclusions.queries.inspecting import Found, inspected, key_of
from priyom.kernel import clock

INSPECT = "conclusions.inspect"
KEPT_FOR = timedelta(hours=1)
"""How long an answer can be read; the bytes go as soon as it is there."""
PATIENCE = timedelta(minutes=10)
"""After which a check whose worker fell is given up, and the visitor told."""
LOG = logging.getLogger("priyom.conclusions")


def take(address: str, body: bytes, code: str) -> str:
    """Take a file for its check; return the secret of the page that will say what it is.

    Raises Refusal: invalid for an empty or too large file, too_many for an address that sends too
    often and while too many files wait.
    """
    accounts.knock("check-file", address, findings.FILES)
    if not body:
        raise findings.empty()
    if len(body) > findings.LARGEST:
        raise findings.too_big()
    if Inspection.objects.filter(done_at=None).count() >= findings.WAITING:
        raise findings.busy()
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        row = Inspection.objects.create(
            key=key_of(token), asked_at=clock.now(), code=code[:60], body=body
        )
        app.configure_task(INSPECT).defer(key=row.pk)
    return token


def inspect(key: str) -> None:
    """Check one file and forget its bytes; a job calls it. Done is done."""
    row = Inspection.objects.filter(pk=key, done_at=None).first()
    if row is None or row.body is None:
        return
    try:
        found = inspected(bytes(row.body), row.code)
    except Exception:
        # Whatever it was, the visitor is told and the bytes do not stay.
        LOG.exception("a file could not be checked")
        found = Found(Finding.FAILED)
    _answer(Inspection.objects.filter(pk=key, done_at=None), found)


def forget_inspections() -> int:
    """Give up what no worker finished, delete what is an hour old; return how many went.

    A job calls it.
    """
    lost = Inspection.objects.filter(done_at=None, asked_at__lt=clock.now() - PATIENCE)
    _answer(lost, Found(Finding.FAILED))
    return Inspection.objects.filter(asked_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _answer(rows: QuerySet[Inspection], found: Found) -> None:
    """Write what was found in the place of the bytes."""
    told = {"note": found.note, "manifest": found.manifest, "is_other": found.is_other}
    if found.verdict is not None:
        told |= papers.told_of(found.verdict)
    rows.update(
        body=None, code="", done_at=clock.now(), finding=found.finding,
        conclusion=found.conclusion, told=told,
    )  # fmt: skip

"""The patient's «yes» on the spot: a code from a letter, read out to the doctor."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import F

from priyom.audit.actions import record
from priyom.intake import news
from priyom.intake.actions.living import is_doctor
from priyom.intake.models import ConsentCode
from priyom.intake.rules import (
    CODE_FOR,
    CODE_PAUSE,
    CODE_TRIES,
    too_soon,
    wrong_address,
    wrong_code,
)
from priyom.kernel import clock
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import missing
from priyom.patients.models import Patient
from priyom.patients.rules import is_email


def send_code(actor: Actor, patient: UUID, email: str) -> ConsentCode:
    """Send the patient a code that says «I agree» when it is read out; an earlier one ends.

    Raises Refusal: missing for who is no doctor and for no card, invalid for no address, conflict
    within a minute of the one before.
    """
    card = Patient.objects.filter(pk=patient).first()
    if not is_doctor(actor) or card is None:
        raise missing("Карта")
    address = email.strip()
    if not is_email(address):
        raise wrong_address()
    now = clock.now()
    with transaction.atomic():
        mine = ConsentCode.objects.filter(patient=card, organisation_id=actor.workplace)
        if mine.select_for_update().filter(sent_at__gt=now - CODE_PAUSE).exists():
            raise too_soon()
        mine.filter(expires_at__gt=now).update(expires_at=now)
        code = f"{secrets.randbelow(10**6):06}"
        made = ConsentCode.objects.create(
            patient=card,
            organisation_id=actor.workplace,
            asked_by=actor.account,
            digest="",
            sent_at=now,
            expires_at=now + CODE_FOR,
        )
        made.digest = _digest(made.pk, code)
        made.save(update_fields=["digest"])
        news.send_code(made, address, code)
        record(actor, "consent.ask_code", ("patient", card.pk), patient=card.pk)
    return made


def prove(actor: Actor, patient: UUID, code: str) -> None:
    """Use up the code that this doctor had sent; each wrong try counts, also of a refused order.

    Raises Refusal (invalid) for a wrong, an old, a used or a too often tried one.
    """
    with transaction.atomic():
        row = (
            ConsentCode.objects.select_for_update()
            .filter(
                patient_id=patient,
                organisation_id=actor.workplace,
                asked_by=actor.account,
                used_at=None,
                expires_at__gt=clock.now(),
                tries__lt=CODE_TRIES,
            )
            .order_by("-sent_at")
            .first()
        )
        if row is not None:
            is_right = secrets.compare_digest(row.digest, _digest(row.pk, code.strip()))
            if is_right:
                row.used_at = clock.now()
                row.save(update_fields=["used_at"])
                return
            ConsentCode.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
            record(actor, "consent.prove", ("patient", patient), patient=patient, result="refused")
    raise wrong_code()


def _digest(key: UUID, code: str) -> str:
    return hashlib.sha256(f"{key}:{code}".encode()).hexdigest()

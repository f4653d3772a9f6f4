"""An e-mail address is asked about by a link and confirmed by whoever reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction

from priyom.intake import news
from priyom.intake.access import is_registrar
from priyom.intake.actions.living import audit, lock, require_holder, step
from priyom.intake.models import Request
from priyom.intake.rules import wrong_address
from priyom.kernel.actor import SYSTEM, Actor
from priyom.kernel.refusal import missing
from priyom.patients.actions import confirm_email
from priyom.patients.models import Patient
from priyom.patients.rules import is_email

_SALT = "intake.address"
VALID_FOR = timedelta(days=3)


def ask_address(actor: Actor, request_id: UUID, patient: UUID, email: str) -> None:
    """Write the address on the request and send it a link to confirm it; the same again does not.

    Raises Refusal: missing for strangers and for no card, conflict when a colleague has the
    request, invalid for what is no address.
    """
    address = email.strip()
    if not is_email(address):
        raise wrong_address()
    with transaction.atomic():
        request = lock(request_id)
        if not is_registrar(actor, request) or not Patient.objects.filter(pk=patient).exists():
            raise missing("Заявка")
        require_holder(actor, request)
        request.email = address
        request.save(update_fields=["email"])
        # No address in the link: it stands in logs of proxies.
        told = {"r": str(request_id), "p": str(patient), "e": news.fingerprint(address)}
        news.ask_address(request, signing.dumps(told, salt=_SALT))
        step(actor, request, "address")
        audit(actor, request, "ask_address")


def asked_address(token: str) -> tuple[UUID, str]:
    """Return whose card a link is about, and the address.

    Raises Refusal (missing) when the link is none, too old, or the request has another address.
    """
    try:
        told = signing.loads(token, salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        raise missing("Ссылка") from None
    request = Request.objects.filter(pk=told["r"]).first()
    if request is None or news.fingerprint(request.email) != told["e"]:
        raise missing("Ссылка")
    return UUID(told["p"]), request.email


def confirm_address(visitor: Actor, token: str) -> None:
    """Keep the address of a link on its card as confirmed now; again changes nothing.

    Whoever has the link may be anybody: the house does it, from where the visitor came. Raises
    Refusal as `asked_address` does.
    """
    patient, email = asked_address(token)
    house = replace(
        SYSTEM,
        session=visitor.session,
        request_id=visitor.request_id,
        address=visitor.address,
    )
    confirm_email(house, patient, email)

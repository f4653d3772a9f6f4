"""`python -m tests.faults.stage 12`: books that many consultations and prints who takes part.

A process of its own, because the tests of this folder must know no Django: their database is
killed under them. Everything is made by the real acts; JSON, one list of chats, goes to stdout.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

django.setup()

from priyom.accounts.models import Account  # noqa: E402 - models need a set-up Django
from priyom.accounts.sessions import SessionStore  # noqa: E402
from priyom.clinics.models import Role  # noqa: E402
from priyom.consultations import actions as consultations  # noqa: E402
from priyom.intake import actions as intake  # noqa: E402
from priyom.kernel.actor import ActorKind  # noqa: E402
from priyom.testing import builders  # noqa: E402

if TYPE_CHECKING:
    from priyom.clinics.models import Organisation
    from priyom.kernel.actor import Actor

TOKEN = "0123456789abcdef0123456789abcdef"
"""What the forms of these sessions carry against forgery."""


def chat(place: Organisation, registrar: Actor, number: int) -> dict[str, object]:
    """Book one consultation of a new patient with a new doctor; both may write."""
    card = builders.patient(
        ("Иванова", "Анна", f"{number}"), date(1986, 4, 12), "f", place, email="a@mail.example"
    )
    anna = builders.owner(card)
    boris = builders.doctor(("Климов", "Борис", f"{number}"), place)
    slot = builders.slots(boris)[0]
    asked = builders.request(card, place, asked_by=anna.pk)
    intake.take(registrar, asked.pk)
    booked = intake.book(registrar, asked.pk, intake.Choice(card.pk, slot.pk, card.email))
    builders.consent(card, place)
    consultations.join(builders.patient_actor(anna), booked.pk)
    assert boris.account is not None
    return {
        "chat": str(booked.pk),
        "patient": person(anna, "/my"),
        "doctor": person(boris.account, "/desk"),
    }


def person(account: Account, portal: str) -> dict[str, str]:
    """Return somebody's account and session: cookie, and the handle that tickets are bound to."""
    session = SessionStore(portal=portal)
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["_csrftoken"] = TOKEN
    handle = str(session.handle)
    session.save()
    return {
        "account": str(account.pk),
        "handle": handle,
        "cookie": f"{settings.PORTAL_COOKIES[portal]}={session.session_key}",
        "token": TOKEN,
    }


def main(count: int) -> None:
    """Make `count` chats of one МО."""
    place = builders.organisation()
    vera = builders.staff(("Смирнова", "Вера", "Николаевна"), place, Role.REGISTRAR)
    registrar = builders.staff_actor(ActorKind.REGISTRAR, vera, place)
    print(json.dumps([chat(place, registrar, number) for number in range(count)]))


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""The cast, Борис's times and Анна's request, for tests of pages."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from priyom.intake import actions
from priyom.intake.models import Request
from priyom.intake.rules import RequestData
from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.patients.models import Patient
from priyom.testing import builders
from priyom.testing.cast import Cast, gather
from priyom.testing.doors import visit


class Stage:
    """The cast, Борис's times, and Анна's request."""

    def __init__(self) -> None:
        self.cast: Cast = gather()
        self.slots = builders.slots(self.cast.boris.doctor, 4)
        self.request = actions.ask(self.cast.anna.actor, self.data(self.cast.anna.card))

    def data(self, card: Patient) -> RequestData:
        tomorrow = clock.now() + timedelta(days=1)
        return RequestData(
            client_key=uuid7(),
            organisation=self.cast.clinic.pk,
            speciality=self.cast.boris.doctor.speciality_id,
            complaint="Третий день температура",
            phone="+79215551020",
            email="anna@example.ru",
            patient=card.pk,
            intervals=((tomorrow, tomorrow + timedelta(hours=4)),),
        )

    def url(self, tail: str = "") -> str:
        return f"/desk/requests/{self.request.pk}/{tail}"

    def state(self) -> str:
        return Request.objects.get(pk=self.request.pk).state


def form(stage: Stage, **changes: object) -> dict[str, object]:
    """Return what the patient's form sends."""
    tomorrow = clock.today() + timedelta(days=1)
    return {
        "client_key": str(uuid7()),
        "complaint": "Кашель неделю",
        "whom": f"s:{stage.cast.boris.doctor.speciality_id}",
        "times": [f"{tomorrow}:am", f"{tomorrow}:pm"],
        "phone": "8 921 555-10-20",
        "email": "anna@example.ru",
        "no_red_flags": "on",
    } | changes


def taken(stage: Stage) -> Client:
    """Return Вера's browser with the request in her hands."""
    vera = visit(stage.cast.vera)
    vera.post(stage.url("take/"))
    return vera

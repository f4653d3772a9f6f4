"""A talk that has begun, and its conclusion brought to the state a test needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from priyom.conclusions import actions
from priyom.conclusions.models import Conclusion
from priyom.consultations import actions as consultations
from priyom.consultations.log import Item, Verdict, append
from priyom.consultations.models import Consultation
from priyom.files import actions as files
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock

FILLED = {
    "complaints": "Кашель, температура 38,4 третий день.",
    "anamnesis": "Контакт с больным в семье.",
    "temperature": "38,4",
    "saturation": "95",
    "diagnosis": "J06.9 ОРВИ",
    "recommendations": "Питьё, покой.\nПри одышке звонить 103.",
}


@dataclass
class Talk:
    """Анна's consultation with Борис, in progress."""

    cast: Cast
    row: Consultation
    clock: Clock

    @property
    def id(self) -> UUID:
        """Return the consultation's key."""
        return self.row.pk

    @property
    def doctor(self) -> Any:
        """Return Борис as the door makes him."""
        return self.cast.boris.actor

    def now(self) -> Consultation:
        """Return the row as it stands."""
        return Consultation.objects.get(pk=self.row.pk)

    def sent(self, name: str) -> UUID:
        """Let Анна send a file; return its key."""
        anna = self.cast.anna
        consultations.join(anna.actor, self.id)
        file = files.keep(name.encode(), "application/pdf")
        held = consultations.attach(anna.actor, self.id, file, name)
        item = Item(self.id, anna.account.pk, str(held.pk), "file", "", None, (held.pk,))
        with connection.cursor() as cursor:
            assert append(cursor, [item], "test")[0].verdict is Verdict.STORED
        return held.pk

    def written(self, **changes: str) -> int:
        """Save a full draft; return its revision."""
        page = Conclusion.objects.filter(consultation=self.row).order_by("-version").first()
        before = page.revision if page else 0
        return actions.save(self.doctor, self.id, FILLED | changes, before).revision

    def formed(self, **changes: str) -> Conclusion:
        """Save and form."""
        return actions.form(self.doctor, self.id, self.written(**changes))

    def signed(self, **changes: str) -> Conclusion:
        """Save, form and sign."""
        row = self.formed(**changes)
        return actions.sign(self.doctor, self.id, row.formed_pdf_id or "")


def begun(cast: Cast, clock: Clock) -> Talk:
    """Return a talk that Борис has begun in time."""
    row = cast.consultation()
    clock.set(row.starts_at)
    consultations.begin(cast.boris.actor, row.pk)
    return Talk(cast, row, clock)

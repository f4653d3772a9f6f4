"""The head hears of each overdue answer once; a missed tick is made up by the next."""

from __future__ import annotations

from django.db import transaction

from priyom.audit.actions import record
from priyom.clinics.queries import heads_of
from priyom.consultations.models import Consultation
from priyom.consultations.promise import Promise, overdue_key
from priyom.consultations.queries import running
from priyom.intake import letters
from priyom.intake.actions.ticking import each
from priyom.kernel.actor import SYSTEM
from priyom.notices.queries import known_keys


def tell_overdue() -> int:
    """Queue letters to the heads about what is overdue now; returns about how many questions.

    One question is told once, whoever has the consultation then. One consultation's trouble
    never stops the next.
    """
    rows = Consultation.objects.select_related("organisation")
    late = {key: one for key, one in running(rows.all()).items() if one.is_overdue}
    found = rows.filter(pk__in=list(late)).order_by("pk")
    return each("the overdue answer", found, lambda one: _tell(one, late[one.pk]))


def _tell(consultation: Consultation, asked: Promise) -> bool:
    start = overdue_key(consultation.pk, asked.seq)
    heads = {f"{start}{head.pk}": head for head in heads_of(consultation.organisation_id)}
    new = heads.keys() - known_keys(heads)
    if not new:
        return False
    with transaction.atomic():
        for key in sorted(new):
            letters.tell_overdue(consultation, asked, heads[key])
        record(
            SYSTEM,
            "consultation.overdue",
            ("consultation", consultation.pk),
            patient=consultation.patient_id,
            detail={"seq": asked.seq},
        )
    return True

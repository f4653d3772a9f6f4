"""Letters that ask the patient to choose: another time instead of a lost one.

As in letters: when and where, a link, never a medical word, a name or a complaint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from priyom.intake.letters import to_patient, words_of
from priyom.intake.models import Request, Transfer
from priyom.kernel import words


def tell_displaced(request: Request | None, transfer: Transfer, times: Sequence[datetime]) -> bool:
    """Ask for another time, with the nearest named; False when no address is known."""
    consultation = transfer.consultation
    if not (request.email if request else consultation.patient.email):
        return False
    near = "; ".join(words.exact(at) for at in times)
    said = words_of(
        consultation,
        subject=f"Нужно другое время: консультация {words.exact(consultation.starts_at)}",
        lead="Врач не сможет принять вас в назначенное время",
        lines=(
            f"Ближайшее свободное время: {near}." if near else "Подберите время вместе с нами.",
            "Выберите одно из них по ссылке. Пока вы не выбрали, ничего не меняется.",
        ),
        after=("Удобнее по телефону? Позвоните в регистратуру.",),
    )
    link = f"{settings.PUBLIC_URL}/my/transfers/{transfer.pk}/"
    asked = replace(said, button="Выбрать время", url=link)
    to_patient(request, consultation, f"displaced:{transfer.pk}", asked, has_calendar=False)
    return True

"""Letters that ask the patient to choose: another time for a lost one, a time that became free.

As in letters: when and where, a link, never a medical word, a name or a complaint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from priyom.intake.letters import sender_of, to_patient, words_of
from priyom.intake.models import Proposal, Request, Transfer
from priyom.kernel import words
from priyom.notices import actions as notices
from priyom.notices.letter import Words, compose


def tell_displaced(request: Request | None, transfer: Transfer, times: Sequence[datetime]) -> bool:
    """Ask for another time, with the nearest named; False when no address is known."""
    consultation = transfer.consultation
    to = request.email if request else consultation.patient.email
    if not to or consultation.patient.is_dead:
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


def tell_proposal(request: Request, proposal: Proposal) -> None:
    """Offer a time to who waits: when it is, until when it is kept, a link to answer."""
    if request.patient and request.patient.is_dead:
        return
    when = words.exact(proposal.slot.starts_at)
    letter = compose(
        Words(
            subject=f"Есть время для консультации: {when}",
            lead="Для вас появилось время",
            facts=(
                ("Когда", when),
                ("Где", f"{request.organisation.short_name}, чат на портале «Приём»"),
                ("Заявка", f"№ {request.number}"),
            ),
            lines=(
                f"Держим его для вас до {words.clock_time(proposal.expires_at)} (МСК), "
                "потом предложим следующему.",
                "Пока вы не ответили, запись не сделана.",
            ),
            button="Ответить",
            url=f"{settings.PUBLIC_URL}/my/proposals/{proposal.pk}/",
            after=("Не подходит или не успели? Заявка остаётся в очереди.",),
            sender=sender_of(request.organisation),
        )
    )
    key = f"proposed:{proposal.pk}:patient"
    notices.queue(request.organisation_id, key, request.email, letter, request.pk)

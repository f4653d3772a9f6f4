"""Letters that ask the patient for an answer: another time, a time that became free, the address.

As in letters: when and where, a link, never a medical word, a name or a complaint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings

from priyom.intake.letters import sender_of, to_patient, words_of
from priyom.intake.models import ConsentCode, Proposal, Request, Transfer
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


def link_key(request: UUID, email: str) -> str:
    """Return the key of the letter that asks whether this address is the patient's."""
    return f"address:{request}:{fingerprint(email)}:patient"


def fingerprint(email: str) -> str:
    """Return what stands for an address in keys and links."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:16]


def ask_address(request: Request, token: str) -> None:
    """Ask whoever reads the request's address to confirm it; nothing else stands in the letter."""
    letter = compose(
        Words(
            subject="Подтвердите адрес почты",
            lead="Регистратура записала этот адрес с ваших слов",
            lines=("Подтвердите его: тогда время консультации и ссылка на чат придут сюда.",),
            button="Это мой адрес",
            url=f"{settings.PUBLIC_URL}/my/address/{token}/",
            after=("Если вы не обращались в поликлинику, ничего делать не нужно.",),
            sender=sender_of(request.organisation),
        )
    )
    key = link_key(request.pk, request.email)
    notices.queue(request.organisation_id, key, request.email, letter, request.pk)


def send_code(proof: ConsentCode, to: str, code: str) -> None:
    """Send the code with what it means; the subject has neither."""
    place = proof.organisation
    letter = compose(
        Words(
            subject="Код для согласия",
            lead=f"Код: {code}",
            lines=(
                "Назовите его врачу, если согласны на консультацию на портале «Приём»: переписка, "
                "при необходимости видеозвонок без записи. Врач не увидит вас лично и может "
                "попросить прийти на приём.",
                "Переписка и заключение хранятся в вашей карте. Отозвать согласие можно в любой "
                "момент в личном кабинете или в регистратуре.",
            ),
            after=("Код действует 15 минут. Если вы не у врача, никому его не называйте.",),
            sender=sender_of(place),
        )
    )
    notices.queue(place.pk, f"code:{proof.pk}:patient", to, letter, proof.pk)

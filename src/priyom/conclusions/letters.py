"""What the patient is told of a conclusion: that it is there and where; never what is in it."""

from __future__ import annotations

from typing import Literal

from django.conf import settings

from priyom.conclusions.models import Conclusion
from priyom.consultations.models import Consultation
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import Refusal
from priyom.notices import actions as notices
from priyom.notices.letter import Letter, Words, compose

Event = Literal["signed", "amended", "withdrawn"]
_SAID: dict[Event, tuple[str, str, str]] = {
    "signed": (
        "Заключение готово",
        "Врач подписал заключение по вашей консультации. Прочитать и скачать его можно в "
        "личном кабинете.",
        "Открыть заключение",
    ),
    "amended": (
        "Заключение обновлено",
        "Врач подписал новую версию заключения. Прежняя тоже остаётся в личном кабинете.",
        "Открыть заключение",
    ),
    "withdrawn": (
        "Заключение отозвано",
        "Поликлиника отозвала заключение. Причина указана в личном кабинете; с вопросами "
        "звоните в регистратуру.",
        "Открыть личный кабинет",
    ),
}


def tell(consultation: Consultation, row: Conclusion, event: Event) -> None:
    """Queue the letter in the caller's transaction; without a usable address there is none.

    Nothing goes out about the dead. The portal shows the same, so a wrong address must not hold up
    the signature.
    """
    to = consultation.patient.email
    if not to or consultation.patient.is_dead:
        return
    key = f"conclusion-{event}:{row.pk}:patient"
    try:
        notices.queue(
            consultation.organisation_id, key, to, letter_of(consultation, event), consultation.pk
        )
    except Refusal:
        return


def letter_of(consultation: Consultation, event: Event) -> Letter:
    """Return the letter: no patient, no doctor, no speciality, no word of the illness."""
    subject, lead, button = _SAID[event]
    place = consultation.organisation
    return compose(
        Words(
            subject=subject,
            lead=lead,
            sender=f"{place.short_name}, {show_phone(place.phone)}",
            button=button,
            url=f"{settings.PUBLIC_URL}/my/consultations/{consultation.pk}/conclusion/",
        )
    )

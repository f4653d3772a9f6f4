"""Who is in a document, as their cards stood when it was formed: kept with it, never looked up.

A card changes its name, its numbers, its post; what was signed does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from priyom.consultations.models import Consultation
from priyom.kernel import words

Parties = Mapping[str, Mapping[str, str]]
"""patient, doctor, place and talk: field → text as the resources of other systems have it."""


def parties_of(consultation: Consultation, at: datetime) -> dict[str, dict[str, str]]:
    """Return who is in a document that is formed `at` (aware); "" is what a card does not have."""
    card, doctor, place = consultation.patient, consultation.doctor, consultation.organisation
    began = consultation.began_at or consultation.starts_at
    return {
        "patient": {
            "family": card.family,
            "given": card.given,
            "patronymic": card.patronymic,
            "sex": card.sex,
            "birth_on": card.birth_on.isoformat(),
            "snils": card.snils or "",
            "enp": card.enp or "",
            "address": card.address,
        },
        "doctor": {
            "family": doctor.family,
            "given": doctor.given,
            "patronymic": doctor.patronymic,
            "snils": doctor.snils,
            "post": doctor.speciality.name,
        },
        "place": {
            "name": place.name,
            "oid": place.oid,
            "phone": place.phone,
            "address": place.address,
        },
        "talk": {
            "began_at": instant(began),
            "ended_at": instant(consultation.ended_at or at),
        },
    }


def instant(at: datetime) -> str:
    """Return an instant as FHIR writes it, by Moscow's clock."""
    return words.moscow(at).isoformat(timespec="seconds")

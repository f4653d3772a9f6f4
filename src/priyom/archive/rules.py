"""What may be had of a closed talk, by whom, and for how long it is kept ready."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from priyom.kernel.refusal import Refusal, RefusalKind


class BundleKind(StrEnum):
    """What somebody may have made of a closed talk."""

    TRANSCRIPT = "transcript"
    ZIP = "zip"


class Keeping(StrEnum):
    """Why a closed talk is kept: it ended with a medical document, or without one."""

    DOCUMENT = "document"
    TALK = "talk"


KEEPINGS = {
    Keeping.DOCUMENT: "с заключением",
    Keeping.TALK: "без заключения (отменена, не состоялась)",
}
LEAST_YEARS = {Keeping.DOCUMENT: 25, Keeping.TALK: 5}
"""As long as the out-patient card (947н §V) for documents; a МО may add years."""
MOST_YEARS = 100

MEDIA_TYPES = {BundleKind.TRANSCRIPT: "application/pdf", BundleKind.ZIP: "application/zip"}
KEPT_FOR = timedelta(hours=24)
"""How long a made bundle can be downloaded: it holds all there is of a talk in one file."""
MADE_WITHIN = timedelta(minutes=30)
"""What is not made by then was lost with its worker, and may be asked for again."""


def file_name(kind: BundleKind, number: str) -> str:
    """Return the file's name: nothing of the patient, nothing of the illness."""
    if kind is BundleKind.ZIP:
        return f"konsultatsiya-{number}.zip"
    return f"rasshifrovka-{number}.pdf"


def too_short(keeping: Keeping) -> Refusal:
    """Return the refusal of a term below the least one, or of no number at all."""
    return Refusal(
        "archive.term",
        RefusalKind.INVALID,
        f"Срок хранения: от {LEAST_YEARS[keeping]} до {MOST_YEARS} лет, целым числом.",
        field="years",
    )


def reason_needed() -> Refusal:
    """Return the refusal of setting or lifting a hold without saying why."""
    return Refusal(
        "archive.reason",
        RefusalKind.INVALID,
        "Напишите, почему: причина остаётся в архиве.",
        field="reason",
    )


def held_already() -> Refusal:
    """Return the refusal of a second hold, or of lifting what is not held."""
    return Refusal(
        "archive.held",
        RefusalKind.CONFLICT,
        "Запрет на уничтожение уже изменили. Обновите страницу.",
    )


def not_closed() -> Refusal:
    """Return the refusal of packing a talk that goes on."""
    return Refusal(
        "archive.not_closed",
        RefusalKind.CONFLICT,
        "Архив собирается, когда консультация завершена. Пока она идёт, всё видно в чате.",
    )


def not_ready() -> Refusal:
    """Return the refusal of downloading what is not made yet or is gone."""
    return Refusal(
        "archive.not_ready",
        RefusalKind.CONFLICT,
        "Файл ещё не готов или срок его хранения вышел. Вернитесь и соберите его ещё раз.",
    )

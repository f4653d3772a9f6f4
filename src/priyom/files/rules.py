"""Which files are taken, told by their content, and how a link to one lives."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from priyom.kernel.refusal import Refusal, RefusalKind

LINK_LIVES = timedelta(seconds=60)
SIZE_LIMIT = 50 * 1024 * 1024
"""Bytes of a file that comes with a form, in one piece."""
UPLOAD_LIMIT = 500 * 1024 * 1024
"""Bytes of a file that comes by tus and may be continued."""
SUBJECT_LIMIT = 4 * 1024 * 1024 * 1024
"""Bytes of all files of one consultation."""
UPLOADS_AT_ONCE = 100
"""Unfinished files of one consultation."""
PERMIT_LIVES = timedelta(minutes=5)
UPLOAD_LIVES = timedelta(hours=24)
UPLOAD_REMEMBERED = timedelta(days=7)
"""How long a late sender is told that the time is over; then the upload is unknown."""
PIXEL_LIMIT = 60_000_000
SECONDS_LIMIT = 15 * 60
DERIVED = frozenset({"audio/webm", "audio/ogg", "audio/mp4", "audio/mpeg", "video/webm",
                     "video/mp4", "application/pdf", "application/dicom"})  # fmt: skip
"""Types of which a job makes a counterpart, a waveform or a preview."""
TRIES = 3
"""Times that a derivation is tried; then the file stays as it came, and the page says nothing."""
ACCEPTED = (
    "фото (JPEG, PNG, WebP, HEIC), PDF, документы Word, Excel, PowerPoint и OpenDocument без "
    "макросов, снимки DICOM, звук (MP3, M4A, OGG, WebM) и видео (MP4, WebM)"
)


class Scan(StrEnum):
    """What a virus scanner knows of a file."""

    NONE = "none"
    """It is not asked: none was configured, or the house itself made the file."""
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    """Quarantined: kept for the archive, never served."""


READABLE = {True: frozenset({Scan.CLEAN}), False: frozenset({Scan.CLEAN, Scan.NONE})}
"""States of files that decoders may open, with a scanner configured and without one."""


def barred(scan: str, *, is_own: bool) -> str:
    """Return why somebody cannot open a file, "" when they can: «checking» or «infected»."""
    if scan == Scan.INFECTED:
        return "infected"
    return "checking" if scan == Scan.WAITING and not is_own else ""


def require_open(scan: str, *, is_own: bool) -> None:
    """Refuse (conflict) a file that is being checked, if it is somebody else's, or is infected."""
    why = barred(scan, is_own=is_own)
    if why:
        raise Refusal(f"file.{why}", RefusalKind.CONFLICT, _BARRED[why])


_BARRED = {
    "checking": "Файл ещё проверяется. Вернитесь в чат: он откроется там сам через минуту.",
    "infected": "Файл не прошёл проверку и не откроется. Попросите прислать его иначе, "
    "например фотографией.",
}


def next_try(tries: int) -> timedelta:
    """Return how long to wait after so many tries: two minutes, ten minutes, an hour."""
    return timedelta(minutes=(2, 10, 60)[min(tries, TRIES) - 1])


def too_big(limit: int = SIZE_LIMIT) -> Refusal:
    """Return the refusal of a file over the limit (bytes)."""
    return Refusal(
        "file.too_big",
        RefusalKind.INVALID,
        f"Файл больше {limit // 1024 // 1024} МБ. Снимите короче или выберите другой.",
        field="file",
    )


def quota_full() -> Refusal:
    """Return the refusal of a file for which a consultation has no room left."""
    return Refusal(
        "file.quota",
        RefusalKind.INVALID,
        "В этой консультации уже очень много файлов, для этого места нет. "
        "Выберите самое важное или файл поменьше.",
        field="file",
    )


def too_many_uploads() -> Refusal:
    """Return the refusal of one more file beside very many unfinished ones."""
    return Refusal(
        "file.many",
        RefusalKind.TOO_MANY,
        "Слишком много файлов сразу. Дождитесь, пока уйдут те, что уже отправляются.",
        field="file",
    )


def disk_full() -> Refusal:
    """Return the refusal of bytes that the server has no place for."""
    return Refusal(
        "file.disk_full",
        RefusalKind.TOO_MANY,
        "На сервере сейчас нет места. Файл остался у вас, отправьте его чуть позже.",
        field="file",
    )


def unfinished() -> Refusal:
    """Return the refusal of a file of which only a part has come."""
    return Refusal(
        "file.unfinished",
        RefusalKind.CONFLICT,
        "Файл ещё не дошёл до конца. Подождите немного и повторите.",
        field="file",
    )


def wrong_type() -> Refusal:
    """Return the refusal of content that is not on the list, whatever its name says."""
    return Refusal(
        "file.wrong_type",
        RefusalKind.INVALID,
        f"Такой файл отправить нельзя. Подойдут {ACCEPTED}.",
        field="file",
    )


def unreadable() -> Refusal:
    """Return the refusal of a damaged file."""
    return Refusal(
        "file.unreadable",
        RefusalKind.INVALID,
        "Файл не открывается: возможно, он повреждён. Сохраните его ещё раз или выберите другой.",
        field="file",
    )


def empty() -> Refusal:
    """Return the refusal of a file without content."""
    return Refusal("file.empty", RefusalKind.INVALID, "Файл пустой. Выберите другой.", field="file")


def safe_name(name: str, extension: str) -> str:
    """Return a display name without path, control and direction signs, ≤ 120 long."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = base.rsplit(".", 1)[0] if "." in base else base
    plain = "".join(sign for sign in stem if sign.isprintable() and sign not in '<>:"|?*\u202e')
    return f"{plain.strip(' .')[:110] or 'файл'}.{extension}"


def with_extension(name: str, extension: str) -> str:
    """Return the name with another ending, as its content now is another."""
    stem = name.rsplit(".", 1)[0] if "." in name else name
    return f"{stem}.{extension}"

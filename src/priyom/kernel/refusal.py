"""A rule said no: a code, a kind and a Russian sentence that tells what to do next."""

from __future__ import annotations

from enum import StrEnum


class RefusalKind(StrEnum):
    """What a door makes of a refusal: 400, 403, 404, 409, 429."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    TOO_MANY = "too_many"


STATUS = {
    RefusalKind.INVALID: 400,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.MISSING: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.TOO_MANY: 429,
}


class Refusal(Exception):
    """Raised by actions and queries; doors translate `kind`, show `text` and `hint`.

    `field` names the form field that the sentence belongs to, if any.
    """

    def __init__(self, code: str, kind: RefusalKind, text: str, *, field: str = "") -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.kind = kind
        self.text = text
        self.field = field

    @property
    def status(self) -> int:
        """Return the HTTP status that says the same."""
        return STATUS[self.kind]


def missing(what: str = "Страница") -> Refusal:
    """Return the one answer that strangers get, whatever they asked for."""
    return Refusal(
        "missing", RefusalKind.MISSING, f"{what} не найдена. Проверьте адрес или вернитесь назад."
    )

"""What a card has besides its first lines: further details, its history, what merged into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from priyom.audit import actions as audit
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing
from priyom.kernel.snils import show_snils
from priyom.patients import details
from priyom.patients.details import FORMS, VERIFIED, DetailKind
from priyom.patients.models import Change, Detail, Patient

HISTORY = 50
"""How many of the newest changes the card's page shows."""
LABELS = {
    "family": "Фамилия", "given": "Имя", "patronymic": "Отчество", "birth_on": "Дата рождения",
    "sex": "Пол", "snils": "СНИЛС", "enp": "Полис ОМС (ЕНП)", "document": "Документ",
    "phone": "Телефон", "email": "Почта", "email_confirmed_at": "Почта подтверждена",
    "address": "Адрес", "attached_to_id": "Прикрепление", "is_temporary": "Временная карта",
    "died_on": "Дата смерти", "merged_into_id": "Объединена с картой", "policy": "Полис",
    "representative": "Представитель", "alias": "Номер в другом индексе",
}  # fmt: skip
ACTS = {
    "add_detail": "добавлено", "end_detail": "больше не действует", "verify_detail": "подтверждено",
    "prefer_detail": "стало основным", "merge": "при объединении", "undo_merge": "при разъединении",
    "represent": "добавлен", "correct_term": "срок исправлен", "import": "из файла",
    "end_representative": "право прекращено",
}  # fmt: skip


@dataclass(frozen=True)
class DetailRow:
    """One further detail, as the page shows it."""

    id: UUID
    patient: UUID
    """The card that has it: the shown one, or one that was merged into it and is left as it is."""
    kind: str
    value: str
    text: str
    label: str
    note: str
    verified_at: datetime | None
    until: date | None
    added_at: datetime
    can_verify: bool
    can_be_main: bool


@dataclass(frozen=True)
class ChangeRow:
    """One change, as the page shows it; keys of other cards and МО are not spelt out."""

    label: str
    before: str
    after: str
    at: datetime
    name: str


def details_of(cards: list[UUID]) -> tuple[DetailRow, ...]:
    """Return the further details of a card and of those merged into it, valid ones first."""
    rows = Detail.objects.filter(patient__in=cards).order_by("kind", "added_at", "id")
    shown = [_detail(row) for row in rows]
    return tuple(sorted(shown, key=lambda row: row.until is not None))


def _detail(row: Detail) -> DetailRow:
    kind = DetailKind(row.kind)
    return DetailRow(
        id=row.id,
        patient=row.patient_id,
        kind=row.kind,
        value=row.value,
        text=details.shown(row.kind, row.value),
        label=f"{details.KINDS[kind]}: {FORMS[kind].get(row.form, row.form)}",
        note=row.note,
        verified_at=row.verified_at,
        until=row.until,
        added_at=row.added_at,
        can_verify=kind in VERIFIED,
        can_be_main=kind is not DetailKind.POLICY or row.form == "single",
    )


def changes_of(patient: UUID) -> tuple[tuple[ChangeRow, ...], bool]:
    """Return the newest changes of a card, and whether there are more."""
    rows = list(Change.objects.filter(patient=patient).order_by("-at", "-id")[: HISTORY + 1])
    return tuple(map(_change, rows[:HISTORY])), len(rows) > HISTORY


def _change(row: Change) -> ChangeRow:
    label = LABELS.get(row.field, row.field)
    if row.act in ACTS:
        label = f"{label}, {ACTS[row.act]}"
    before, after = (_shown(row.field, text) for text in (row.before, row.after))
    return ChangeRow(label, before, after, row.at, row.name)


def _shown(field: str, text: str) -> str:
    if not text:
        return ""
    if field == "phone":
        return show_phone(text)
    if field == "snils":
        return show_snils(text)
    if field == "sex":
        return {"m": "м", "f": "ж"}.get(text, text)
    if field in ("birth_on", "died_on"):
        return f"{date.fromisoformat(text):%d.%m.%Y}"
    if field == "is_temporary":
        return {"True": "да", "False": "нет"}.get(text, text)
    if field == "email_confirmed_at":
        return f"{datetime.fromisoformat(text):%d.%m.%Y}"
    if field in ("attached_to_id", "merged_into_id"):
        return f"…{text[-6:]}"
    return text.replace(":", " ") if field == "document" else text


def newest_change(patient: UUID) -> UUID | None:
    """Return the key of the newest change: a form made before another one is told so."""
    newest = Change.objects.filter(patient=patient).order_by("-at", "-id")
    return newest.values_list("id", flat=True).first()


def editable(patient: UUID) -> Patient:
    """Return the card for a form of a registrar. Raises Refusal (missing) when there is none."""
    card = Patient.objects.filter(id=patient).first()
    if card is None:
        raise missing("Карта")
    return card


def fields(actor: Actor, patient: UUID) -> dict[str, object]:
    """Return the first values of the form that corrects a card; the reading is audited.

    Raises Refusal (missing): not a registrar, no such card.
    """
    if actor.kind is not ActorKind.REGISTRAR:
        raise missing("Карта")
    card = editable(patient)
    audit.record_read(actor, "patients.amend_form", ("patient", patient), patient)
    names = (
        "family", "given", "patronymic", "birth_on", "sex", "snils", "enp", "email", "address",
        "is_temporary",
    )  # fmt: skip
    return {name: getattr(card, name) for name in names} | {
        "document": card.document.replace(":", " "),
        "phone": show_phone(card.phone),
        "snils": show_snils(card.snils or ""),
        "attached_to": str(card.attached_to_id or ""),
    }

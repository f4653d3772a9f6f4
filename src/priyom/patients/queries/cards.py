"""A whole card, as a member of staff may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from priyom.audit import actions as audit
from priyom.clinics.models import Organisation
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing
from priyom.kernel.snils import digits, show_snils
from priyom.kernel.words import full_name, numeric
from priyom.patients.models import Patient, Representative
from priyom.patients.queries.doubles import MergeRow, cards_of, merges_of, owners_of
from priyom.patients.queries.history import ChangeRow, DetailRow, changes_of, details_of
from priyom.patients.queries.outside import aliases_of
from priyom.patients.standing import PROOFS, RELATIONS, Proof, Relation, Right, last_day, right


@dataclass(frozen=True)
class Standing:
    """Somebody who stands for a patient, as the card of either shows the other one."""

    id: UUID
    patient: UUID
    """The card of the other one."""
    name: str
    relation: str
    proof: str
    since: date | None
    valid_until: date | None
    last_day: date | None
    """The last day on which it acts: the term's, or the eve of the patient's fifteenth birthday."""
    right: Right
    ended_at: datetime | None
    ended_why: str


@dataclass(frozen=True)
class Card:
    """A whole card for the page of a member of staff."""

    id: UUID
    family: str
    given: str
    patronymic: str
    birth_on: date
    sex: str
    snils: str
    enp: str
    document: str
    address: str
    phone: str
    email: str
    is_email_confirmed: bool
    attached_to: str
    is_temporary: bool
    has_account: bool
    died_on: date | None
    outer_number: str
    aliases: tuple[str, ...]
    """Numbers of the same person in other indexes."""
    merged_into: UUID | None
    merges: tuple[MergeRow, ...]
    details: tuple[DetailRow, ...]
    changes: tuple[ChangeRow, ...]
    is_history_cut: bool
    representatives: tuple[Standing, ...]
    represents: tuple[Standing, ...]

    @property
    def phone_text(self) -> str:
        """«+7 921 555-10-20»."""
        return show_phone(self.phone)

    @property
    def name(self) -> str:
        """«Иванова Анна Сергеевна»."""
        return full_name(self.family, self.given, self.patronymic)


def card(actor: Actor, patient: UUID, *, is_brief: bool = False) -> Card:
    """Return a whole card, or a brief one without merges, details and history; audited.

    Registrars and heads of any МО of the region (the index is regional); a doctor only with a
    consultation with this patient. Raises Refusal (missing) for everybody else.
    """
    known = Patient.objects.select_related("attached_to")
    found = known.filter(_readable_by(actor), id=patient).first()
    if found is None:
        raise missing("Карта")
    audit.record_read(actor, "patients.card", ("patient", patient), patient)
    today = clock.today()
    cards = [patient] if is_brief else cards_of(patient)
    rows = _standings(cards)
    changes, is_cut = ((), False) if is_brief else changes_of(patient)
    return Card(
        id=found.id,
        family=found.family,
        given=found.given,
        patronymic=found.patronymic,
        birth_on=found.birth_on,
        sex=found.get_sex_display(),
        snils=show_snils(found.snils or ""),
        enp=found.enp or "",
        document=found.document.replace(":", " "),
        address=found.address,
        phone=found.phone,
        email=found.email,
        is_email_confirmed=found.email_confirmed_at is not None,
        attached_to=found.attached_to.short_name if found.attached_to else "",
        is_temporary=found.is_temporary,
        has_account=owners_of(found.id).exists(),
        died_on=found.died_on,
        outer_number=found.outer_number,
        aliases=() if is_brief else aliases_of(cards),
        merged_into=found.merged_into_id,
        merges=() if is_brief else merges_of(patient),
        details=() if is_brief else details_of(cards),
        changes=changes,
        is_history_cut=is_cut,
        representatives=tuple(
            standing_row(row, row.person, today) for row in rows if row.patient_id in cards
        ),
        represents=tuple(
            standing_row(row, row.patient, today) for row in rows if row.person_id in cards
        ),
    )


def _readable_by(actor: Actor) -> Q:
    if actor.kind in (ActorKind.REGISTRAR, ActorKind.HEAD):
        return Q()
    if actor.kind is ActorKind.DOCTOR and actor.doctor:
        # The reverse side of a key of the room above: the right to a card comes from there.
        talked = Patient.objects.filter(consultations__doctor_id=actor.doctor)
        return Q(id__in=talked.values("id")) | Q(id__in=talked.values("merged_into"))
    return Q(pk__in=[])


def _standings(cards: list[UUID]) -> list[Representative]:
    """Return who stands for one of the cards and for whom they stand; ended ones last."""
    rows = Representative.objects.select_related("patient__merged_into", "person")
    found = rows.filter(Q(patient__in=cards) | Q(person__in=cards)).order_by("id")
    return sorted(found, key=lambda row: row.ended_at is not None)


def standing_row(row: Representative, other: Patient, today: date) -> Standing:
    """Return a representative as the page of either one shows it."""
    born = (row.patient.merged_into or row.patient).birth_on
    now = right(row.proof, born, row.since, row.valid_until, today)
    return Standing(
        id=row.id,
        patient=other.id,
        name=f"{other} ({RELATIONS[Relation(row.relation)]})",
        relation=row.relation,
        proof=proof_text(row),
        since=row.since,
        valid_until=row.valid_until,
        last_day=last_day(row.proof, born, row.valid_until),
        right=Right.ENDED if row.ended_at else now,
        ended_at=row.ended_at,
        ended_why=row.ended_why,
    )


def proof_text(row: Representative) -> str:
    """Return «свидетельство о рождении IV-МЮ 123456 от 03.09.2019, ЗАГС Невского района»."""
    on = f" от {numeric(row.issued_on)}" if row.issued_on else ""
    by = f", {row.issued_by}" if row.issued_by else ""
    return f"{PROOFS[Proof(row.proof)]} {row.number}{on}{by}"


def with_number(snils: str, enp: str, *, but: UUID | None = None) -> tuple[str, Patient] | None:
    """Return («snils» or «enp», the card that has the number already), None when it is free."""
    others = Patient.objects.exclude(id=but) if but else Patient.objects.all()
    for name, number in (("snils", digits(snils)), ("enp", digits(enp))):
        kept = others.filter(**{name: number}).first() if number else None
        if kept:
            return name, kept
    return None


def attachable() -> list[tuple[str, str]]:
    """Return (id, short name) of the organisations a card can be attached to."""
    rows = Organisation.objects.order_by("short_name").values_list("id", "short_name")
    return [(str(key), name) for key, name in rows]


def by_oid() -> dict[str, UUID]:
    """Return the organisations' keys by their OID of ФРМО, as files of cards name them."""
    return dict(Organisation.objects.values_list("oid", "id"))

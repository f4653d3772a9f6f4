"""A whole card, as a member of staff may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from priyom.audit import actions as audit
from priyom.clinics.models import Organisation
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.phones import show_phone
from priyom.kernel.refusal import missing
from priyom.kernel.snils import digits, show_snils
from priyom.kernel.words import full_name
from priyom.patients.models import Patient, Representative
from priyom.patients.queries.doubles import MergeRow, cards_of, merges_of, owners_of
from priyom.patients.queries.history import ChangeRow, DetailRow, changes_of, details_of
from priyom.patients.rules import RELATION_LABELS, Relation, still_stands


@dataclass(frozen=True)
class Standing:
    """Somebody who stands for a patient, as the card shows it."""

    patient: UUID
    name: str
    relation: str
    proof: str
    valid_until: date | None
    is_valid: bool


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
    cards = Patient.objects.select_related("attached_to")
    found = cards.filter(_readable_by(actor), id=patient).first()
    if found is None:
        raise missing("Карта")
    audit.record_read(actor, "patients.card", ("patient", patient), patient)
    today = clock.today()
    standing = Representative.objects.select_related("patient", "person")
    rows = list(standing.filter(Q(patient=patient) | Q(person=patient)).order_by("id"))
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
        merged_into=found.merged_into_id,
        merges=() if is_brief else merges_of(patient),
        details=() if is_brief else details_of(cards_of(patient)),
        changes=changes,
        is_history_cut=is_cut,
        representatives=tuple(
            _standing(row, row.person, today) for row in rows if row.patient_id == found.id
        ),
        represents=tuple(
            _standing(row, row.patient, today) for row in rows if row.person_id == found.id
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


def _standing(row: Representative, other: Patient, today: date) -> Standing:
    return Standing(
        patient=other.id,
        name=f"{other} ({RELATION_LABELS[Relation(row.relation)]})",
        relation=row.relation,
        proof=row.proof,
        valid_until=row.valid_until,
        is_valid=still_stands(row.relation, row.patient.birth_on, row.valid_until, today),
    )


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

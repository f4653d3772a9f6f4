"""One consultation with a doctor and a patient who may write, for tests of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from priyom.accounts.models import Account
from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.consultations.models import Attachment, Consent, Consultation, Member
from priyom.files.models import Blob
from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.patients.models import Patient
from priyom.schedule.models import Slot


@dataclass(frozen=True)
class Scene:
    """Ids of one consultation and of the people around it."""

    consultation: UUID
    organisation: UUID
    card: UUID
    patient: UUID
    """Account of the patient, a member."""
    doctor: UUID
    """Account of the doctor, a member."""
    stranger: UUID
    """Account of nobody here."""

    def file(self, by: UUID, name: str = "снимок.jpg") -> UUID:
        """Upload a file that is not sent yet; return the attachment."""
        now = clock.now()
        blob = Blob.objects.create(
            sha256=uuid7().hex * 2,
            size=1234,
            media_type="image/jpeg",
            kind="image",
            width=640,
            height=480,
            stored_at=now,
        )
        return Attachment.objects.create(
            consultation_id=self.consultation, blob=blob, name=name, uploaded_by=by, uploaded_at=now
        ).pk

    def row(self) -> Consultation:
        """Return the consultation as it stands."""
        return Consultation.objects.get(pk=self.consultation)

    def become(self, state: str) -> None:
        """Set the state past the rules of Python, as SQL of a stranger would."""
        now = clock.now()
        Consultation.objects.filter(pk=self.consultation).update(
            state=state, began_at=now, ended_at=now
        )


def _account(family: str, given: str) -> Account:
    key = uuid7()
    return Account.objects.create(id=key, login=f"{key}@test", family=family, given=given)


def scene(*, consent: bool = True) -> Scene:
    """Build a scheduled consultation; with `consent=False` the patient has not agreed yet."""
    now = clock.now()
    organisation = Organisation.objects.create(
        name="Поликлиника № 1", short_name="Поликлиника № 1", oid=uuid7().hex, address="", phone="",
        licence="",
    )  # fmt: skip
    speciality = Speciality.objects.create(
        code=uuid7().hex[-16:], name="терапия", doctor="терапевт", to_doctor="терапевту"
    )
    boris = _account("Борисов", "Борис")
    doctor = Doctor.objects.create(
        organisation=organisation, speciality=speciality, account=boris, family="Борисов",
        given="Борис", email="boris@example.org",
    )  # fmt: skip
    card = Patient.objects.create(family="Иванова", given="Анна", birth_on="1984-03-12", sex="f")
    anna = _account("Иванова", "Анна")
    slot = Slot.objects.create(
        organisation=organisation, doctor=doctor, speciality=speciality,
        starts_at=now, ends_at=now + timedelta(minutes=20),
    )  # fmt: skip
    talk = Consultation.objects.create(
        number=str(uuid7())[-24:], organisation=organisation, patient=card, doctor=doctor,
        slot=slot, starts_at=slot.starts_at, ends_at=slot.ends_at, booked_at=now,
    )  # fmt: skip
    for account, side, name in ((anna, "patient", "Анна"), (boris, "doctor", "Борис")):
        Member.objects.create(consultation=talk, account=account, side=side, name=name, since=now)
    made = Scene(talk.pk, organisation.pk, card.pk, anna.pk, boris.pk, _account("Чужой", "Глеб").pk)
    if consent:
        Consent.objects.create(
            patient=card, organisation=organisation, text_version="1", method="esia",
            given_by=anna.pk, given_by_name="Анна", given_at=now,
        )  # fmt: skip
    return made

"""Conclusions of the told talks: really set as PDF and really signed by the demo authority."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.conclusions import paper, printing, signer
from priyom.conclusions.cda import document
from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.parties import parties_of
from priyom.conclusions.rules import ALPHABET, CODE_LENGTH, SignatureForm, SignatureRole
from priyom.conclusions.signing import hand
from priyom.conclusions.signing.container import fill
from priyom.consultations.models import Consultation
from priyom.demo.clinics import Clinics
from priyom.demo.slots import Post
from priyom.demo.stage import Row, Stage
from priyom.demo.story import Told
from priyom.demo.talks import said
from priyom.files import actions as files
from priyom.kernel import clock
from priyom.patients.models import Patient

_PDF = "application/pdf"
_MEASURES = {"t": "temperature", "sat": "saturation", "br": "breaths", "bp": "pressure"}
_AMENDED, _WITHDRAWN, _AMENDING = 3, 5, 8
"""Which of the signed conclusions were replaced, withdrawn, or are being corrected now."""
WHY_AMENDED = "Уточнены рекомендации: добавлен срок контрольного анализа."
WHY_WITHDRAWN = "Заключение внесено в карту по ошибке, пациент приглашён очно."


class Desk:
    """Writes, forms and signs conclusions onto the stage."""

    def __init__(self, stage: Stage, clinics: Clinics) -> None:
        self.stage = stage
        self.doctors = {post.doctor: self._doctor(clinics, post) for post in clinics.posts}
        self.signer = signer.demo()
        self.signed = 0
        # The certificates are older than the oldest signature of the region.
        with clock.frozen(stage.now - timedelta(days=90)):
            for doctor in self.doctors.values():
                self.signer.certificate_of(_signatory(doctor))

    def _doctor(self, clinics: Clinics, post: Post) -> Doctor:
        numbers = {key: number for number, key in clinics.organisations.items()}
        place = Organisation(**clinics.organisation_row(numbers[post.organisation]))
        field = Speciality(**clinics.field_row(post.worker.field))
        return Doctor(**clinics.doctor_row(post), organisation=place, speciality=field)

    def write(self, told: Told) -> None:
        """Add what the state of the talk asks for: a draft, a formed paper, signed versions."""
        state = told.visit.state
        if state == "in_progress" and told.visit.played is not None:
            self._draft(told)
        elif state == "concluding":
            self._form(told, self._row(told, "formed", told.thread.at))
        elif state == "completed":
            self._signed(told)

    def _row(self, told: Told, state: str, at: datetime, version: int = 1) -> Row:
        row = self.stage.add(
            Conclusion,
            id=self.stage.dice.key(at),
            consultation_id=told.row["id"],
            organisation_id=told.row["organisation_id"],
            doctor_id=told.visit.post.doctor,
            version=version,
            state=state,
            revision=self.stage.dice.randint(3, 14),
            saved_at=at - timedelta(seconds=30),
            check_code="".join(self.stage.dice.choices(ALPHABET, k=CODE_LENGTH)),
            reason="",
            **self._content(told),
        )
        return row

    def _content(self, told: Told) -> dict[str, Any]:
        visit, words = told.visit, told.visit.talk.paper

        def text(name: str) -> str:
            sex = visit.side.patient.sex
            return said(words.get(name, ""), told.numbers, sex, sex)

        code, _, diagnosis = text("диагноз").partition(" ")
        measures = dict(pair.split("=", 1) for pair in text("показатели").split())
        days = words.get("очно")
        on = (told.row["began_at"] - timedelta(days=int(days))).date() if days else None
        return {
            "complaints": text("жалобы"),
            "anamnesis": text("анамнез"),
            "observed": text("осмотр"),
            "diagnosis_code": code,
            "diagnosis": diagnosis,
            "is_preliminary": not on,
            "in_person_on": on,
            "in_person_by": visit.post.name if on else "",
            "in_person_place": self.doctors[visit.post.doctor].organisation.short_name
            if on
            else "",
            "materials": list(told.thread.materials),
            "recommendations": text("советы"),
            **{_MEASURES[name]: value for name, value in measures.items()},
        }

    def _draft(self, told: Told) -> None:
        row = self._row(told, "draft", self.stage.now - timedelta(minutes=1))
        for name in ("recommendations", "diagnosis", "diagnosis_code", "observed"):
            row[name] = ""
        row.update(in_person_on=None, in_person_by="", in_person_place="", is_preliminary=True)

    def _signed(self, told: Told) -> None:
        self.signed += 1
        ended: datetime = told.row["ended_at"]
        row = self._sign(told, self._row(told, "signed", ended - timedelta(seconds=40)), ended)
        if self.signed == _WITHDRAWN:
            row.update(state="withdrawn", reason=WHY_WITHDRAWN)
            self._tell_log(told, "conclusion_withdrawn", ended + timedelta(hours=2), 1)
        elif self.signed == _AMENDING:
            self._row(told, "draft", self.stage.now, version=2)["reason"] = WHY_AMENDED
        elif self.signed % 40 == _AMENDED:
            later = ended + (self.stage.now - ended) * 0.3
            second = self._row(told, "signed", later, version=2)
            second["reason"] = WHY_AMENDED
            self._sign(told, second, later + timedelta(seconds=50), (1, ended))
            second["reason"] = ""
            row.update(state="amended", reason=WHY_AMENDED)
            self._tell_log(told, "amended", later + timedelta(seconds=50), 2)

    def _tell_log(self, told: Told, kind: str, at: datetime, version: int) -> None:
        who = told.thread.doctor_acts
        if kind == "conclusion_withdrawn":
            head = self.stage.clinics.head(told.visit.post.worker.clinic)
            who = (head[0], "registrar", head[1])
        told.thread.write(kind, who, at, version=version)

    def _form(
        self, told: Told, row: Row, replaces: tuple[int, datetime] | None = None
    ) -> hand.Ready:
        at: datetime = row["saved_at"] + timedelta(seconds=30)
        consultation = self._consultation(told)
        chosen = self.signer.certificate_of(_signatory(consultation.doctor))
        certificate = signer.described(chosen)
        consent = self.stage.consents.get((told.row["patient_id"], told.row["organisation_id"]))
        facts = printing.Facts(
            consented_at=consent["given_at"] if consent else None,
            had_call=told.thread.had_call,
            materials=tuple(told.thread.materials.values()),
            replaces=replaces,
        )
        made = printing.paper_of(Conclusion(**row), consultation, facts, at, certificate)
        xml = document.document(Conclusion(**row), consultation, facts, at)
        pdf = paper.render(made, at, xml)
        ready = hand.prepared(pdf, xml, self.signer.name, chosen, at)
        row.update(
            formed_at=at,
            parties=parties_of(consultation, at),
            formed_pdf_id=files.keep(pdf, _PDF).sha256,
            formed_xml_id=files.keep(xml, document.MEDIA_TYPE).sha256,
            prepared_pdf_id=files.keep(ready.pdf, _PDF).sha256,
            way=ready.way,
            digest=ready.digest,
            certificate=chosen.dump(),
            signer=certificate.owner,
            certificate_serial=certificate.serial,
            certificate_until=certificate.until,
        )
        return ready

    def _sign(
        self, told: Told, row: Row, at: datetime, replaces: tuple[int, datetime] | None = None
    ) -> Row:
        ready = self._form(told, row, replaces)
        who = _signatory(self.doctors[told.visit.post.doctor])
        with clock.frozen(at):
            inside = self.signer.sign(ready.inside(), who, ready.certificate)
            beside = self.signer.sign(ready.beside(), who, ready.certificate)
        signed = files.keep(fill(ready.pdf, inside), _PDF).sha256
        row.update(signed_at=at, signed_pdf_id=signed)
        self._signature(row, SignatureForm.PADES, signed, inside)
        self._signature(row, SignatureForm.CADES, row["formed_xml_id"], beside)
        return row

    def _signature(self, row: Row, form: SignatureForm, document: str, cms: bytes) -> None:
        self.stage.add(
            Signature,
            id=self.stage.dice.key(row["signed_at"]),
            conclusion_id=row["id"],
            organisation_id=row["organisation_id"],
            role=SignatureRole.DOCTOR,
            form=form,
            document_id=document,
            way=row["way"],
            owner=row["signer"],
            serial=row["certificate_serial"],
            certificate=row["certificate"],
            certificate_until=row["certificate_until"],
            cms=cms,
            signed_at=row["signed_at"],
        )

    def _consultation(self, told: Told) -> Consultation:
        human = told.visit.side.patient
        doctor = self.doctors[told.visit.post.doctor]
        patient = Patient(
            id=human.key, family=human.name.family, given=human.name.given,
            patronymic=human.name.patronymic, birth_on=human.born, sex=human.sex,
            snils=human.snils, enp=human.enp,
        )  # fmt: skip
        known = {name: value for name, value in told.row.items() if name not in _LINKS}
        return Consultation(
            **known, patient=patient, doctor=doctor, organisation=doctor.organisation
        )


_LINKS = ("patient_id", "doctor_id", "organisation_id")


def _signatory(doctor: Doctor) -> signer.Signatory:
    place = doctor.organisation.short_name
    return signer.Signatory(doctor.pk, str(doctor), place, doctor.snils)

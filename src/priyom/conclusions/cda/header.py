"""Header of the XML: who, about whom, where, when (СЭМД 119: domain.md 5.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from priyom.clinics.models import Doctor, Organisation
from priyom.conclusions.cda import dictionaries as nsi
from priyom.conclusions.cda.profile import OID
from priyom.conclusions.cda.sheet import Node, Sheet, day, instant
from priyom.consultations.models import Consultation
from priyom.patients.models import Patient

_INDEX = re.compile(r"(?<!\d)\d{6}(?!\d)")
_PATIENT, _DOCTOR, _CASE, _SET, _VERSION = 10, 70, 15, 50, 51
"""Kinds of ids: the last number of `<OID МО>.100.<МИС>.<экз>.<kind>`."""


@dataclass(frozen=True, slots=True)
class Document:
    """Which version of which document: its number, the set it belongs to, what it replaces."""

    number: str
    version: int
    formed_at: datetime
    replaces: tuple[str, int] | None = None
    """Number and version of the one before."""


def write(sheet: Sheet, consultation: Consultation, document: Document) -> None:
    """Write everything before the body, in the order of CDA R2."""
    root, place, profile = sheet.root, consultation.organisation, sheet.profile
    sheet.add(root, "realmCode", code="RU")
    sheet.add(root, "typeId", root="2.16.840.1.113883.1.3", extension="POCD_MT000040")
    sheet.add(root, "templateId", root=profile.template)
    sheet.id(root, id_root(sheet, place, _VERSION), document.number)
    sheet.coded(root, "code", profile.document)
    sheet.add(root, "title", profile.title)
    sheet.add(root, "effectiveTime", value=instant(document.formed_at))
    sheet.coded(root, "confidentialityCode", nsi.ORDINARY)
    sheet.add(root, "languageCode", code="ru-RU")
    sheet.id(root, id_root(sheet, place, _SET), consultation.number, "setId")
    sheet.add(root, "versionNumber", value=str(document.version))
    _patient(sheet, consultation.patient, place)
    _author(sheet, consultation.doctor, place)
    keeper = sheet.add(root, "custodian")
    keeper = sheet.add(keeper, "assignedCustodian")
    _place(sheet, keeper, "representedCustodianOrganization", place)
    _recipient(sheet)
    signer = sheet.add(root, "legalAuthenticator")
    sheet.null(signer, "time")
    sheet.null(signer, "signatureCode")
    _person(sheet, sheet.add(signer, "assignedEntity"), consultation.doctor, place)
    _payer(sheet)
    _event(sheet, consultation, document)
    _replaced(sheet, place, consultation.number, document)
    _case(sheet, consultation, document)


def id_root(sheet: Sheet, place: Organisation, kind: int) -> str:
    """Return the root of the ids of one kind; "" while the МО or the system has no number."""
    if not (sheet.profile.mis and OID.fullmatch(place.oid)):
        return ""
    return f"{place.oid}.100.{sheet.profile.mis}.{kind}"


def _patient(sheet: Sheet, patient: Patient, place: Organisation) -> None:
    role = sheet.add(sheet.add(sheet.root, "recordTarget"), "patientRole")
    sheet.id(role, id_root(sheet, place, _PATIENT), str(patient.pk))
    sheet.id(role, nsi.SNILS if patient.snils else "", patient.snils or "")
    # Who issued it and when is mandatory in a stated document, and the card does not know it.
    sheet.null(role, "identity:IdentityDoc")
    if patient.enp:
        policy = sheet.add(role, "identity:InsurancePolicy")
        sheet.coded(policy, "identity:InsurancePolicyType", nsi.POLICY, type="CD")
        sheet.text(policy, "identity:Number", patient.enp)
    else:
        sheet.null(role, "identity:InsurancePolicy")
    _address(sheet, role, patient.address, nsi.LIVES)
    _phone(sheet, role, patient.phone)
    person = sheet.add(role, "patient")
    _name(sheet, person, patient.family, patient.given, patient.patronymic)
    sex = nsi.FEMALE if patient.sex == "f" else nsi.MALE
    sheet.coded(person, "administrativeGenderCode", sex)
    sheet.add(person, "birthTime", value=day(patient.birth_on))
    _provider(sheet, role, place)


def _provider(sheet: Sheet, role: Node, place: Organisation) -> None:
    made = sheet.add(role, "providerOrganization")
    sheet.id(made, place.oid if OID.fullmatch(place.oid) else "")
    authority = sheet.profile.licence_authority
    if place.licence and authority:
        sheet.add(
            made, "id",
            root=nsi.LICENCES, extension=place.licence, assigningAuthorityName=authority,
        )  # fmt: skip
    else:
        sheet.null(made, "id")
    if ogrn := sheet.profile.ogrn.get(place.oid, place.ogrn):
        sheet.text(sheet.add(made, "identity:Props"), "identity:Ogrn", ogrn)
    else:
        sheet.null(made, "identity:Props")
    _named_place(sheet, made, place)


def _author(sheet: Sheet, doctor: Doctor, place: Organisation) -> None:
    author = sheet.add(sheet.root, "author")
    sheet.null(author, "time")
    _person(sheet, sheet.add(author, "assignedAuthor"), doctor, place)


def _person(sheet: Sheet, node: Node, doctor: Doctor, place: Organisation) -> None:
    """Write who the doctor is: both ids, post, name, place of work."""
    sheet.id(node, id_root(sheet, place, _DOCTOR), str(doctor.pk))
    sheet.id(node, nsi.SNILS if doctor.snils else "", doctor.snils)
    sheet.coded(node, "code", sheet.profile.posts.get(doctor.speciality.code))
    _phone(sheet, node, place.phone)
    person = sheet.add(node, "assignedPerson")
    _name(sheet, person, doctor.family, doctor.given, doctor.patronymic)
    _place(sheet, node, "representedOrganization", place)


def _recipient(sheet: Sheet) -> None:
    node = sheet.add(sheet.add(sheet.root, "informationRecipient"), "intendedRecipient")
    node = sheet.add(node, "receivedOrganization")
    oid, name = nsi.MINISTRY
    sheet.id(node, oid)
    sheet.add(node, "name", name)


def _payer(sheet: Sheet) -> None:
    node = sheet.add(sheet.root, "participant", typeCode="IND")
    node = sheet.add(node, "associatedEntity", classCode="GUAR")
    sheet.coded(node, "code", sheet.profile.payer)
    sheet.null(node, "identity:DocInfo", "NAV")


def _event(sheet: Sheet, consultation: Consultation, document: Document) -> None:
    event = sheet.add(sheet.add(sheet.root, "documentationOf"), "serviceEvent")
    sheet.coded(event, "code", nsi.CONSULTATION)
    _period(sheet, event, consultation, document)
    performer = sheet.add(event, "performer", typeCode="PPRF")
    entity = sheet.add(performer, "assignedEntity")
    _person(sheet, entity, consultation.doctor, consultation.organisation)


def _replaced(sheet: Sheet, place: Organisation, set_number: str, document: Document) -> None:
    if document.replaces is None:
        return
    number, version = document.replaces
    node = sheet.add(sheet.root, "relatedDocument", typeCode="RPLC")
    node = sheet.add(node, "parentDocument")
    sheet.id(node, id_root(sheet, place, _VERSION), number)
    sheet.id(node, id_root(sheet, place, _SET), set_number, "setId")
    sheet.add(node, "versionNumber", value=str(version))


def _case(sheet: Sheet, consultation: Consultation, document: Document) -> None:
    case = sheet.add(sheet.add(sheet.root, "componentOf"), "encompassingEncounter")
    sheet.id(case, id_root(sheet, consultation.organisation, _CASE), consultation.number)
    sheet.null(case, "id")
    sheet.null(case, "code")
    sheet.null(case, "medService:DocType")
    _period(sheet, case, consultation, document)


def _period(sheet: Sheet, node: Node, consultation: Consultation, document: Document) -> None:
    began = consultation.began_at or consultation.starts_at
    when = sheet.add(node, "effectiveTime")
    sheet.add(when, "low", value=instant(began))
    sheet.add(when, "high", value=instant(consultation.ended_at or document.formed_at))


def _place(sheet: Sheet, node: Node, name: str, place: Organisation) -> None:
    made = sheet.add(node, name, classCode="ORG")
    sheet.id(made, place.oid if OID.fullmatch(place.oid) else "")
    _named_place(sheet, made, place)


def _named_place(sheet: Sheet, node: Node, place: Organisation) -> None:
    sheet.add(node, "name", place.name)
    _phone(sheet, node, place.phone)
    _address(sheet, node, place.address)


def _name(sheet: Sheet, person: Node, family: str, given: str, patronymic: str) -> None:
    name = sheet.add(person, "name")
    sheet.add(name, "family", family)
    sheet.add(name, "given", given)
    if patronymic:
        sheet.text(name, "identity:Patronymic", patronymic)


def _phone(sheet: Sheet, node: Node, phone: str) -> None:
    plain = re.sub(r"[^\d+]", "", phone)
    if re.fullmatch(r"\+?\d+", plain):
        sheet.add(node, "telecom", value=f"tel:{plain}", use="WP")
    else:
        sheet.null(node, "telecom")


def _address(sheet: Sheet, node: Node, text: str, kind: nsi.Concept | None = None) -> None:
    """Write an address as one line; its region is coded when the line names the profile's."""
    made = sheet.add(node, "addr")
    if kind is not None:
        sheet.coded(made, "address:Type", kind, type="CD")
    if text:
        sheet.add(made, "streetAddressLine", text)
    else:
        sheet.null(made, "streetAddressLine")
    region = sheet.profile.region
    is_ours = region.name.rpartition(" ")[2].lower() in text.lower()
    sheet.coded(made, "address:stateCode", region if is_ours else None, type="CD")
    if index := _INDEX.search(text):
        sheet.add(made, "postalCode", index[0])
    else:
        sheet.null(made, "postalCode")
    sheet.null(made, "fias:Address")

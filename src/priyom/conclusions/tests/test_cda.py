"""The XML of a conclusion: whole, honest about what is not known, and fixed with its version."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from lxml import etree
from pypdf import PdfReader

from priyom.clinics.models import Organisation
from priyom.conclusions import actions, archive, signer
from priyom.conclusions.cda import document, profile
from priyom.conclusions.models import Conclusion
from priyom.conclusions.queries import facts_of
from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files
from priyom.files import store
from priyom.kernel.refusal import Refusal
from priyom.patients.models import Patient

NAMES = {
    "c": "urn:hl7-org:v3",
    "identity": "urn:hl7-ru:identity",
    "address": "urn:hl7-ru:address",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
FULL = {
    "life_anamnesis": "Хронических болезней нет.",
    "observed": "Говорит свободно.",
    "severity": "satisfactory",
    "opinion": "Острая инфекция, лёгкое течение.",
    "complications": "J01.9 Острый синусит",
    "concomitant": "I10 Гипертензия",
    "examinations": "Общий анализ крови.",
    "visit_advice": "Через три дня.",
}


def xml_of(row: Conclusion) -> bytes:
    """Return the kept XML of a version."""
    assert row.formed_xml is not None
    return files.read(row.formed_xml)


def tree_of(row: Conclusion) -> Any:
    """Return it parsed."""
    return etree.fromstring(xml_of(row))


def said(tree: Any, path: str) -> list[str]:
    """Return what an XPath finds, in the document's namespaces."""
    return [str(one) for one in tree.xpath(path, namespaces=NAMES)]


@pytest.fixture
def known(settings: Any) -> None:
    """An installation that has its number in the region."""
    settings.MIS_NUMBER = "12.1"


def test_each_section_is_there_with_the_doctors_words(talk: Talk) -> None:
    tree = tree_of(talk.formed(**FULL))
    codes = said(tree, "//c:structuredBody/c:component/c:section/c:code/@code")
    assert codes == ["DOCINFO", "ANAM", "LANAM", "VITALPARAM", "RESCONS"]
    assert said(tree, "//c:section/c:component/c:section/c:code/@code") == ["DGN", "REGIME"]
    for field, words in (
        ("7006", "Контакт с больным в семье"), ("7006", "Хронических болезней нет"),
        ("805", "Говорит свободно"), ("806", "Острая инфекция"), ("806", "J01.9 Острый синусит"),
        ("807", "Питьё, покой"), ("807", "Общий анализ крови"), ("807", "103"),
    ):  # fmt: skip
        texts = said(tree, f"//c:observation[c:code/@code='{field}']/c:value/text()")
        assert any(words in text for text in texts), (field, words)
    main = "//c:observation[c:code/@code='809']/c:value/@code"
    assert said(tree, main) == ["J06.9"]
    state = "//c:observation[c:code/@code='804']/c:value"
    assert said(tree, f"{state}/@code") == ["1"]
    assert said(tree, f"{state}/@displayName") == ["Удовлетворительное"]
    measured = tree.xpath("//c:organizer//c:value", namespaces=NAMES)[0]
    assert (measured.get("value"), measured.get("unit")) == ("38.4", "Cel")


def test_each_code_names_its_dictionary_with_a_version(talk: Talk) -> None:
    tree = tree_of(talk.formed(**FULL))
    coded = tree.xpath("//*[@codeSystem]")
    assert len(coded) > 30
    for one in coded:
        assert all(one.get(name) for name in ("codeSystemName", "codeSystemVersion")), one.tag
        assert one.get("displayName"), one.tag
        assert profile.OID.fullmatch(one.get("codeSystem")), one.get("codeSystem")


def test_who_and_where_stand_in_the_header(known: None, talk: Talk) -> None:
    tree = tree_of(talk.formed())
    card, place = talk.cast.anna.card, talk.cast.clinic
    ids = "/c:ClinicalDocument/c:recordTarget/c:patientRole/c:id"
    assert said(tree, f"{ids}/@root") == [f"{place.oid}.100.12.1.10", "1.2.643.100.3"]
    assert said(tree, f"{ids}/@extension") == [str(card.pk), card.snils]
    assert said(tree, "//identity:InsurancePolicy/identity:Number/text()") == [card.enp]
    assert said(tree, "/c:ClinicalDocument/c:id/@root") == [f"{place.oid}.100.12.1.51"]
    assert said(tree, "/c:ClinicalDocument/c:id/@extension") == [talk.row.number]
    assert said(tree, "//c:custodian//c:id/@root") == [place.oid]
    assert said(tree, "//c:author//c:family/text()") == ["Климов"]
    assert said(tree, "//c:serviceEvent/c:effectiveTime/c:low/@value")[0].endswith("+0300")


def test_what_is_not_known_is_said_so(talk: Talk) -> None:
    Organisation.objects.filter(pk=talk.cast.clinic.pk).update(oid="нет", phone="")
    Patient.objects.filter(pk=talk.cast.anna.card.pk).update(snils=None, enp=None, address="")
    tree = tree_of(talk.formed(anamnesis="", complaints="Кашель."))
    for path in (
        "/c:ClinicalDocument/c:id", "//c:patientRole/c:id[1]", "//c:patientRole/c:id[2]",
        "//identity:InsurancePolicy", "//identity:IdentityDoc", "//c:custodian//c:id",
        "//c:custodian//c:telecom", "//c:patientRole/c:addr/c:streetAddressLine",
        "//c:patientRole/c:addr/address:stateCode", "//c:author//c:code",
        "//c:section[c:code/@code='LANAM']/c:entry/c:observation/c:value",
        "//c:observation[c:code/@code='804']/c:value",
    ):  # fmt: skip
        assert said(tree, f"{path}/@nullFlavor") == ["NI"], path
    assert "нет" not in said(tree, "//@root")


def test_the_same_rows_give_the_same_bytes(talk: Talk) -> None:
    row = talk.formed(**FULL)
    assert row.formed_at is not None
    consultation = talk.now()
    again = document.document(row, consultation, facts_of(row, consultation), row.formed_at)
    assert again == xml_of(row)


def test_signs_that_xml_cannot_hold_are_dropped(talk: Talk) -> None:
    tree = tree_of(talk.formed(anamnesis="Контакт\x0b<b>&\ufffe с \U0001f600 больным"))
    texts = said(tree, "//c:section[c:code/@code='ANAM']//c:value/text()")
    assert "Контакт<b>& с \U0001f600 больным" in texts[0]


def test_a_new_version_names_the_one_it_replaces(known: None, talk: Talk) -> None:
    talk.signed()
    actions.amend(talk.doctor, talk.id, "Уточнены рекомендации.")
    tree = tree_of(talk.formed(recommendations="Покой."))
    assert said(tree, "/c:ClinicalDocument/c:versionNumber/@value") == ["2"]
    assert said(tree, "/c:ClinicalDocument/c:id/@extension") == [f"{talk.row.number}/2"]
    before = "/c:ClinicalDocument/c:relatedDocument[@typeCode='RPLC']/c:parentDocument"
    assert said(tree, f"{before}/c:id/@extension") == [talk.row.number]
    assert said(tree, f"{before}/c:setId/@extension") == [talk.row.number]
    assert said(tree, "/c:ClinicalDocument/c:setId/@extension") == [talk.row.number]


def test_revising_forgets_the_xml_and_signing_fixes_it(talk: Talk) -> None:
    talk.formed()
    assert actions.revise(talk.doctor, talk.id).formed_xml is None
    row = talk.signed()
    other = files.keep(b"<other/>", document.MEDIA_TYPE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Conclusion.objects.filter(pk=row.pk).update(formed_xml=other)


def test_the_signed_pdf_carries_exactly_this_xml(talk: Talk) -> None:
    row = talk.signed()
    assert row.signed_pdf is not None
    reader = PdfReader(io.BytesIO(files.read(row.signed_pdf)))
    assert reader.attachments["conclusion.xml"] == [xml_of(row)]
    catalogue: Any = reader.root_object
    (attached,) = [one.get_object() for one in catalogue["/AF"]]
    assert attached["/AFRelationship"] == "/Alternative"
    assert attached["/EF"]["/F"].get_object()["/Subtype"] == "/application/xml"
    metadata = catalogue["/Metadata"].get_data().decode()
    for mark in ("pdfaid:part{}3", "pdfaid:conformance{}A", "pdfuaid:part{}1"):
        assert any(mark.format(sign) in metadata for sign in (">", '="')), mark


def test_the_archive_misses_a_lost_xml(settings: Any, talk: Talk) -> None:
    row = talk.signed()
    place = Path(store.path(settings.FILES_ROOT, row.formed_xml_id or ""))
    place.chmod(0o600)
    place.unlink()
    (fault,) = archive.faults_of(row, signer.roots())
    assert fault == "its XML is lost or changed"


def test_the_profile_names_post_payer_and_versions(
    settings: Any, tmp_path: Path, talk: Talk
) -> None:
    told = tmp_path / "semd.toml"
    code = talk.cast.boris.doctor.speciality.code
    told.write_text(
        'licence_authority = "Комитет по здравоохранению"\npayer = ["9", "Бюджет"]\n'
        f'[posts]\n"{code}" = ["109", "врач-терапевт"]\n'
        f'[ogrn]\n"{talk.cast.clinic.oid}" = "1027800000000"\n'
        '[versions]\n"1.2.643.5.1.13.13.11.1005" = "2.27"\n',
        encoding="utf-8",
    )
    settings.SEMD_PROFILE = str(told)
    tree = tree_of(talk.formed())
    assert set(said(tree, "//c:author//c:code/@code")) == {"109"}
    assert said(tree, "//c:participant//c:code/@code") == ["9"]
    assert said(tree, "//identity:Ogrn/text()") == ["1027800000000"]
    assert said(tree, "//c:providerOrganization/c:id[2]/@extension") == [talk.cast.clinic.licence]
    versions = said(tree, "//c:value[@codeSystem='1.2.643.5.1.13.13.11.1005']/@codeSystemVersion")
    assert set(versions) == {"2.27"}


@pytest.mark.parametrize(
    "text", ['colour = "red"', "posts = 3", 'template = "нет"', '[versions]\n"1.2.3" = "1"', "=", ]
)  # fmt: skip
def test_a_bad_profile_keeps_the_draft(
    settings: Any, tmp_path: Path, talk: Talk, text: str
) -> None:
    told = tmp_path / "semd.toml"
    told.write_text(text, encoding="utf-8")
    settings.SEMD_PROFILE = str(told)
    revision = talk.written()
    with pytest.raises(Refusal) as refused:
        actions.form(talk.doctor, talk.id, revision)
    assert refused.value.code == "conclusion.xml_unchecked"
    assert Conclusion.objects.get().state == "draft"

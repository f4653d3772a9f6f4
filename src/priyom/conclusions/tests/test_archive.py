"""The archive is believed only as far as its bytes prove it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from priyom.conclusions import actions, archive, signer
from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.queries.archive import completed_without_paper
from priyom.conclusions.tests.talks import Talk
from priyom.consultations.models import Attachment, Consultation
from priyom.files import actions as files
from priyom.files import store


def _verified() -> archive.Report:
    return archive.verify(lambda _: None)


def _place(sha256: str) -> Path:
    place = Path(store.path(settings.FILES_ROOT, sha256))
    place.chmod(0o600)
    return place


def _judged(row: Conclusion) -> list[str]:
    return list(archive.faults_of(row, signer.roots()))


def test_a_whole_archive_has_no_fault(talk: Talk) -> None:
    talk.sent("Анализ.pdf")
    talk.signed()
    assert _verified() == archive.Report(1, 2, 1, ())
    assert archive.verify(lambda _: None, with_files=False) == archive.Report(1, 2, 0, ())


@pytest.mark.parametrize("way", ["changed", "lost"])
@pytest.mark.parametrize("which", ["formed_pdf_id", "signed_pdf_id"])
def test_each_file_of_a_document_must_be_there(talk: Talk, way: str, which: str) -> None:
    row = talk.signed()
    place = _place(getattr(row, which))
    before = place.read_bytes()
    if way == "lost":
        place.unlink()
    else:
        place.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    said = "formed" if which == "formed_pdf_id" else "the signed file"
    (fault,) = _verified().faults
    assert fault.startswith(f"{talk.row.number}: ")
    assert said in fault
    assert "lost or changed" in fault


def test_a_changed_file_of_a_closed_talk_is_found(talk: Talk) -> None:
    talk.sent("Испорчен.pdf")  # the store is shared: no other test sends it
    talk.signed()
    _place(Attachment.objects.get().blob_id).write_bytes(b"other")
    (fault,) = _verified().faults
    assert fault.startswith(f"{talk.row.number}: a file of the talk")


def test_swapped_documents_are_found(talk: Talk) -> None:
    row = talk.signed()
    actions.amend(talk.doctor, talk.id, "Опечатка")
    second = talk.signed(complaints="Иное")
    row.signed_pdf = second.signed_pdf
    assert "another file was signed" in _judged(row)[0]


def test_what_was_added_after_the_signature_is_found(talk: Talk) -> None:
    row = talk.signed()
    assert row.signed_pdf is not None
    longer = files.read(row.signed_pdf) + b"\n% added"
    row.signed_pdf = files.keep(longer, "application/pdf")
    assert _judged(row)[0] == "something was added to the file after it was signed"
    assert "the doctor's signature stands beside another file" in _judged(row)


def test_an_unsigned_file_is_no_document(talk: Talk) -> None:
    row = talk.signed()
    row.signed_pdf = row.formed_pdf
    assert _judged(row)[0] == "the signature does not fit the file"


def test_a_foreign_root_and_another_certificate_are_found(talk: Talk) -> None:
    row = talk.signed()
    assert list(archive.faults_of(row, [])) == [
        "the certificate leads to no root of this installation",
        "the doctor's signature of the XML leads to no root of this installation",
    ]
    row.certificate_serial = "00 11"
    assert "another certificate" in _judged(row)[0]


@pytest.fixture
def whole(talk: Talk, settings: Any) -> Conclusion:
    """A version with every signature that there is: two of the doctor, two of the organisation."""
    settings.SIGNING_ORGANISATION = "demo"
    row = talk.signed()
    assert actions.countersign() == 1
    assert _verified() == archive.Report(1, 4, 0, ())
    return row


def _kept(row: Conclusion) -> list[Signature]:
    return list(row.signatures.select_related("document").order_by("role", "form", "document"))


def test_each_detached_signature_is_verified_anew(whole: Conclusion) -> None:
    for number in range(4):
        kept = _kept(whole)
        one = kept[number]
        cms = bytearray(bytes(one.cms))
        cms[-1] ^= 1  # the last byte of the signature's own value
        one.cms = bytes(cms)
        (fault,) = archive.signature_faults(whole, kept, signer.roots())
        kind = "XML" if one.document_id == whole.formed_xml_id else "PDF"
        what = "is not the one inside the file" if one.form == "pades" else "does not fit it"
        assert fault == f"the {one.role}'s signature of the {kind} {what}"


def test_signatures_that_were_swapped_or_are_gone_are_found(whole: Conclusion) -> None:
    kept = [one for one in _kept(whole) if one.role == "organisation"]
    first, second = kept
    first.cms, second.cms = second.cms, first.cms
    found = list(archive.signature_faults(whole, kept, signer.roots()))
    assert [fault.endswith("does not fit it") for fault in found] == [True, True]
    for number in range(4):
        every = _kept(whole)
        gone = every.pop(number)
        (fault,) = archive.signature_faults(whole, every, signer.roots())
        assert fault.startswith(f"the {gone.role}'s signature of the ")
        assert fault.endswith(" is gone")


def test_signatures_by_others_are_found(whole: Conclusion) -> None:
    kept = _kept(whole)
    for one in kept:
        one.serial = "00 11"
    found = list(archive.signature_faults(whole, kept, signer.roots()))
    assert len([one for one in found if "another certificate" in one]) == 3
    foreign = list(archive.signature_faults(whole, _kept(whole), []))
    assert len([one for one in foreign if "leads to no root" in one]) == 3


def test_a_changed_xml_breaks_the_signatures_over_it(whole: Conclusion) -> None:
    place = _place(whole.formed_xml_id or "")
    place.write_bytes(place.read_bytes().replace(b"<title>", b"<title >", 1))
    assert _verified().faults[0].endswith(": its XML is lost or changed")


def test_a_completed_talk_without_a_paper_is_found(talk: Talk) -> None:
    Consultation.objects.filter(pk=talk.id).update(state="completed", ended_at=talk.clock.instant)
    assert list(completed_without_paper()) == [talk.row.number]
    assert _verified().faults == (f"{talk.row.number}: completed, but nothing was signed",)

"""The archive is believed only as far as its bytes prove it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from priyom.conclusions import actions, archive, signer
from priyom.conclusions.models import Conclusion
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
    assert _verified() == archive.Report(1, 1, ())
    assert archive.verify(lambda _: None, with_files=False) == archive.Report(1, 0, ())


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
    assert _judged(row) == ["something was added to the file after it was signed"]


def test_an_unsigned_file_is_no_document(talk: Talk) -> None:
    row = talk.signed()
    row.signed_pdf = row.formed_pdf
    assert _judged(row) == ["the signature does not fit the file"]


def test_a_foreign_root_and_another_certificate_are_found(talk: Talk) -> None:
    row = talk.signed()
    assert list(archive.faults_of(row, [])) == [
        "the certificate leads to no root of this installation"
    ]
    row.certificate_serial = "00 11"
    assert "another certificate" in _judged(row)[0]


def test_a_completed_talk_without_a_paper_is_found(talk: Talk) -> None:
    Consultation.objects.filter(pk=talk.id).update(state="completed", ended_at=talk.clock.instant)
    assert list(completed_without_paper()) == [talk.row.number]
    assert _verified().faults == (f"{talk.row.number}: completed, but nothing was signed",)

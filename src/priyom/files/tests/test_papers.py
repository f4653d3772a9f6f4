"""Office documents and DICOM: told by content, kept whole, a scan with its first frame."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from priyom.files import actions
from priyom.files.models import Blob, Derivation
from priyom.kernel.refusal import Refusal
from priyom.testing.jobs import run_deferred

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place")]
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def scan(preamble: bytes = bytes(128)) -> bytes:
    """A CT of 64 × 48: a bright left half, in Hounsfield units with a window."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = CTImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = CTImageStorage
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID
    data.Rows, data.Columns, data.SamplesPerPixel = 48, 64, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.RescaleSlope, data.RescaleIntercept = 1, -1024
    data.WindowCenter, data.WindowWidth = 40, 400
    plane = np.zeros((48, 64), np.uint16)
    plane[:, :32] = 1400
    data.PixelData = plane.tobytes()
    data.preamble = preamble
    out = io.BytesIO()
    pydicom.dcmwrite(out, data, enforce_file_format=True)
    body = out.getvalue()
    return preamble + body[128:]


@pytest.mark.parametrize(
    ("parts", "ending"),
    [
        (WORD, "docx"),
        ({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}, "xlsx"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"}, "odt"),
    ],
)
def test_an_office_document_is_kept_as_it_came(parts: dict[str, bytes], ending: str) -> None:
    body = packed(parts)
    blob, name = actions.receive(io.BytesIO(body), "Выписка.exe")
    assert (blob.kind, name) == ("document", f"Выписка.{ending}")
    assert actions.read(blob) == body
    again, name = actions.receive(io.BytesIO(body), "Ещё раз.doc")
    assert (again, name) == (blob, f"Ещё раз.{ending}")
    assert not Derivation.objects.exists()


@pytest.mark.parametrize(
    "parts",
    [
        {"readme.txt": b"hello"},
        WORD | {"word/vbaProject.bin": b"macro"},
        WORD | {"../../evil": b"x"},
        WORD | {"bomb": bytes(60_000_000)},
        WORD | {"xl/workbook.xml": b"two at once"},
        {"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/x.xml": b"macro"},
    ],
)
def test_other_archives_are_refused(parts: dict[str, bytes]) -> None:
    with pytest.raises(Refusal) as refused:
        actions.receive(io.BytesIO(packed(parts)), "Выписка.docx")
    assert refused.value.code == "file.wrong_type"
    assert not Blob.objects.exists()


def test_a_scan_is_kept_and_shows_its_first_frame() -> None:
    body = scan()
    blob, name = actions.receive(io.BytesIO(body), "КТ")
    assert (blob.media_type, name) == ("application/dicom", "КТ.dcm")
    assert actions.read(blob) == body
    assert run_deferred("files.derive")
    blob.refresh_from_db()
    shown = Image.open(io.BytesIO(actions.read(Blob.objects.get(pk=blob.thumbnail))))
    assert shown.size == (64, 48)
    left, right = (shown.convert("L").getpixel((x, 20)) for x in (10, 54))
    assert isinstance(left, int)
    assert isinstance(right, int)
    assert left > 200 > 50 > right


def test_a_program_in_the_preamble_is_no_scan() -> None:
    with pytest.raises(Refusal):
        actions.receive(io.BytesIO(scan(b"MZ" + bytes(126))), "КТ.dcm")

"""What a reader of archives asks of the signed file first, told by another library (qpdf)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files

EMBEDDED = ("/FontFile", "/FontFile2", "/FontFile3")


@pytest.fixture
def signed(talk: Talk) -> Iterator[Any]:
    """A signed conclusion as qpdf reads it; `Any`, for its objects are what the file says."""
    row = talk.signed()
    assert row.signed_pdf is not None
    with pikepdf.open(io.BytesIO(files.read(row.signed_pdf))) as pdf:
        yield pdf


def test_its_parts_are_whole(signed: Any) -> None:
    assert signed.check_pdf_syntax() == []
    assert not signed.is_encrypted
    assert signed.pdf_version >= "1.7"


def test_it_says_what_it_conforms_to(signed: Any) -> None:
    with signed.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"].startswith("Консультативное заключение № ")
    root = signed.Root
    (intent,) = root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert len(intent.DestOutputProfile.read_bytes()) > 128, "a profile of colours, and no name"


def test_it_can_be_read_aloud(signed: Any) -> None:
    root = signed.Root
    assert str(root.Lang).startswith("ru")
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    kinds = set(_kinds(root.StructTreeRoot.K))
    assert {"/Document", "/H1", "/P"} <= kinds, kinds
    assert all(page.get("/Tabs") == "/S" for page in signed.pages)


def test_its_files_and_fonts_are_inside(signed: Any) -> None:
    (attached,) = signed.Root.AF
    assert attached.AFRelationship == "/Alternative"
    assert attached.EF.F.Subtype == "/application/xml"
    fonts = [one for one in signed.objects if _is(one, "/FontDescriptor")]
    assert fonts
    assert all(any(name in one for name in EMBEDDED) for one in fonts)


def test_nothing_in_it_runs_or_leads_out_by_itself(signed: Any) -> None:
    for name in ("/OpenAction", "/AA"):
        assert name not in signed.Root
    acts = {str(one.S) for one in signed.objects if _is(one, "/Action") and "/S" in one}
    assert acts <= {"/URI", "/GoTo"}


def _is(found: Any, kind: str) -> bool:
    return isinstance(found, pikepdf.Dictionary) and found.get("/Type") == kind


def _kinds(nodes: Any) -> Iterator[str]:
    """Yield the kinds of all elements of a tree of structure."""
    for node in nodes if isinstance(nodes, pikepdf.Array) else [nodes]:
        if isinstance(node, pikepdf.Dictionary) and "/S" in node:
            yield str(node.S)
            if "/K" in node:
                yield from _kinds(node.K)

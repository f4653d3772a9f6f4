"""The validator: whoever gives the ministry's files learns what is wrong, and in which line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from priyom.conclusions import actions
from priyom.conclusions.cda import validation
from priyom.conclusions.cda.schematron import BadRules, Fault
from priyom.conclusions.models import Conclusion
from priyom.conclusions.tests.talks import Talk
from priyom.conclusions.tests.test_cda import FULL, xml_of
from priyom.kernel.refusal import Refusal

FILES = Path(__file__).with_name("semd")
XSD, RULES = str(FILES / "own.xsd"), str(FILES / "own.sch")


@pytest.fixture
def xml(settings: Any, talk: Talk) -> bytes:
    """A formed document of an installation that has its number."""
    settings.MIS_NUMBER = "12.1"
    return xml_of(talk.formed(**FULL))


def _line_of(xml: bytes, part: bytes) -> int:
    return xml[: xml.index(part)].count(b"\n") + 1


def test_our_document_passes(xml: bytes) -> None:
    assert validation.faults(xml, XSD, RULES) == []


Change = Callable[[bytes], bytes]


def _replaced(before: bytes, after: bytes) -> Change:
    return lambda xml: xml.replace(before, after, 1)


@pytest.mark.parametrize(
    ("change", "source", "words"),
    [
        (_replaced(b'<versionNumber value="1"/>', b'<versionNumber value="0"/>'), "xsd", "value"),
        (_replaced(b"<title>", b"<heading/><title>"), "xsd", "heading"),
        (_replaced(b'code="ANAM"', b'code="OTHER"'), "schematron", "Section ANAM"),
        (_replaced(b'displayName="\xd0', b'displayName="" x="\xd0'), "schematron", "its words"),
        (_replaced(b'root="1.2.643.100.3" extension="', b'root="1.2.643.100.3" extension="x'),
         "schematron", "eleven digits"),
        (_replaced(b'code="5" codeSystem', b'code="6" codeSystem'), "schematron", "protocol of"),
        (_replaced(b'moodCode="EVN"', b'moodCode="INT"'), "schematron", "has happened"),
        (_replaced(b"</title>", b"<title>"), "xml", "mismatch"),
        (_replaced(b"<ClinicalDocument ", b"<!DOCTYPE x><ClinicalDocument "), "xml", "type"),
    ],
)  # fmt: skip
def test_each_fault_is_named(xml: bytes, change: Change, source: str, words: str) -> None:
    changed = change(xml)
    assert changed != xml
    found = validation.faults(changed, XSD, RULES)
    assert any(one.source == source and words in one.text for one in found), found


def test_a_fault_has_its_line(xml: bytes) -> None:
    changed = xml.replace(b'code="801" codeSystem="1.2', b'code="801" codeSystem="x.2')
    (fault,) = validation.faults(changed, XSD, RULES)
    line = _line_of(changed, b'code="801"')
    assert fault == Fault(line, "The dictionary of a code is an OID.", "schematron")


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        "нет",
        '<schema xmlns="http://purl.oclc.org/dsdl/schematron"><pattern><let name="x" value="1"/>'
        "</pattern></schema>",
        '<schema xmlns="http://purl.oclc.org/dsdl/schematron"><pattern><rule context="//a">'
        '<assert test="((">x</assert></rule></pattern></schema>',
    ],
)
def test_bad_rules_are_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.sch").write_text(text, encoding="utf-8")
    with pytest.raises(BadRules):
        validation.faults(b"<a/>", rules_file=str(tmp_path / "own.sch"))
    with pytest.raises(BadRules):
        validation.faults(b"<a/>", xsd=str(tmp_path / "absent.xsd"))


@pytest.mark.act("conclusion.form")
def test_forming_asks_the_files_only_when_they_are_given(settings: Any, talk: Talk) -> None:
    revision = talk.written()
    settings.SEMD_XSD, settings.SEMD_SCHEMATRON = XSD, RULES
    with pytest.raises(Refusal) as refused:  # without MIS_NUMBER the ids have no root
        actions.form(talk.doctor, talk.id, revision)
    assert refused.value.code == "conclusion.xml_invalid"
    assert "сообщите администратору" in refused.value.text
    assert Conclusion.objects.get().state == "draft"
    settings.SEMD_XSD = settings.SEMD_SCHEMATRON = ""
    assert actions.form(talk.doctor, talk.id, revision).state == "formed"


def test_a_missing_file_of_rules_is_no_silence(settings: Any, talk: Talk) -> None:
    revision = talk.written()
    settings.SEMD_XSD = "/nowhere/CDA.xsd"
    with pytest.raises(Refusal) as refused:
        actions.form(talk.doctor, talk.id, revision)
    assert refused.value.code == "conclusion.xml_unchecked"


def test_the_command_says_each_line(xml: bytes, tmp_path: Path) -> None:
    file = tmp_path / "c.xml"
    file.write_bytes(xml.replace(b'code="ANAM"', b'code="OTHER"'))
    command = [sys.executable, "-m", "priyom.conclusions.cda", str(file)]
    told = subprocess.run(
        [*command, "--xsd", XSD, "--schematron", RULES],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 1, told.stderr
    line = _line_of(xml, b"<structuredBody>")
    assert f"{file}:{line}: schematron: Section ANAM is there once." in told.stdout
    told = subprocess.run(
        [*command, "--xsd", "/nowhere"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert "there is no file /nowhere" in told.stderr

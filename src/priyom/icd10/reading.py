"""Files of the НСИ dictionary 1.2.643.5.1.13.13.11.1005 («МКБ-10»), read: JSON, CSV, XML or ZIP.

The dictionary's columns are MKB_CODE, MKB_NAME and ACTUAL (domain.md 5.3); it also holds classes
and ranges («A00-A09»), which are no diagnoses and are passed over.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from priyom.icd10.rules import CODE, NAME_LIMIT
from priyom.kernel.refusal import Refusal, RefusalKind

LIMIT = 100_000_000
"""Bytes: the whole dictionary is some five megabytes in its widest format."""
_ENDINGS = (".json", ".csv", ".xml")
_EDITION = re.compile(r"1\.2\.643\.5\.1\.13\.13\.11\.1005_(\d+(?:\.\d+)*)")
_RANGE = re.compile(r"[A-Z]\d{2}\s*[-–]\s*[A-Z]\d{2}|[IVX]+")
_NOT_ACTUAL = frozenset({"0", "false", "нет"})
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Named:
    """One code of the file; `is_actual` is False for one that left the classification."""

    code: str
    name: str
    is_actual: bool


@dataclass(frozen=True, slots=True)
class Classification:
    """What a file held: codes in its order, passed-over headings, and faults by record."""

    edition: str
    codes: tuple[Named, ...]
    headings: int
    faults: tuple[str, ...]


def read(path: Path) -> Classification:
    """Return the file's codes; the edition is the one in the file's name («…_2.27.json»).

    Raises Refusal (invalid) for what is no such file, OSError when it cannot be read.
    """
    name, data = _bytes(path)
    rows = _READERS[Path(name).suffix.lower()](data)
    codes: dict[str, Named] = {}
    faults: list[str] = []
    headings = 0
    try:
        for number, row in enumerate(rows, start=1):
            code = row.get("MKB_CODE", "").strip().rstrip("+*†").upper()
            text = " ".join(row.get("MKB_NAME", "").split())
            if not code or _RANGE.fullmatch(code):
                headings += 1
            elif fault := _fault(code, text, codes):
                faults.append(f"record {number}: {fault}")
            else:
                is_actual = row.get("ACTUAL", "1").strip().lower() not in _NOT_ACTUAL
                codes[code] = Named(code, text, is_actual)
    except (ValueError, csv.Error, etree.XMLSyntaxError) as trouble:
        raise _refused(f"It breaks off or is damaged: {trouble}.") from None
    if not codes:
        raise _refused("It has no columns MKB_CODE and MKB_NAME with codes in them.")
    edition = _EDITION.search(path.name)
    return Classification(
        edition[1] if edition else "", tuple(codes.values()), headings, tuple(faults)
    )


def _fault(code: str, text: str, known: Mapping[str, Named]) -> str:
    if not CODE.fullmatch(code):
        return f"{code[:40]} is no code"
    if not text:
        return f"{code} has no name"
    if len(text) > NAME_LIMIT:
        return f"{code} has a name of {len(text)} characters, {NAME_LIMIT} fit"
    if code in known and known[code].name != text:
        return f"{code} stands twice with two names, the first is taken"
    return ""


def _bytes(path: Path) -> tuple[str, bytes]:
    """Return name and bytes of the file, or of the one dictionary in an archive."""
    if path.stat().st_size > LIMIT:
        raise _refused("It is over 100 MB: the dictionary has some five.")
    if path.suffix.lower() != ".zip":
        if path.suffix.lower() not in _ENDINGS:
            raise _refused("It is neither .json nor .csv nor .xml nor a .zip with one of them.")
        return path.name, path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            inner = [one for one in archive.infolist() if one.filename.lower().endswith(_ENDINGS)]
            if len(inner) != 1 or inner[0].file_size > LIMIT:
                raise _refused("The archive must hold one .json, .csv or .xml file.")
            return inner[0].filename, archive.read(inner[0])
    except zipfile.BadZipFile:
        raise _refused("The archive is damaged.") from None


def _json(data: bytes) -> Iterator[Row]:
    """Read {"records": [{"MKB_CODE": …}]} or the service's {"list": [[{"column", "value"}]]}."""
    whole = json.loads(data)
    if isinstance(whole, dict):
        whole = whole.get("records") or whole.get("list") or []
    for one in whole if isinstance(whole, list) else []:
        pairs: Iterable[tuple[object, object]] = ()
        if isinstance(one, dict):
            pairs = one.items()
        elif isinstance(one, list):
            pairs = ((cell.get("column"), cell.get("value")) for cell in one)
        yield {str(key): "" if value is None else str(value) for key, value in pairs}


def _csv(data: bytes) -> Iterator[Row]:
    text = data.decode("utf-8-sig")
    head = text.partition("\n")[0]
    sign = ";" if head.count(";") >= head.count(",") else ","
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=sign):
        yield {(key or "").strip(): value or "" for key, value in row.items() if key}


def _xml(data: bytes) -> Iterator[Row]:
    """Read <entry> or any other element that has an MKB_CODE child."""
    parser = etree.iterparse(io.BytesIO(data), resolve_entities=False, no_network=True)
    for _, one in parser:
        cells = {_tag(child): child.text or "" for child in one}
        if "MKB_CODE" in cells:
            yield cells
            one.clear()


def _tag(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _refused(text: str) -> Refusal:
    return Refusal("icd10.file", RefusalKind.INVALID, text)


_READERS = {".json": _json, ".csv": _csv, ".xml": _xml}

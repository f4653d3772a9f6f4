"""A file of cards is loaded once, whatever is killed in between; faults are told line by line."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from priyom.kernel.actor import SYSTEM
from priyom.kernel.refusal import Refusal
from priyom.kernel.snils import control
from priyom.patients import actions, loading
from priyom.patients.lines import Batch, Place
from priyom.patients.loading import Load
from priyom.patients.models import Family, Given, Import, Patient
from priyom.patients.queries import find
from priyom.patients.tests.cast import ANNA_SNILS, VERA, card
from priyom.testing.race import race

HEAD = "number,family,given,patronymic,birth_on,sex,snils,enp,document,phone,email,address"
ANNA = f"1,Иванова,Анна,Сергеевна,1984-03-12,f,{ANNA_SNILS},7941983111972141,4008 123456,,,"


def _quiet(text: str) -> None:
    """Say nothing."""


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def made(*lines: str, head: str = HEAD) -> Path:
        path = tmp_path / "cards.csv"
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return path

    return made


@pytest.fixture
def city(tmp_path: Path) -> Path:
    path = tmp_path / "city.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write(HEAD + "\n")
        for number in range(2_000):
            nine = f"{100_000_000 + number * 7_919}"
            family = "".join("абвгдежзик"[int(digit)] for digit in f"{number // 3:04d}")
            born = f"{1930 + number % 90}-{1 + number % 12:02d}-{1 + number % 28:02d}"
            out.write(f"{number},К{family}ов,Пётр,,{born},m,{nine}{control(nine)},,,,,\n")
    return path


def _cards() -> list[dict[str, Any]]:
    return [dict(row) for row in Patient.objects.order_by("id").values()]


def test_a_city_is_loaded_once(committed_db: None, city: Path) -> None:
    done = loading.load(city, Load("mis", 300), _quiet)
    assert (done.made, done.refused, done.lines) == (2_000, 0, 2_001)
    assert Patient.objects.count() == 2_000
    assert sum(Family.objects.values_list("people", flat=True)) == 2_000
    assert sum(Given.objects.values_list("people", flat=True)) == 2_000
    before = _cards()
    again = loading.load(city, Load("mis", 300), _quiet)
    city.write_bytes(city.read_bytes() + b"\n")  # another file by its bytes, the same cards
    other = loading.load(city, Load("mis", 300), _quiet)
    assert (again.made, other.made, other.known) == (2_000, 0, 2_000)
    assert _cards() == before
    one = Patient.objects.order_by("id")[777]
    found = find(VERA, f"{one.family} {one.given} {one.birth_on:%d.%m.%Y}")
    assert one.id in [row.id for row in found.rows]
    assert not loading.faults_path(city).exists()


def test_killed_in_the_middle_it_goes_on(committed_db: None, city: Path) -> None:
    command = [sys.executable, "-m", "priyom.patients", "import", str(city), "--batch", "100"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ.copy())
    assert child.stdout is not None
    said = child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=30)
    assert "101 lines" in said
    done = Import.objects.get()
    assert done.finished_at is None
    assert Patient.objects.count() == done.made < 2_000
    told: list[str] = []
    whole = loading.load(city, Load("mis", 500), told.append)
    assert told[0] == f"going on behind line {done.lines:,}"
    assert (whole.made, whole.known, whole.refused) == (2_000, 0, 0)
    assert Patient.objects.count() == 2_000
    assert sum(Family.objects.values_list("people", flat=True)) == 2_000


def test_faults_stand_in_a_file_and_the_rest_is_loaded(
    committed_db: None, file: Callable[..., Path]
) -> None:
    card(family="Осипова", given="Нина", snils="08765430200")
    path = file(
        ANNA,
        "2,Петров,Пётр,,1990-02-30,m,,,,,,",
        "3,Петров,Пётр,,1990-02-03,m,087-654-302 00,,,,,",
        "4,Петров,Пётр,,1990-02-03",
        "1,Иванова,Анна,,1984-03-12,f,,,,,,",
        f"5,Сидорова,Инна,,1984-03-12,f,{ANNA_SNILS},,,,,",
        '6,Орлов,Олег,,1990-02-03,m,,,,,,"Невский, 1"',
    )
    done = loading.load(path, Load("mis"), _quiet)
    assert (done.made, done.refused) == (2, 5)
    lines = loading.faults_path(path).read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [
        ["3", "birth_on"], ["4", "snils"], ["5", ""], ["6", "number"], ["7", "snils"],
    ]  # fmt: skip
    assert Patient.objects.get(outer_number="mis:6").address == "Невский, 1"


def test_what_is_there_is_left_as_it_is(committed_db: None, file: Callable[..., Path]) -> None:
    own = card()
    assert loading.load(file(ANNA), Load("mis"), _quiet).known == 1
    other = "9,Осипова,Нина,,1950-01-01,f,,,,,,"
    loading.load(file(other), Load("mis"), _quiet)
    changed = loading.load(file(other.replace("1950", "1951")), Load("mis"), _quiet)
    assert (changed.differing, changed.made) == (1, 0)
    assert Patient.objects.get(outer_number="mis:9").birth_on.year == 1950
    assert Patient.objects.count() == 2
    own.refresh_from_db()
    assert own.phone


@pytest.mark.parametrize("separator", [",", ";"])
def test_rehearsal_writes_nothing(
    committed_db: None, file: Callable[..., Path], separator: str
) -> None:
    lines = (ANNA.replace(",", separator), f"2{separator}Петров")
    path = file(*lines, head=HEAD.replace(",", separator))
    told = loading.rehearse(path, Load("mis"), _quiet)
    assert (told.made, told.refused) == (1, 1)
    assert Patient.objects.count() == Import.objects.count() == 0


@pytest.mark.parametrize("head", ["family;given", "number,family,given,birth_on,sex,colour", ""])
def test_a_file_without_a_right_first_line_is_refused_whole(
    committed_db: None, file: Callable[..., Path], head: str
) -> None:
    with pytest.raises(loading.Unreadable, match=r"first line|nobody knows"):
        loading.load(file(ANNA, head=head), Load("mis"), _quiet)
    assert Import.objects.count() == 0


@pytest.mark.parametrize("source", ["", "m" * 31])
def test_a_system_without_a_right_name_is_refused(
    committed_db: None, file: Callable[..., Path], source: str
) -> None:
    with pytest.raises(loading.Unreadable, match="--source"):
        loading.load(file(ANNA), Load(source), _quiet)


def test_text_of_another_encoding_is_told(committed_db: None, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(HEAD.encode() + b"\n" + ANNA.encode("cp1251") + b"\n")
    assert loading.load(path, Load("mis"), _quiet).refused == 1
    assert "Not UTF-8" in loading.faults_path(path).read_text(encoding="utf-8")


class Killed(Exception):
    """The process ends here."""


def _kill(text: str) -> None:
    raise Killed


def _listed(path: Path) -> list[str]:
    with loading.faults_path(path).open(encoding="utf-8", newline="") as faults:
        return [line for line, *_ in list(csv.reader(faults))[1:]]


def test_another_process_leaves_the_list_of_faults_alone(
    committed_db: None, file: Callable[..., Path]
) -> None:
    path = file("2,,Пётр,,1990-02-03,m,,,,,,", "3,,Олег,,1990-02-03,m,,,,,,", ANNA)
    met: list[Refusal | list[str]] = []

    def say(text: str) -> None:
        for act in (loading.load, loading.rehearse):
            try:
                act(path, Load("mis", 1), _quiet)
            except Refusal as refused:
                met.append(refused)
        met.append(_listed(path))

    loading.load(path, Load("mis", 1), say)
    refused = [one for one in met if isinstance(one, Refusal)]
    assert {one.code for one in refused} == {"patients.import.elsewhere"}
    assert [one for one in met if isinstance(one, list)] == [["2"], ["2", "3"], ["2", "3"]]
    assert _listed(path) == ["2", "3"]


def test_line_breaks_in_cells_and_in_faults_do_not_disturb_going_on(
    committed_db: None, file: Callable[..., Path]
) -> None:
    path = file(
        '2,Петров,Пётр,,"1990\n02\n03",m,,,,,,',
        '3,Орлов,Олег,,1990-02-03,m,,,,,,"Невский, 1\nкв. 2"',
        "4,,Олег,,1990-02-03,m,,,,,,",
        ANNA,
    )
    with pytest.raises(Killed):
        loading.load(path, Load("mis", 3), _kill)
    with loading.faults_path(path).open("a", encoding="utf-8") as torn:
        torn.write("2")  # of 27 or so, killed while it was written
    done = loading.load(path, Load("mis", 1), _quiet)
    assert (done.made, done.refused, done.lines) == (2, 2, 8)
    assert _listed(path) == ["2", "7"]
    assert len(loading.faults_path(path).read_text(encoding="utf-8").splitlines()) == 3
    assert Patient.objects.get(outer_number="mis:3").address == "Невский, 1 кв. 2"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('2,"Петров,Пётр,,1990-02-03,m,,,,,,', "Cannot be read as CSV"),
        ('2,"Петров"ъ,Пётр,,1990-02-03,m,,,,,,', "Cannot be read as CSV"),
        ("2,Петров,Пётр,,1990-02-03,m,,,,,,\rНевский", "Cannot be read as CSV"),
        (f"2,Петров,Пётр,,1990-02-03,m,,,,,,{'й' * 140_000}", "Cannot be read as CSV"),
        ("2,Петров,Пётр,,1990-02-03,m,,,,,,Нев\0ский", "zero bytes"),
        ("\0,Петров,Пётр,,1990-02-03,m,,,,,,", "zero bytes"),
        ("2,Пет\0ров,Пётр,,1990-02-03,m,,,,,,", "zero bytes"),
    ],
)
def test_what_is_no_csv_costs_its_own_line_only(
    committed_db: None, file: Callable[..., Path], wrong: str, says: str
) -> None:
    more = [f"{number},Орлов,Олег,,1990-02-03,m,,,,,," for number in range(3, 60)]
    path = file(wrong, ANNA, *more, wrong)
    done = loading.load(path, Load("mis"), _quiet)
    assert (done.made, done.refused) == (len(more) + 1, 2)
    assert _listed(path) == ["2", str(len(more) + 4)]
    assert says in loading.faults_path(path).read_text(encoding="utf-8")


def test_two_processes_load_each_line_once(committed_db: None, city: Path) -> None:
    done = race(*[lambda: loading.load(city, Load("mis", 250), _quiet)] * 2)
    assert any(isinstance(one, Import) for one in done), done
    for one in done:
        assert isinstance(one, Import) or (isinstance(one, Refusal) and one.kind == "conflict")
    assert Patient.objects.count() == 2_000
    assert Import.objects.get().made == 2_000


@pytest.mark.django_db
def test_only_the_house_itself_imports() -> None:
    empty = Batch(Place(1, 1), Place(1, 1))
    key = actions.begin_import(SYSTEM, "mis", "0" * 64).id
    with pytest.raises(Refusal, match="missing"):
        actions.begin_import(VERA, "mis", "1" * 64)
    with pytest.raises(Refusal, match="missing"):
        actions.import_batch(VERA, key, empty, lambda faults: None)
    with pytest.raises(Refusal, match="missing"):
        actions.end_import(VERA, key)


def test_the_audit_keeps_counts(committed_db: None, audit_dsn: str, city: Path) -> None:
    loading.load(city, Load("mis", 1_500), _quiet)
    with psycopg.connect(audit_dsn) as audit:
        made = audit.execute(
            "SELECT (detail->>'made')::int FROM audit_event WHERE action = 'patients.import'"
        ).fetchall()
    assert sum(count for (count,) in made) == 2_000

"""Whoever rewrites a closed talk is seen, the owner of the tables too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from priyom.archive import jobs, verifying
from priyom.archive.__main__ import main
from priyom.conclusions.tests.talks import Talk
from priyom.consultations.models import Attachment, Seal
from priyom.consultations.tests.said import said
from priyom.files import store
from priyom.testing.fixtures import Owner

ENTRY, FILE = "consultations_entry", "consultations_attachment"
SEAL, PAPER = "consultations_seal", "conclusions_conclusion"
CHANGED = "entries 1 to LAST are not those that were sealed"
TAMPERS = (
    (
        ENTRY,
        "UPDATE consultations_entry SET body = body || ' ' WHERE seq = 2",
        "UPDATE consultations_entry SET body = rtrim(body) WHERE seq = 2",
        CHANGED,
    ),
    (
        ENTRY,
        "UPDATE consultations_entry SET at = at + interval '1 microsecond' WHERE seq = 2",
        "UPDATE consultations_entry SET at = at - interval '1 microsecond' WHERE seq = 2",
        CHANGED,
    ),
    (
        ENTRY,
        "CREATE TABLE was AS SELECT * FROM consultations_entry WHERE seq = 2;"
        "DELETE FROM consultations_entry WHERE seq = 2",
        "INSERT INTO consultations_entry SELECT * FROM was; DROP TABLE was",
        "entry 2 is missing",
    ),
    (
        ENTRY,
        "INSERT INTO consultations_entry SELECT (jsonb_populate_record(e, jsonb_build_object("
        "'seq', NEXT, 'client_key', 'x'))).* FROM consultations_entry e WHERE seq = 2",
        "DELETE FROM consultations_entry WHERE seq = NEXT",
        "entries from NEXT on are not sealed",
    ),
    (
        FILE,
        "UPDATE consultations_attachment SET name = 'Иное.pdf'",
        "UPDATE consultations_attachment SET name = 'Анализ.pdf'",
        CHANGED,
    ),
    (
        SEAL,
        "UPDATE consultations_seal SET head = reverse(head)",
        "UPDATE consultations_seal SET head = reverse(head)",
        "the manifest of seal 1 is of another log",
    ),
    (
        PAPER,
        "UPDATE conclusions_conclusion SET signer = signer || '+'",
        "UPDATE conclusions_conclusion SET signer = rtrim(signer, '+')",
        "version 1 is not as it was sealed",
    ),
    (
        PAPER,
        "UPDATE conclusions_conclusion SET signed_pdf_id = formed_pdf_id, urgent = signed_pdf_id",
        "UPDATE conclusions_conclusion SET signed_pdf_id = urgent",
        "version 1 is another file than the one that was sealed",
    ),
)
"""Table, what its owner does, how it is undone, what is said."""


def filled(text: str, facts: dict[str, str]) -> str:
    """Return the words with the talk's own numbers."""
    for name, value in facts.items():
        text = text.replace(name, value)
    return text


def checked() -> verifying.Report:
    return verifying.verify(lambda _: None)


def place_of(sha256: str) -> Path:
    place = Path(store.path(settings.FILES_ROOT, sha256))
    place.chmod(0o600)
    return place


def as_owner(owner: Owner, table: str, words: str) -> None:
    """Let the owner pass over the table's own triggers."""
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for statement in words.split(";"):
        owner.execute(statement)
    owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def closed(talk: Talk, file: str = "Анализ.pdf") -> Talk:
    said(talk.row, "patient")
    talk.sent(file)
    talk.signed()
    jobs.seal(0)
    return talk


def test_what_is_whole_has_no_fault(talk: Talk) -> None:
    closed(talk)
    report = checked()
    assert (report.talks, report.files, report.waiting, report.faults) == (1, 1, 0, [])


def test_what_closed_just_now_waits_and_then_is_a_fault(talk: Talk) -> None:
    talk.signed()
    report = checked()
    assert (report.waiting, report.faults) == (1, [])
    talk.clock.forward(hours=2)
    assert checked().faults == [f"{talk.row.number}: entries from 1 on are not sealed"]


def test_the_owner_of_the_tables_changes_nothing_unseen(
    committed_talk: Talk, owner_connection: Owner
) -> None:
    talk = closed(committed_talk)
    facts = {"TALK": str(talk.id), "LAST": str(talk.now().last_seq)}
    facts["NEXT"] = str(talk.now().last_seq + 1)
    for table, bad, good, fault in TAMPERS:
        as_owner(owner_connection, table, filled(bad, facts))
        assert f"{talk.row.number}: {filled(fault, facts)}" in checked().faults
        as_owner(owner_connection, table, filled(good, facts))
    assert checked().faults == []


@pytest.mark.parametrize("way", ["lost", "changed"])
@pytest.mark.parametrize("which", ["manifest", "file"])
def test_lost_and_changed_bytes_are_named(talk: Talk, way: str, which: str) -> None:
    closed(talk, f"{which}-{way}.pdf")  # its own bytes: the store outlives the test
    is_file = which == "file"
    sha256 = Attachment.objects.get().blob_id if is_file else Seal.objects.get().manifest_id or ""
    place = place_of(sha256)
    act: Callable[[], object] = place.unlink if way == "lost" else lambda: place.write_bytes(b"{}")
    act()
    (fault,) = checked().faults
    said = f"a file of the talk ({sha256[:12]})" if is_file else "the manifest of seal 1"
    assert fault == f"{talk.row.number}: {said} is lost or changed"


def test_a_list_kept_elsewhere_sees_what_was_rewritten_as_a_whole(
    talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed(talk, "Выписка.pdf")
    kept, name = tmp_path / "heads", f"{talk.row.number} 1"
    monkeypatch.setattr(sys, "argv", ["priyom", "verify-archive", "--heads", str(kept)])
    assert main() == 0
    whole = kept.read_text(encoding="utf-8")
    assert whole.startswith(f"{name} ")
    assert main() == 0, "the same again"
    for line, fault in (
        (whole.replace(name, f"{talk.row.number} 2"), f"{talk.row.number} 2: the seal is gone"),
        (f"{whole.rstrip()}0\n", f"{name}: it is another seal now"),
    ):
        kept.write_text(line, encoding="utf-8")
        assert main() == 1
        assert fault in capsys.readouterr().out.splitlines()
        assert kept.read_text(encoding="utf-8") == line, "what it saw stays for whoever looks"


def test_the_command_names_each_fault_and_ends_with_1(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed(talk, "Потеря.pdf")
    place_of(Attachment.objects.get().blob_id).unlink()
    monkeypatch.setattr(sys, "argv", ["priyom", "verify-archive"])
    assert main() == 1
    assert "a file of the talk" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["priyom", "verify-archive", "--documents"])
    assert main() == 0

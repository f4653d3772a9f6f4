"""Loads a file of cards: reads ahead while the database writes, says how far it is, goes on."""

from __future__ import annotations

import csv
import fcntl
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from django.db import connections

from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM
from priyom.patients import actions, queries, rules
from priyom.patients.actions.importing import due_updates, sort
from priyom.patients.lines import Batch, Fault, Line, Place, Reader, header_fault
from priyom.patients.models import Import

BATCH = 10_000
"""Lines in one transaction."""
LONGEST_ROW = 20
"""So many lines one row may have by line breaks in quotes; more is a mark that nobody closed."""
LONGEST_SOURCE = 30
SHOWN = 20
"""So many faults are shown on the terminal; the file has them all."""


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why and what to do."""


@dataclass
class Totals:
    """What a file came to, in lines."""

    made: int = 0
    known: int = 0
    differing: int = 0
    updated: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Load:
    """What is asked for: of which system, in batches of how many lines, whether to update cards."""

    source: str
    size: int = BATCH
    update: bool = False


class File:
    """A CSV of cards: UTF-8, the first line names the columns, comma or semicolon between them."""

    def __init__(self, raw: BinaryIO, reader: Reader) -> None:
        self.raw = raw
        self.reader = reader
        self.place = Place(0, 0)
        first = raw.readline()
        head = first.decode("utf-8-sig", errors="replace").strip()
        self.separator = ";" if head.count(";") > head.count(",") else ","
        try:
            names = next(csv.reader([head], delimiter=self.separator))
        except csv.Error as error:
            raise Unreadable(f"The first line cannot be read as CSV: {error}.") from None
        self.names = [name.strip() for name in names]
        fault = header_fault(self.names)
        if fault:
            raise Unreadable(fault)
        self.place = Place(1, len(first))

    def go_to(self, place: Place) -> None:
        """Begin behind what is done."""
        if place.lines:
            self.raw.seek(place.offset)
            self.place = place

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield the rest of the file."""
        rows = self._rows()
        while True:
            batch = Batch(self.place, self.place)
            for line, row in rows:
                self._take(batch, line, row)
                if self.place.lines - batch.begin.lines >= size:
                    break
            if self.place == batch.begin:
                return
            batch.end = self.place
            yield batch

    def _rows(self) -> Iterator[tuple[int, str]]:
        """Yield each row with the number of its first line; in quotes it may go on in the next.

        A quotation mark that nobody closes costs its own line, not those that follow.
        """
        ahead: deque[bytes] = deque()
        while True:
            count = marks = 0
            while count < LONGEST_ROW and (not count or marks % 2):
                if count == len(ahead):
                    raw = self.raw.readline()
                    if not raw:
                        break
                    ahead.append(raw)
                marks += ahead[count].count(b'"')
                count += 1
            if not count:
                return
            count = 1 if marks % 2 else count
            row = b"".join(ahead.popleft() for _ in range(count))
            line = self.place.lines + 1
            self.place = Place(self.place.lines + count, self.place.offset + len(row))
            yield line, row.decode("utf-8", errors="replace")

    def _take(self, batch: Batch, line: int, text: str) -> None:
        try:
            row = next(csv.reader([text], delimiter=self.separator, strict=True))
        except csv.Error as error:
            text = f"Cannot be read as CSV ({error}): put texts with quotation marks or line "
            text += "breaks into quotes, and double the marks in them."
            batch.faults.append(Fault(line, "", text))
            return
        if not row:
            return
        if len(row) != len(self.names):
            text = f"{len(row)} fields instead of {len(self.names)}: put a text with «"
            text += f"{self.separator}» into quotes."
            batch.faults.append(Fault(line, "", text))
            return
        if any("\ufffd" in text for text in row):
            batch.faults.append(Fault(line, "", "Not UTF-8: save the file in UTF-8."))
            return
        read = self.reader.read(line, dict(zip(self.names, row, strict=True)))
        if isinstance(read, Line):
            batch.lines.append(read)
        else:
            batch.faults.extend(read)


class Faults:
    """The file beside the loaded one that lists every fault, a killed run's included."""

    def __init__(self, path: Path, done: int) -> None:
        self.path = path
        self.count = 0
        self.out = path.open("a", encoding="utf-8", newline="")
        self.out.truncate(self._kept(done) if done else 0)
        self.writer = csv.writer(self.out, lineterminator="\n")
        if not self.count:
            self.out.truncate(0)
            self.writer.writerow(("line", "column", "what is wrong and what to do"))

    def _kept(self, done: int) -> int:
        """Count the faults of lines that are done; return where the list of them ends."""
        end = 0
        with self.path.open("rb") as earlier:
            for row in earlier:
                number = row.partition(b",")[0]
                is_fault = number.isdigit()
                if not row.endswith(b"\n") or (is_fault and int(number) > done):
                    break
                end += len(row)
                self.count += is_fault
        return end

    def add(self, faults: Sequence[Fault]) -> None:
        """Write them down; called before the database knows that their lines are done."""
        rows = ((one.line, one.column, " ".join(one.text.split())) for one in faults)
        self.writer.writerows(rows)
        self.out.flush()
        self.count += len(faults)

    def close(self) -> None:
        """Leave no file where nothing was wrong."""
        self.out.close()
        if not self.count:
            self.path.unlink(missing_ok=True)


def load(path: Path, asked: Load, say: Callable[[str], None]) -> Import:
    """Load what is not loaded yet of a file; the same file again changes nothing.

    `say` gets a line after each batch. Raises Unreadable, OSError, Refusal (conflict: another
    process loads this file).
    """
    if not 0 < len(asked.source) <= LONGEST_SOURCE:
        raise Unreadable(f"The system's name (--source) has 1 to {LONGEST_SOURCE} letters.")
    with path.open("rb") as raw:
        _hold(raw)
        digest = file_digest(raw, "sha256").hexdigest()
        if asked.update:  # another import than the same file's without
            digest = sha256(f"update {digest}".encode()).hexdigest()
        raw.seek(0)
        file = File(raw, Reader(asked.source, clock.today(), queries.by_oid()))
        done = actions.begin_import(SYSTEM, asked.source, digest)
        if done.finished_at:
            return done
        if done.lines:
            say(f"going on behind line {done.lines:,}")
            file.go_to(Place(done.lines, done.offset))
        faults = Faults(faults_path(path), done.lines)
        begun, before = time.monotonic(), done.lines

        def write(batch: Batch) -> None:
            try:
                now = actions.import_batch(SYSTEM, done.id, batch, faults.add, update=asked.update)
            finally:
                connections.close_all()
            pace = (now.lines - before) / (time.monotonic() - begun)
            say(f"{now.lines:,} lines, {pace:,.0f} a second: {told(now)}")

        try:
            _ahead(file.batches(asked.size), write)
        finally:
            faults.close()
    return actions.end_import(SYSTEM, done.id)


def _hold(raw: BinaryIO) -> None:
    """Keep the file and the list of its faults from other processes until it is closed."""
    try:
        fcntl.flock(raw, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise rules.import_elsewhere() from None


def _ahead(batches: Iterator[Batch], write: Callable[[Batch], None]) -> None:
    """Write one batch while the next one is read."""
    with ThreadPoolExecutor(1) as pool:
        writing: Future[None] | None = None
        for batch in batches:
            if writing:
                writing.result()
            writing = pool.submit(write, batch)
        if writing:
            writing.result()


def faults_path(path: Path) -> Path:
    """Return where the faults of a file are listed: cards.csv → cards.errors.csv."""
    return path.with_suffix(".errors.csv")


def told(totals: Import | Totals) -> str:
    """Return the totals in words."""
    words = (
        (totals.made, "made"),
        (totals.known, "there already"),
        (totals.updated, "updated"),
        (totals.differing, "there with other data, left as they are"),
        (totals.refused, "refused"),
    )
    return ", ".join(f"{count:,} {word}" for count, word in words if count or word == "made")


def rehearse(path: Path, asked: Load, say: Callable[[str], None]) -> Totals:
    """Read a whole file and tell what loading it would do; writes nothing but the list of faults.

    Raises Unreadable, OSError, Refusal (conflict: another process loads this file).
    """
    totals = Totals()
    with path.open("rb") as raw:
        _hold(raw)
        file = File(raw, Reader(asked.source, clock.today(), queries.by_oid()))
        faults = Faults(faults_path(path), 0)
        try:
            for batch in file.batches(asked.size):
                found = sort(batch.lines)
                wrong = sorted([*batch.faults, *found.faults], key=lambda fault: fault.line)
                faults.add(wrong)
                totals.made += len(found.fresh)
                totals.known += found.known
                updated = due_updates(found.differing) if asked.update else 0
                totals.updated += updated
                totals.differing += len(found.differing) - updated
                totals.refused += len({fault.line for fault in wrong})
                say(f"{batch.end.lines:,} lines: {told(totals)}")
        finally:
            faults.close()
    return totals

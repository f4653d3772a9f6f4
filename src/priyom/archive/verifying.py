"""Closed talks checked anew: is the log still what was sealed, and is every named file there?

Nothing here believes the database: the chain is computed from the entries, manifest and files are
hashed from their bytes. `heads` is a list kept elsewhere, against whoever rewrites everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from priyom.archive import manifest
from priyom.archive.queries import blobs_of, signature_of, waiting_of
from priyom.audit.actions import record
from priyom.conclusions import signer
from priyom.conclusions.queries.revocation import standing_of
from priyom.conclusions.queries.signed import signed_of
from priyom.conclusions.signing.checking import verify_detached
from priyom.consultations import chain
from priyom.consultations.models import Consultation, Seal
from priyom.consultations.queries import seals
from priyom.files import actions as files
from priyom.files.queries import is_whole
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM

EVERY = 1_000
"""Talks between two words of progress."""
SEALED_WITHIN = timedelta(hours=1)
"""The worker seals within a minute; what waits longer than this is a fault."""


@dataclass
class Report:
    """How many closed talks and their files were looked at, and what is wrong."""

    talks: int = 0
    files: int = 0
    signed: int = 0
    """Manifests with the organisation's signature, which was verified too."""
    waiting: int = 0
    """Talks that closed lately and are not sealed yet."""
    faults: list[str] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    """What to keep elsewhere: «number part» → «entries head manifest»."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the log says today: the head after each sealed number, its length, its files."""

    heads: dict[int, str]
    entries: int
    files: list[dict[str, Any]]
    fault: str


def verify(say: Callable[[str], None], *, with_files: bool = True) -> Report:
    """Return what the closed talks are worth; `say` gets a line of progress now and then.

    Each fault names a talk by its number, never a patient. The check itself is in the audit.
    """
    report = Report()
    for talk in seals.closed_talks():
        report.talks += 1
        report.faults += [f"{talk.number}: {fault}" for fault in faults_of(talk, report)]
        for blob in blobs_of(talk.pk) if with_files else ():
            report.files += 1
            if not is_whole(blob):
                report.faults.append(
                    f"{talk.number}: a file of the talk ({blob.sha256[:12]}) is lost or changed"
                )
        if report.talks % EVERY == 0:
            say(f"{report.talks} closed talks looked at")
    detail = {"talks": report.talks, "files": report.files, "faults": len(report.faults)}
    record(SYSTEM, "archive.verify", ("archive", "all"), detail=detail)
    return report


def missing_heads(known: dict[str, str], found: dict[str, str]) -> list[str]:
    """Return a fault for each seal of the list kept elsewhere that is gone or another one today."""
    return [
        f"{name}: the seal is gone" if name not in found else f"{name}: it is another seal now"
        for name, was in known.items()
        if found.get(name) != was
    ]


def faults_of(talk: Consultation, report: Report) -> Iterator[str]:
    """Yield what is wrong with one closed talk; notes in the report what waits and the heads."""
    made = seals.seals_of(talk.pk)
    told = _read(talk, {one.entries for one in made})
    if told.fault:
        yield told.fault
    sealed = made[-1].entries if made else 0
    if sealed < told.entries:
        asked_at = waiting_of(talk.pk)
        if asked_at is None or asked_at < clock.now() - SEALED_WITHIN:
            yield f"entries from {sealed + 1} on are not sealed"
        else:
            report.waiting += 1
    for one in made:
        report.heads[f"{talk.number} {one.part}"] = f"{one.entries} {one.head} {one.manifest_id}"
        if told.heads.get(one.entries) != one.head:
            yield f"entries 1 to {one.entries} are not those that were sealed"
        yield from _manifest_faults(talk, one, told, is_last=one is made[-1])
        yield from _signature_faults(one, report)


def _read(talk: Consultation, wanted: set[int]) -> _Told:
    """Compute the chain from the entries as they stand."""
    head, heads, listed, fault = chain.start(talk.pk), {}, [], ""
    expected = 0
    for entry in seals.entries_of(talk.pk):
        expected += 1
        if entry["seq"] != expected and not fault:
            fault = f"entry {expected} is missing"
        head = chain.follow(head, entry)
        heads[entry["seq"]] = head
        listed += manifest.files_in(entry)
    if expected < talk.last_seq and not fault:
        fault = f"entry {expected + 1} is missing"
    return _Told({seq: heads[seq] for seq in wanted & set(heads)}, expected, listed, fault)


def _manifest_faults(talk: Consultation, one: Seal, told: _Told, *, is_last: bool) -> Iterator[str]:
    name = f"the manifest of seal {one.part}"
    try:
        found = manifest.read(files.read(one.manifest) if one.manifest else b"")
    except OSError:
        yield f"{name} is lost or changed"
        return
    except ValueError:
        yield f"{name} is no manifest"
        return
    link = (found["talk"]["id"], found["chain"]["entries"], found["chain"]["head"])
    if link != (str(talk.pk), one.entries, one.head):
        yield f"{name} is of another log"
    if found["files"] != [file for file in told.files if file["entry"] <= one.entries]:
        yield f"{name} names other files than the log"
    yield from _paper_faults(talk, name, found["conclusions"], is_last=is_last)


def _signature_faults(one: Seal, report: Report) -> Iterator[str]:
    """Judge the organisation's signature under a manifest, where there is one."""
    row = signature_of(one.pk)
    if row is None:
        return
    report.signed += 1
    try:
        body = files.read(one.manifest) if one.manifest else b""
    except OSError:
        return  # said of the manifest itself
    name = f"the signature under the manifest of seal {one.part}"
    verdict = verify_detached(bytes(row.cms), body, signer.roots())
    at = verdict.signed_at if verdict.is_stamped else row.signed_at
    if not verdict.intact:
        yield f"{name} does not fit it"
    elif not verdict.trusted:
        yield f"{name} leads to no root"
    elif standing_of(verdict.links).is_revoked(at):
        yield f"{name} was made with a revoked certificate"


def _is_as_sealed(now: dict[str, Any], line: dict[str, Any]) -> bool:
    """Whether a version is as it was sealed; a further signature may have come since."""
    is_kept = all(one in now["beside"] for one in line["beside"])
    return is_kept and now | {"beside": []} == line | {"beside": []}


def _paper_faults(
    talk: Consultation, name: str, sealed: list[dict[str, Any]], *, is_last: bool
) -> Iterator[str]:
    today = {one.version: manifest.signed_line(one) for one in signed_of(talk.pk)}
    for line in sealed:
        now = today.pop(line["version"], None)
        if now is None:
            yield f"{name} names version {line['version']}, which is gone"
        elif now["sha256"] != line["sha256"]:
            yield f"version {line['version']} is another file than the one that was sealed"
        elif is_last and not _is_as_sealed(now, line):
            yield f"version {line['version']} is not as it was sealed"
    if is_last and today and not waiting_of(talk.pk):
        yield f"{name} does not name version {min(today)}"

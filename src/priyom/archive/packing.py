"""The ZIP of a closed talk: whoever has it can read and check everything without this house.

Files leave as the two sides saw them, never as they came (docs/security.md), each hashed while it
is packed: what the store has changed is not passed on.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from priyom.conclusions.queries.signed import Part, Signed, kept
from priyom.consultations import chain
from priyom.files.models import Blob
from priyom.files.queries import pieces
from priyom.kernel import words

ROOM = Path(__file__).parent
CHECKER = ROOM / "checker.py"
README = ROOM / "README.ru.txt"
LIST = "SHA256SUMS"
_PACKED = frozenset({"image/jpeg", "video/mp4", "video/webm", "audio/webm", "audio/mp4"})
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into one ZIP. `files` are (number of the entry, name, content)."""

    number: str
    organisation: str
    check_url: str
    made_at: datetime
    manifest: bytes
    manifest_signature: bytes
    """The organisation's, detached; b"" without one."""
    entries: list[dict[str, Any]]
    transcript: bytes
    signed: list[Signed]
    files: list[tuple[int, str, Blob]]
    left_out: list[str]
    """Hashes of files that may not leave: infected, or not looked at yet."""

    @property
    def size(self) -> int:
        """Return how many bytes of files there are to pack."""
        papers = sum(part.size for one in self.signed for part in papers_of(one))
        return papers + sum(blob.size for _, _, blob in self.files)


@dataclass
class _Packer:
    """An archive being written, and the hash of each of its files."""

    archive: zipfile.ZipFile
    at: datetime
    tell: Callable[[int], None]
    hashes: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, body: bytes) -> None:
        """Add what the house wrote."""
        self._add(name, [body], is_packed=False)

    def blob(self, name: str, blob: Blob) -> None:
        """Add a kept file; raises OSError when the store has lost or changed it."""
        made = self._add(name, pieces(blob), is_packed=blob.media_type in _PACKED)
        if made != blob.sha256:
            raise OSError(f"stored content {blob.sha256} was changed")

    def _add(self, name: str, parts: Iterable[bytes], *, is_packed: bool) -> str:
        told = zipfile.ZipInfo(name, words.moscow(self.at).timetuple()[:6])
        told.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        told.external_attr = 0o644 << 16
        made = hashlib.sha256()
        with self.archive.open(told, "w", force_zip64=True) as out:
            for part in parts:
                out.write(part)
                made.update(part)
                self.tell(len(part))
        self.hashes[name] = made.hexdigest()
        return self.hashes[name]


def pack(contents: Contents, out: IO[bytes], tell: Callable[[int], None]) -> None:
    """Write the ZIP; `tell` gets the bytes packed since the last word.

    Raises OSError for a file that is lost or changed.
    """
    with zipfile.ZipFile(out, "w") as archive:
        packer = _Packer(archive, contents.made_at, tell)
        packer.text("README.txt", _readme(contents))
        packer.text("proverka.py", CHECKER.read_bytes())
        packer.text("opis.json", contents.manifest)
        if contents.manifest_signature:
            packer.text("opis.json.sig", contents.manifest_signature)
        packer.text("zhurnal.jsonl", b"".join(_lines(contents.entries)))
        packer.text("ne-prilozheny.json", chain.canonical(contents.left_out))
        packer.text("rasshifrovka.pdf", contents.transcript)
        for one in contents.signed:
            for part in papers_of(one):
                name = f"zaklyucheniya/{one.number.replace('/', '-v')}.{part.ending}"
                if part.blob is not None:
                    packer.blob(name, part.blob)
                else:
                    packer.text(name, part.body)
        for name, blob in names_of(contents.files):
            packer.blob(name, blob)
        told = "".join(f"{digest}  {name}\n" for name, digest in packer.hashes.items())
        packer.text(LIST, told.encode())


def papers_of(one: Signed) -> tuple[Part, ...]:
    """Return the files of a signed version, its PDF first."""
    return (kept("pdf", one.file), *one.beside)


def names_of(files: Iterable[tuple[int, str, Blob]]) -> Iterator[tuple[str, Blob]]:
    """Yield each file's own name in the archive: nobody's name leads out of its folder."""
    taken: set[str] = set()
    for seq, name, blob in files:
        plain = _FORBIDDEN.sub("_", name).strip(" .") or "fajl"
        stem, dot, ending = plain.rpartition(".")
        short = f"{stem[:_LONGEST]}{dot}{ending}" if stem else plain[:_LONGEST]
        made, place = f"fajly/{seq:04d}-{short}", 1
        while made in taken:
            place += 1
            made = f"fajly/{seq:04d}-{place}-{short}"
        taken.add(made)
        yield made, blob


def _lines(entries: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    return (chain.canonical(entry) + b"\n" for entry in entries)


def _readme(contents: Contents) -> bytes:
    told = README.read_text(encoding="utf-8").format(
        number=contents.number,
        organisation=contents.organisation,
        made=f"{words.moscow(contents.made_at):%d.%m.%Y %H:%M}",
        check=contents.check_url,
    )
    # A byte order mark and CRLF: the plain editor of any Windows shows it right.
    return b"\xef\xbb\xbf" + told.replace("\n", "\r\n").encode()

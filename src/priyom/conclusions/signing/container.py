"""A signature's place in a PDF (PAdES): made once and kept, filled once, opened strictly.

The field is invisible: what people see of a signature is the stamp, which the paper prints before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from priyom.conclusions.signing.faults import Fault, Unfit
from priyom.conclusions.signing.keys import digest_of

FIELD = "Podpis"
RESERVED = 12 * 1024
"""Bytes kept free for a CMS: a chain of accredited authorities and a timestamp take about ten."""
REASON = "Подписание консультативного заключения"
_EMPTY = re.compile(rb"<0+>")
_FILLED = re.compile(rb"<((?:[0-9A-F]{2})+)>")


@dataclass(frozen=True)
class Hole:
    """The one place of a PDF that its signature does not cover: from `<` to after `>`."""

    start: int
    end: int
    until: int
    """Where the signed bytes end: the file's end, unless something was added to it."""

    def around(self, pdf: bytes) -> bytes:
        """Return everything that is signed."""
        return pdf[: self.start] + pdf[self.end : self.until]


@dataclass(frozen=True)
class Opened:
    """A signed PDF: its CMS, and what the signature's dictionary says of the time."""

    hole: Hole
    cms: bytes
    claimed_at: datetime | None
    is_whole: bool
    """Whether its bytes go to the end of the file."""


def prepare(pdf: bytes, name: str, at: datetime) -> bytes:
    """Return the PDF with an empty place for the signature of `name`; `pdf` stays its beginning."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    steps = PdfCMSEmbedder().write_cms(FIELD, writer)
    next(steps)
    place = SignatureObject(
        timestamp=at.replace(microsecond=0),
        subfilter=fields.SigSeedSubFilter.PADES,
        name=name,
        reason=REASON,
        bytes_reserved=2 * RESERVED,
    )
    steps.send(SigObjSetup(sig_placeholder=place))
    _, out = steps.send(SigIOSetup(md_algorithm="sha256"))
    return bytes(out.getvalue())


def digest_in(prepared: bytes, algorithm: str) -> bytes:
    """Return the digest that is to be signed of a prepared file."""
    return digest_of(algorithm, _whole(prepared).around(prepared))


def fill(prepared: bytes, cms: bytes) -> bytes:
    """Return the signed PDF: the CMS in its place, zeros behind it.

    Raises Unfit (shape) when it does not fit, or the file is not one that `prepare` made.
    """
    hole = _whole(prepared)
    if not _EMPTY.fullmatch(prepared, hole.start, hole.end):
        raise Unfit(Fault.SHAPE)
    room = hole.end - hole.start - 2
    written = cms.hex().upper().encode()
    if len(written) > room:
        raise Unfit(Fault.SHAPE)
    filled = b"<" + written.ljust(room, b"0") + b">"
    return prepared[: hole.start] + filled + prepared[hole.end :]


def open_signed(pdf: bytes) -> Opened:
    """Return the one signature of a PDF.

    Raises Unfit (shape) unless it covers, from the first byte on, everything but its own place,
    and that place holds the CMS, capital hexadecimal, and nothing but zeros behind it.
    """
    entry = _entry(pdf)
    hole = _hole_of(entry, pdf)
    found = _FILLED.fullmatch(pdf, hole.start, hole.end)
    if found is None:
        raise Unfit(Fault.SHAPE)
    held = bytes.fromhex(found.group(1).decode())
    size = _der_size(held)
    if size is None or any(held[size:]):
        raise Unfit(Fault.SHAPE)
    return Opened(hole, held[:size], _claimed(entry), hole.until == len(pdf))


def _whole(pdf: bytes) -> Hole:
    hole = _hole_of(_entry(pdf), pdf)
    if hole.until != len(pdf):
        raise Unfit(Fault.SHAPE)
    return hole


def _entry(pdf: bytes) -> generic.DictionaryObject:
    """Return the dictionary of the one signature that the PDF's own structure names."""
    try:
        reader = PdfFileReader(BytesIO(pdf))
        ((_, value, _),) = fields.enumerate_sig_fields(reader, filled_status=True)
        entry: generic.DictionaryObject = value.get_object()
        _ = [int(number) for number in entry["/ByteRange"]]
    except Exception as error:
        # Whatever a parser makes of damaged bytes, the answer is the same.
        raise Unfit(Fault.SHAPE) from error
    return entry


def _hole_of(entry: generic.DictionaryObject, pdf: bytes) -> Hole:
    """Return where the signature stands: all else up to `until` is in its byte range."""
    numbers = [int(number) for number in entry["/ByteRange"]]
    if len(numbers) != 4:
        raise Unfit(Fault.SHAPE)
    zero, start, end, rest = numbers
    if zero != 0 or not 0 < start < end or not 0 <= rest <= len(pdf) - end:
        raise Unfit(Fault.SHAPE)
    return Hole(start, end, end + rest)


def _claimed(entry: generic.DictionaryObject) -> datetime | None:
    try:
        claimed: datetime = generic.parse_pdf_date(entry["/M"])
    except Exception:
        return None
    return claimed if claimed.tzinfo else None


def _der_size(held: bytes) -> int | None:
    """Return how long the first DER value of `held` is, or None when there is none."""
    if len(held) < 2 or held[0] != 0x30:
        return None
    if held[1] < 0x80:
        return 2 + held[1]
    count = held[1] & 0x7F
    if not 1 <= count <= 4 or len(held) < 2 + count:
        return None
    size = 2 + count + int.from_bytes(held[2 : 2 + count], "big")
    return size if size <= len(held) else None

"""What the templates of the chat are told: frozen data, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FileView:
    """A sent file. `look` is image, audio, video or file; `seconds` the length of a recording."""

    id: UUID
    name: str
    look: str
    size: int
    seconds: float | None
    width: int | None
    height: int | None
    url: str
    preview_url: str
    is_mine: bool = False
    is_waiting: bool = False
    """Whether a scanner has still to look at it."""
    barred: str = ""
    """Why this reader cannot open it: «checking» or «infected»."""
    media_type: str = ""
    playable_type: str = ""
    """Type of the same recording in the other codec, at `?playable`; "" while there is none."""
    wave: str = ""
    """Path of the waveform, 240 × 32."""
    has_preview: bool = False
    is_expected: bool = False
    """Whether a job may still make something of it: the page then asks again."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that this one answers."""

    seq: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the thread.

    `shape` is bubble, note (an act's sentence) or ask (the doctor asks for data); `day` the head of
    a new day, `is_new` the first unread one; `state` how far an own message got.
    """

    seq: int
    kind: str
    shape: str
    is_mine: bool
    speaker: str
    """Who speaks, for those who do not see the sides: «Вы», «Врач Климов Б. А.»."""
    shows_author: bool
    author: UUID
    key: str
    body: str
    text: str
    at: datetime | None
    day_key: str
    """Moscow date, ISO: the script asks for HTML when it changes."""
    day: str = ""
    state: str = ""
    is_new: bool = False
    mark: str = ""
    """«до приёма», «после приёма»: written outside the appointment."""
    quote: Quote | None = None
    files: tuple[FileView, ...] = ()

    @property
    def pictures(self) -> tuple[FileView, ...]:
        """The pictures among the files that may be looked at."""
        return tuple(one for one in self.files if one.look == "image" and not one.barred)

    @property
    def others(self) -> tuple[FileView, ...]:
        """The other files."""
        return tuple(one for one in self.files if one not in self.pictures)

    @property
    def is_media(self) -> bool:
        """Whether the bubble is a picture or a film with hardly any frame."""
        return bool(self.files) and all(
            one.look in ("image", "video") and not one.barred for one in self.files
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A window of the talk: its lines, its last number, the last number of the log.

    `earlier` is the number before which there is more, `later` the one after which there is more.
    """

    entries: tuple[EntryView, ...]
    last: int
    end: int
    earlier: int | None
    later: int | None


@dataclass(frozen=True, slots=True)
class Thread:
    """The talk as a page shows it, and what its script needs.

    `unread` counts what others wrote since the reader's mark, `focus` is the number that the
    address asked for, `is_live` whether the socket is worth opening.
    """

    consultation: UUID
    account: UUID
    side: str
    root: str
    """«/my/consultations/<id>/» or «/desk/consultations/<id>/»."""
    ticket_url: str
    part: Part
    read: int
    unread: int
    focus: int
    is_live: bool
    key: str
    """Client key of the message that the form without script will send."""
    mine: EntryView
    theirs: EntryView
    """Empty bubbles: the templates that the script clones."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet, found or around it."""

    text: str
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that a search found: its day in words, the words around."""

    seq: int
    speaker: str
    at: datetime
    day: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, newest first; `earlier` is the number before which there is more."""

    text: str
    root: str
    hits: tuple[Hit, ...]
    earlier: int | None


@dataclass(frozen=True, slots=True)
class PhraseLine:
    """A ready phrase as its owner changes it."""

    id: UUID
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """The page of phrases; `is_of_all` when its reader keeps those of the organisation."""

    mine: tuple[PhraseLine, ...]
    shared: tuple[PhraseLine, ...]
    is_of_all: bool


@dataclass(frozen=True, slots=True)
class ReadyPhrase:
    """A phrase in one talk, its fields filled."""

    title: str
    words: str
    is_own: bool

"""The talk as its pages show it: a window of the log, its people, its files."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db.models import Count, Min

from priyom.audit.actions import record_read
from priyom.chat.band import Band, band
from priyom.chat.files import view_of
from priyom.chat.pages import EntryView, FileView, Part, Quote, Thread
from priyom.chat.place import Place
from priyom.chat.rules import Told, sentence, state_words
from priyom.consultations.access import is_consultant
from priyom.consultations.models import Attachment, Consultation, Entry, Member
from priyom.consultations.pages import ConsultationPage
from priyom.consultations.promise import overdue_key
from priyom.consultations.queries import find, interval_of, page_of
from priyom.consultations.rules import LIVE, PEOPLE_SEND, ConsultationState, EntryKind
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.present import present
from priyom.kernel.refusal import missing
from priyom.notices.queries import is_sent
from priyom.patients.queries import may_act_for

_SPEAKERS = {"patient": "Пациент", "doctor": "Врач", "registrar": "Регистратура", "system": ""}
_QUOTE_LENGTH = 120
_NO_WORDS = {"file": "Файл", "voice": "Голосовое сообщение", "video": "Видеосообщение"}


def thread(
    actor: Actor, consultation_id: UUID, place: Place | None = None, *, through: UUID | None = None
) -> Thread:
    """Return the page of a talk: the part that `place` says, by default from the first unread on.

    `through` names the consultation that lets its consultant read this earlier, completed one of
    the same patient. Strangers get missing; the read is recorded.
    """
    place = place or Place()
    row = readable(actor, consultation_id, through)
    record_read(actor, "chat.read", ("consultation", row.pk), row.patient_id)
    room = Room(actor, row)
    fresh, unread = room.unread()
    part = _part(room, place.window(row.last_seq, fresh), fresh)
    return Thread(
        consultation=row.pk,
        account=actor.account,
        side=room.side,
        root=room.root,
        ticket_url=f"{room.portal}/ticket",
        part=part,
        read=room.me.read_seq if room.me else row.last_seq,
        unread=unread,
        focus=place.seq if place.way == "around" else 0,
        is_live=room.me is not None and row.state in LIVE and through is None,
        key=str(uuid4()),
        mine=room.blank(is_mine=True),
        theirs=room.blank(is_mine=False),
    )


def band_of(page: ConsultationPage) -> Band | None:
    """Return what the strip above an open chat says now; None for a frozen or closed one."""
    if page.closed is not None:
        return None
    late = page.promise if page.promise and page.promise.is_overdue else None
    is_told = late is not None and is_sent(overdue_key(page.id, late.seq))
    return band(page, clock.now(), is_head_told=is_told)


def part_of(actor: Actor, consultation_id: UUID) -> ConsultationPage:
    """Return the page behind the strip that an open page asks for again; times only, no trace."""
    return page_of(actor, readable(actor, consultation_id, None))


def lines(actor: Actor, consultation_id: UUID, place: Place) -> Part:
    """Return a part of the talk for the page that is open; the read is recorded.

    What follows a number goes on in its day; any other part begins with the head of one.
    """
    row = readable(actor, consultation_id, None)
    record_read(actor, "chat.read", ("consultation", row.pk), row.patient_id)
    return _part(Room(actor, row), place.window(row.last_seq), goes_on=place.way == "after")


def _part(room: Room, window: tuple[int, int], fresh: int = 0, *, goes_on: bool = False) -> Part:
    first, last = window
    rows = list(
        Entry.objects.filter(
            consultation=room.row, seq__gte=first - goes_on, seq__lte=last
        ).order_by("seq")
    )
    before = rows.pop(0) if goes_on and rows and rows[0].seq < first else None
    end = room.row.last_seq
    return Part(
        entries=room.views(rows, before, fresh),
        last=max(last, 0) if rows else min(first - 1, end),
        end=end,
        earlier=first if rows and first > 1 and not goes_on else None,
        later=last if rows and last < end else None,
    )


def readable(actor: Actor, consultation_id: UUID, through: UUID | None) -> Consultation:
    """Return a consultation whose talk the actor may read; anybody else gets missing."""
    if through is not None:
        now = find(actor, through)
        row = Consultation.objects.filter(
            pk=consultation_id,
            patient_id=now.patient_id,
            state=ConsultationState.COMPLETED,
            starts_at__lt=now.starts_at,
        ).first()
        if row is None or not is_consultant(actor, now):
            raise missing("Консультация")
        return row
    row = find(actor, consultation_id)
    if actor.kind is ActorKind.PATIENT:
        may_act_for(actor, row.patient_id)
    elif not is_consultant(actor, row):
        raise missing("Консультация")
    return row


class Room:
    """The people of one talk, as one reader sees them."""

    def __init__(self, actor: Actor, row: Consultation) -> None:
        self.actor = actor
        self.row = row
        self.side = "patient" if actor.kind is ActorKind.PATIENT else "doctor"
        self.portal = "/my" if self.side == "patient" else "/desk"
        self.root = f"{self.portal}/consultations/{row.pk}/"
        members = list(Member.objects.filter(consultation=row))
        self.me = next(
            (one for one in members if one.account_id == actor.account and one.until is None), None
        )
        other = [one for one in members if one.side != self.side]
        self.delivered = max((one.delivered_seq for one in other), default=0)
        self.read = max((one.read_seq for one in other), default=0)
        sides = [one.side for one in members]
        self.crowded = {side for side in sides if sides.count(side) > 1}
        self.today = clock.today()
        self.interval = interval_of(row)

    def unread(self) -> tuple[int, int]:
        """Return the number of the first unread message of others and how many there are."""
        if self.me is None or self.me.read_seq >= self.row.last_seq:
            return 0, 0
        found = (
            Entry.objects.filter(consultation=self.row, seq__gt=self.me.read_seq)
            .filter(kind__in=[*map(str, PEOPLE_SEND), str(EntryKind.ASKED)])
            .exclude(author=self.actor.account)
            .aggregate(first=Min("seq"), count=Count("seq"))
        )
        return found["first"] or 0, found["count"]

    def views(
        self, rows: list[Entry], before: Entry | None, fresh: int = 0
    ) -> tuple[EntryView, ...]:
        """Return the lines of entries in order; `before` is the one above them.

        `fresh` is the number that gets the line «Новые сообщения».
        """
        files = self._files(rows)
        quotes = self._quotes(rows)
        day = _day(before) if before else None
        made = []
        for row in rows:
            head = "" if _day(row) == day else self._head(row)
            day = _day(row)
            place = (head, row.seq == fresh)
            made.append(self._view(row, files.get(row.seq, ()), quotes, place))
        return tuple(made)

    def _view(
        self,
        row: Entry,
        files: tuple[FileView, ...],
        quotes: dict[int, Quote],
        place: tuple[str, bool],
    ) -> EntryView:
        is_mine = row.author == self.actor.account and row.kind in PEOPLE_SEND
        shape = "bubble" if row.kind in _BUBBLES else "note"
        if row.kind == EntryKind.ASKED:
            shape = "ask"
        own = shape == "bubble" and is_mine
        return EntryView(
            seq=row.seq,
            kind=row.kind,
            shape=shape,
            is_mine=own,
            speaker="Вы" if own else self.speaker(row),
            shows_author=not own and row.side in self.crowded,
            author=row.author,
            key=row.client_key,
            body=row.body,
            text=sentence(row.kind, Told(row.body, row.data, row.at, self.today)),
            at=row.at,
            day_key=_day(row),
            day=place[0],
            state=state_words(row.seq, self.delivered, self.read) if own else "",
            is_new=place[1],
            mark=self.interval.place(row.at).value if shape == "bubble" else "",
            quote=quotes.get(row.refers_to_seq or 0),
            files=files,
        )

    def blank(self, *, is_mine: bool) -> EntryView:
        """Return the empty bubble that the script fills."""
        other = "doctor" if self.side == "patient" else "patient"
        return EntryView(
            seq=0,
            kind="message",
            shape="bubble",
            is_mine=is_mine,
            speaker="Вы" if is_mine else _SPEAKERS[other],
            shows_author=other in self.crowded and not is_mine,
            author=self.actor.account,
            key="",
            body="",
            text="",
            at=None,
            day_key="",
            quote=Quote(0, "", ""),
        )

    def speaker(self, row: Entry) -> str:
        """Return who wrote an entry, by side and name."""
        return f"{_SPEAKERS[row.side]} {row.author_name}".strip()

    def _head(self, row: Entry) -> str:
        on = words.moscow(row.at).date()
        label, day = words.day_label(on, self.today), words.day(on, self.today)
        return day if label == day else f"{label.capitalize()}, {day}"

    def _files(self, rows: Iterable[Entry]) -> dict[int, tuple[FileView, ...]]:
        wanted = [row.seq for row in rows if row.kind in _WITH_FILES]
        if not wanted:
            return {}
        found = Attachment.objects.select_related("blob__derivation__playable").filter(
            consultation=self.row, seq__in=wanted
        )
        made: dict[int, tuple[FileView, ...]] = {}
        for one in found.order_by("uploaded_at", "pk"):
            seq = present(one.seq, by="asked for by number")
            made[seq] = (*made.get(seq, ()), view_of(one, self.portal, self.actor.account))
        return made

    def _quotes(self, rows: Iterable[Entry]) -> dict[int, Quote]:
        wanted = {row.refers_to_seq for row in rows if row.refers_to_seq}
        if not wanted:
            return {}
        found = Entry.objects.filter(consultation=self.row, seq__in=wanted)
        return {
            row.seq: Quote(
                row.seq,
                "Вы" if row.author == self.actor.account else self.speaker(row),
                row.body[:_QUOTE_LENGTH] or _NO_WORDS.get(row.kind, ""),
            )
            for row in found
        }


_WITH_FILES = ("file", "voice", "video")
_BUBBLES = ("message", *_WITH_FILES)


def _day(row: Entry) -> str:
    return words.moscow(row.at).date().isoformat()

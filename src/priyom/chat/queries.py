"""Reads of the talk: for its patient's people and its consultant; each read is in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from priyom.audit.actions import record_read
from priyom.chat.band import Band, band
from priyom.chat.pages import EntryView, FileView, Quote, Thread
from priyom.chat.rules import PAGE, Told, sentence, state_words
from priyom.consultations.access import is_consultant
from priyom.consultations.models import Attachment, Consultation, Entry, Member
from priyom.consultations.pages import ConsultationPage
from priyom.consultations.promise import overdue_key
from priyom.consultations.queries import find, interval_of, page_of
from priyom.consultations.rules import LIVE, PEOPLE_SEND, EntryKind
from priyom.kernel import clock, words
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.notices.queries import is_sent
from priyom.patients.queries import may_act_for

_SPEAKERS = {"patient": "Пациент", "doctor": "Врач", "registrar": "Регистратура", "system": ""}
_QUOTE_LENGTH = 120
_NO_WORDS = {"file": "Файл", "voice": "Голосовое сообщение", "video": "Видеосообщение"}


def thread(
    actor: Actor, consultation_id: UUID, before: int | None = None, *, through: UUID | None = None
) -> Thread:
    """Return the last entries, or those before the number `before`.

    `through` names the consultation that lets its consultant read this earlier one of the same
    patient. Strangers get missing; the read is recorded.
    """
    row = _readable(actor, consultation_id, through)
    record_read(actor, "chat.read", ("consultation", row.pk), row.patient_id)
    entries = Entry.objects.filter(consultation=row)
    if before is not None:
        entries = entries.filter(seq__lt=before)
    page = list(entries.order_by("-seq")[: PAGE + 1])
    rows = sorted(page[:PAGE], key=lambda one: one.seq)
    room = _Room(actor, row)
    shown = room.views(rows, None)
    is_tail = before is None or (bool(rows) and rows[-1].seq == row.last_seq)
    return Thread(
        consultation=row.pk,
        account=actor.account,
        side=room.side,
        root=room.root,
        ticket_url=f"{room.portal}/ticket",
        entries=shown,
        last=rows[-1].seq if rows else 0,
        read=room.me.read_seq if room.me else row.last_seq,
        earlier=rows[0].seq if len(page) > PAGE else None,
        is_tail=is_tail,
        is_live=is_tail and room.me is not None and row.state in LIVE and through is None,
        key=str(uuid4()),
        mine=room.blank(is_mine=True),
        theirs=room.blank(is_mine=False),
    )


def band_of(page: ConsultationPage) -> Band | None:
    """Return what the strip above an open chat says now; None for a frozen or closed one."""
    if page.why_closed:
        return None
    late = page.promise if page.promise and page.promise.is_overdue else None
    is_told = late is not None and is_sent(overdue_key(page.id, late.seq))
    return band(page, clock.now(), is_head_told=is_told)


def part_of(actor: Actor, consultation_id: UUID) -> ConsultationPage:
    """Return the page behind the strip that an open page asks for again; times only, no trace."""
    return page_of(actor, _readable(actor, consultation_id, None))


def entries_after(actor: Actor, consultation_id: UUID, after: int) -> tuple[EntryView, ...]:
    """Return at most a page of entries numbered above `after`, for the page that is open."""
    row = _readable(actor, consultation_id, None)
    record_read(actor, "chat.read", ("consultation", row.pk), row.patient_id)
    rows = list(Entry.objects.filter(consultation=row, seq__gt=after).order_by("seq")[:PAGE])
    before = Entry.objects.filter(consultation=row, seq__lte=after).order_by("-seq").first()
    return _Room(actor, row).views(rows, before)


def _readable(actor: Actor, consultation_id: UUID, through: UUID | None) -> Consultation:
    if through is not None:
        now = find(actor, through)
        row = Consultation.objects.filter(pk=consultation_id, patient_id=now.patient_id).first()
        if row is None or not is_consultant(actor, now):
            raise missing("Консультация")
        return row
    row = find(actor, consultation_id)
    if actor.kind is ActorKind.PATIENT:
        may_act_for(actor, row.patient_id)
    elif not is_consultant(actor, row):
        raise missing("Консультация")
    return row


class _Room:
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

    def views(self, rows: list[Entry], before: Entry | None) -> tuple[EntryView, ...]:
        """Return the lines of entries in order; `before` is the one above them."""
        files = self._files(rows)
        quotes = self._quotes(rows)
        day = _day(before) if before else None
        read = self.me.read_seq if self.me else self.row.last_seq
        has_new = before is not None
        made = []
        for row in rows:
            is_fresh = not has_new and row.seq > read and self._is_foreign(row)
            has_new = has_new or is_fresh
            head = "" if _day(row) == day else self._head(row)
            day = _day(row)
            made.append(self._view(row, files.get(row.seq, ()), quotes, (head, is_fresh)))
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
            speaker="Вы" if own else self._speaker(row),
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

    def _is_foreign(self, row: Entry) -> bool:
        return row.author != self.actor.account and row.kind in (*PEOPLE_SEND, EntryKind.ASKED)

    def _speaker(self, row: Entry) -> str:
        return f"{_SPEAKERS[row.side]} {row.author_name}".strip()

    def _head(self, row: Entry) -> str:
        on = words.moscow(row.at).date()
        label, day = words.day_label(on, self.today), words.day(on, self.today)
        return day if label == day else f"{label.capitalize()}, {day}"

    def _files(self, rows: Iterable[Entry]) -> dict[int, tuple[FileView, ...]]:
        wanted = [row.seq for row in rows if row.kind in _WITH_FILES]
        if not wanted:
            return {}
        found = Attachment.objects.select_related("blob").filter(
            consultation=self.row, seq__in=wanted
        )
        made: dict[int, tuple[FileView, ...]] = {}
        for one in found.order_by("uploaded_at", "pk"):
            assert one.seq is not None  # noqa: S101 - asked for by number
            made[one.seq] = (*made.get(one.seq, ()), self._file(one))
        return made

    def _file(self, one: Attachment) -> FileView:
        blob = one.blob
        url = f"{self.portal}/files/{one.pk}/"
        return FileView(
            id=one.pk,
            name=one.name,
            look="file" if blob.kind == "document" else blob.kind,
            size=blob.size,
            seconds=blob.seconds,
            width=blob.width,
            height=blob.height,
            url=url,
            preview_url=f"{url}preview/",
        )

    def _quotes(self, rows: Iterable[Entry]) -> dict[int, Quote]:
        wanted = {row.refers_to_seq for row in rows if row.refers_to_seq}
        if not wanted:
            return {}
        found = Entry.objects.filter(consultation=self.row, seq__in=wanted)
        return {
            row.seq: Quote(
                row.seq,
                "Вы" if row.author == self.actor.account else self._speaker(row),
                row.body[:_QUOTE_LENGTH] or _NO_WORDS.get(row.kind, ""),
            )
            for row in found
        }


_WITH_FILES = ("file", "voice", "video")
_BUBBLES = ("message", *_WITH_FILES)


def _day(row: Entry) -> str:
    return words.moscow(row.at).date().isoformat()

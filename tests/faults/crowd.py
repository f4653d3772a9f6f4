"""Everybody who talks while the house breaks: pages on a bad network, forms, who closes chats.

Their event loop lives in a thread of its own, so that whoever breaks the house may simply wait.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from priyom.gateway.line import Line
from tests.faults import forms
from tests.faults.checker import Close, History
from tests.faults.house import House
from tests.faults.pages import BROKEN, Page, Person, Ways
from tests.faults.proxy import Proxy, Weather
from tests.faults.wires import WIRES, Doors, Wire

KEEP = """
INSERT INTO accounts_ticket (hash, account_id, session, kind, expires_at)
SELECT t.*, 'patient', now() + interval '30 seconds'
FROM unnest(%s::text[], %s::uuid[], %s::uuid[]) AS t RETURNING 1
"""
WAITING = 40
"""Unanswered messages of one page at which its writer waits for the network."""
Result = TypeVar("Result")


@dataclass(frozen=True)
class Chat:
    """One consultation and its two people."""

    key: str
    patient: Person
    doctor: Person


@dataclass
class Crowd:
    """`pause`: seconds between two messages of one page, on average; longer where limits say so."""

    house: House
    pause: float
    history: History = field(default_factory=History)
    chats: list[Chat] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    proxies: list[Proxy] = field(default_factory=list)
    """The ways to each gateway in turn: its sockets, its plain HTTP."""
    _writers: list[forms.Writer] = field(default_factory=list)
    _closed: dict[str, float] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _quiet: threading.Event = field(default_factory=threading.Event)
    _by_door: set[str] = field(default_factory=set)
    _asked: list[tuple[str, str, str]] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._tickets = Line(self.house.env["PRIYOM_DATABASE_URL"], "fault-tickets")

    # -- from the thread that breaks things

    def do(self, work: Coroutine[Any, Any, Result], timeout: float = 60.0) -> Result:
        """Run something in the crowd's loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def weather(self, kind: Weather, proxies: list[Proxy] | None = None) -> None:
        """Let a weather begin on every way, or on some."""
        for proxy in proxies or self.proxies:
            self._loop.call_soon_threadsafe(proxy.turn, kind)

    def cut(self) -> None:
        """Reset every line."""
        for proxy in self.proxies:
            self._loop.call_soon_threadsafe(proxy.cut)

    def gather(self, count: int, readers: int = 2, forms_of: int = 0) -> None:
        """Book chats; open both people's pages and `readers` more of each chat; some use forms."""
        made = self.book(count)
        if "web" in self.house.parts:
            # Some take their tickets at the web's door, the others as the door would write them.
            self._by_door = {chat.patient.account for chat in made[: max(1, count // 5)]}
        self.open(made, readers, forms_of)

    def book(self, count: int) -> list[Chat]:
        """Book chats; nobody opens them yet. Once in a house."""
        self.chats = [_chat(told) for told in self.house.book(count)]
        return list(self.chats)

    def open(self, chats: list[Chat], readers: int = 2, forms_of: int = 0) -> None:
        """Let both people and `readers` more open these chats; some use forms besides.

        Pages in turn take WebSocket, a stream of events, polls.
        """
        self.do(self._open(chats, readers))
        for chat in chats[:forms_of]:
            writer = forms.Writer(self.house.web, self.history, chat.key, chat.patient)
            writer.start()
            self._writers.append(writer)

    def close_one(self) -> None:
        """Somebody cancels a consultation in the midst of the talk."""
        self.close(next(one for one in reversed(self.chats) if one.key not in self._closed))

    def close(self, chat: Chat) -> None:
        """The patient cancels this consultation by the web's form."""
        self._closed[chat.key] = forms.close(self.house.web, chat.patient, chat.key)

    def acknowledged(self) -> int:
        """Return how many acknowledgements were heard so far."""
        return len(self.history.acks)

    def ways(self) -> Counter[str]:
        """Return how many acknowledgements came by each way; "form" is the plain form."""
        kinds = {page.view: page.kind.name for page in self.pages}
        return Counter(kinds.get(ack.view, "form") for ack in list(self.history.acks))

    def hush(self, seconds: float) -> None:
        """Let nobody begin a message any more; return when everything begun has its answer."""
        self.do(self._silence())
        until = time.monotonic() + seconds
        for writer in self._writers:
            writer.ending.set()
            writer.join(max(0.1, until - time.monotonic()))
            assert not writer.is_alive(), f"{writer.name} still waits for an answer"
            if writer.failure:
                raise writer.failure
        self._until(until, lambda: [page.view for page in self.pages if page.outbox], "unanswered")

    def still(self, seconds: float) -> None:
        """Return when every writer has learnt that its chat is closed; they have gone home then."""
        until = time.monotonic() + seconds
        for writer in self._writers:
            writer.join(max(0.1, until - time.monotonic()))
            assert not writer.is_alive(), f"{writer.name} was not told of the close"
            if writer.failure:
                raise writer.failure
        writing = [page for page in self.pages if page.is_writer]
        self._until(
            until,
            lambda: [one.view for one in writing if one.outbox or not one.is_closed],
            "not told of the close",
        )
        self.complete(seconds)
        self.do(self._leave())
        self._writers.clear()

    def complete(self, seconds: float) -> float:
        """Return how long it took until what waits now was answered and every page had it."""
        began = time.monotonic()
        until = began + seconds
        what = f"not complete after {seconds:.0f} s"
        waiting = {page.view: set(page.outbox) for page in self.pages}
        self._until(
            until,
            lambda: [p.said() for p in self.pages if waiting[p.view] & set(p.outbox)],
            what,
        )
        last = self.house.last()
        self._until(
            until,
            lambda: [
                f"{p.said()} at {p.last} of {last[p.chat]}"
                for p in self.pages
                if p.last < last[p.chat]
            ],
            what,
        )
        return time.monotonic() - began

    def latecomers(self, seconds: float) -> None:
        """Open one more page of each chat, which reads everything from the beginning."""
        self.do(self._come_late())
        self.complete(seconds)

    def settle(self) -> None:
        """Note the closes with the numbers that the base has for them."""
        numbers = {row.chat: row.seq for row in self.house.log() if row.kind == "cancelled"}
        for chat, at in self._closed.items():
            assert chat in numbers, f"the closing of {chat} was confirmed and is not in the base"
            self.history.closes.append(Close(chat, numbers[chat], at))
        self.history.views |= {page.view: page.chat for page in self.pages}

    def _until(self, until: float, wanting: Callable[[], list[str]], what: str) -> None:
        while wanted := wanting():
            self.check()
            assert time.monotonic() < until, f"{what}: {len(wanted)} pages, first {wanted[:5]}"
            time.sleep(0.02)

    def check(self) -> None:
        """Raise what broke in one of the pages: a protocol broken by the gateway."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    # -- in the loop

    async def _open(self, chats: list[Chat], readers: int) -> None:
        for turn, chat in enumerate(chats):
            for n, person in enumerate((chat.patient, chat.doctor) * (1 + readers // 2)):
                kind = WIRES[(turn + n) % len(WIRES)]
                page = self._page(chat, person, f"{'writer' if n < 2 else 'reader'}-{n}", kind)
                page.is_writer = n < 2
                self._tasks.append(asyncio.create_task(page.run()))
                self._tasks.append(
                    asyncio.create_task(self._writing(page) if n < 2 else self._wandering(page))
                )

    async def _silence(self) -> None:
        # In the loop: nobody is between asking whether to write and writing.
        self._quiet.set()

    async def _leave(self) -> None:
        """Close every page; their views stay in the history."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self.history.views |= {page.view: page.chat for page in self.pages}
        self.pages.clear()

    async def _come_late(self) -> None:
        for turn, chat in enumerate(self.chats):
            page = self._page(chat, chat.doctor, "latecomer", WIRES[turn % len(WIRES)])
            self._tasks.append(asyncio.create_task(page.run()))

    def _page(self, chat: Chat, person: Person, name: str, kind: type[Wire]) -> Page:
        ports = [proxy.port for proxy in self.proxies]
        doors = Doors(tuple(ports[::2]), tuple(ports[1::2]), self.house.env["PRIYOM_PUBLIC_URL"])
        ways = Ways(doors, self.ticket)
        page = Page(ways, self.history, chat.key, person, f"{chat.key[-6:]}.{name}", kind)
        self.pages.append(page)
        return page

    async def _writing(self, page: Page) -> None:
        while not self._quiet.is_set() and not page.is_closed:
            await asyncio.sleep(random.uniform(0, 2 * max(self.pause, page.kind.pause)))
            if len(page.outbox) < WAITING and not self._quiet.is_set():
                page.write()
                with suppress(*BROKEN):
                    await page.flush()

    async def _wandering(self, page: Page) -> None:
        while not self._quiet.is_set():
            await asyncio.sleep(random.uniform(5, 25))
            page.hop()

    async def ticket(self, person: Person) -> str:
        """Take a one-time ticket for somebody."""
        if person.account in self._by_door:
            return await asyncio.to_thread(forms.ticket, self.house.web, person)
        ticket = secrets.token_hex(16)
        digest = hashlib.sha256(ticket.encode()).hexdigest()
        self._asked.append((digest, person.account, person.handle))
        # Whoever has the turn writes for all who asked meanwhile, as several web processes would.
        async with self._turn:
            asked, self._asked[:] = list(self._asked), []
            if asked:
                await self._tickets.rows(
                    KEEP, [list(column) for column in zip(*asked, strict=True)]
                )
        return ticket

    async def _begin(self) -> None:
        for gateway in self.house.gateways:
            for port in (gateway.port, gateway.plain_port):
                assert port is not None
                self.proxies.append(Proxy(port))
                await self.proxies[-1].start()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for proxy in self.proxies:
            await proxy.stop()
        await self._tickets.close()
        await self._loop.shutdown_default_executor()


@contextmanager
def crowd(house: House, pause: float) -> Iterator[Crowd]:
    """Yield a crowd without anybody; whoever was gathered is gone afterwards."""
    made = Crowd(house, pause)
    thread = threading.Thread(target=made._loop.run_forever, daemon=True)
    thread.start()
    try:
        made.do(made._begin())
        yield made
    finally:
        for writer in made._writers:
            writer.ending.set()
        made.do(made._end())
        made._loop.call_soon_threadsafe(made._loop.stop)
        thread.join(10)
        made._loop.close()


def _chat(told: dict[str, Any]) -> Chat:
    people = [
        Person(**told[side], portal=way) for side, way in (("patient", "/my"), ("doctor", "/desk"))
    ]
    return Chat(told["chat"], *people)

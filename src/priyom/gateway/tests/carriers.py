"""Pages whose frames go by plain HTTP, as the browser's modules do it, for tests of the line."""

from __future__ import annotations

import http.client
import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.frames import Close

from priyom.gateway.tests.live import ORIGIN, Line, Page, Process

HEADER = "Priyom-Stream"
Answer = tuple[int, dict[str, str], bytes]


def post(process: Process, path: str, body: str, **more: str) -> Answer:
    """Return status, headers and body of one POST; `stream` and `origin` are its headers."""
    line = http.client.HTTPConnection("127.0.0.1", process.http_port, timeout=30)
    try:
        line.request("POST", path, body.encode(), headers(**more))
        answer = line.getresponse()
        return answer.status, _low(answer), answer.read()
    finally:
        line.close()


def _low(answer: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.getheaders()}


def headers(stream: str = "", origin: str | None = ORIGIN) -> dict[str, str]:
    """Return what a page's request says."""
    told = {"Origin": origin} if origin else {}
    return {**told, HEADER: stream} if stream else told


class HttpLine:
    """Down: whatever `_run` puts into the queue. Up: one POST after the other."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.up = process
        """The process that takes what is sent: a balancer may choose another one."""
        self.stream = ""
        self.is_open = True
        self._heard: queue.Queue[str | int] = queue.Queue()

    def send(self, message: str, /) -> None:
        """The first frame is the hello and opens it; others are posted and answered."""
        if not self.stream:
            self._begin(message)
            return
        status, _, body = post(self.up, "/live/send", message, stream=self.stream)
        if status != 200:
            raise ConnectionClosed(Close(status, ""), None)
        for told in json.loads(body):
            self._heard.put(json.dumps(told))

    def recv(self, timeout: float | None = None) -> str:
        try:
            told = self._heard.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(told, int):
            self._heard.put(told)
            raise ConnectionClosed(Close(told, ""), None)
        return told

    def _begin(self, hello: str) -> None:
        ready = threading.Event()
        threading.Thread(target=self._run, args=(hello, ready.set), daemon=True).start()
        assert ready.wait(10)

    def _run(self, hello: str, ready: Callable[[], None]) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.is_open = False


class StreamLine(HttpLine):
    """Server-sent events."""

    def _run(self, hello: str, ready: Callable[[], None]) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.process.http_port, timeout=30)
        line.request("POST", "/live/stream", hello.encode(), headers())
        self._socket = line.sock
        answer = line.getresponse()
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        self.stream = answer.headers[HEADER]
        ready()
        is_end = False
        with suppress(OSError, http.client.HTTPException, ValueError):
            for raw in answer:
                text = raw.decode().rstrip("\n")
                if text == "event: close":
                    is_end = True
                elif text.startswith("data: "):
                    self._heard.put(int(text[6:]) if is_end else text[6:])
        if not is_end:
            self._heard.put(1006)
        line.close()

    def close(self) -> None:
        super().close()
        with suppress(OSError):
            self._socket.shutdown(2)


class PollLine(HttpLine):
    """One poll after the other; `downs` are asked in turn, as by a balancer without memory."""

    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.downs = [process]

    def _run(self, hello: str, ready: Callable[[], None]) -> None:
        consultation_after = json.loads(hello)["after"]
        body, turn = hello, 0
        while self.is_open:
            try:
                where = self.downs[turn % len(self.downs)]
                status, told, answer = post(where, "/live/poll", body, stream=self.stream)
                assert status == 200, status
            except (OSError, AssertionError, http.client.HTTPException):
                self._heard.put(1006)
                return
            self.stream = told["priyom-stream"]
            ready()
            turn += 1
            page = json.loads(answer)
            for frame in page["frames"]:
                if frame["t"] == "entry":
                    consultation_after = max(consultation_after, frame["seq"])
                self._heard.put(json.dumps(frame))
            if page["closed"]:
                self._heard.put(page["closed"])
                return
            body = json.dumps(
                {"nonce": page["nonce"], "at": page["at"], "after": consultation_after}
            )


class HttpPage(Page):
    """A page over plain HTTP."""

    carrier: type[HttpLine] = StreamLine

    def _line(self, process: Process, **more: Any) -> AbstractContextManager[Line]:
        @contextmanager
        def opened() -> Iterator[Line]:
            line = self.carrier(process)
            self.http = line
            try:
                yield line
            finally:
                line.close()

        return opened()


class StreamPage(HttpPage):
    """Server-sent events and POSTs."""


class PollPage(HttpPage):
    """Polls and POSTs."""

    carrier = PollLine

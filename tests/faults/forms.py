"""What people do by plain forms, without a socket: write, close, take a ticket.

A browser that got no answer shows a broken page and its owner presses the button again: the same
key is posted until somebody answers.
"""

from __future__ import annotations

import random
import re
import threading
import time

import requests

from tests.faults.checker import Ack, Attempt, History
from tests.faults.pages import Person

PATIENCE = 60.0
CLOSED = 409
_NUMBER = re.compile(r"#m(\d+)$")


def post(web: str, person: Person, path: str, **fields: str) -> requests.Response | None:
    """Post a form on the person's portal; None when nobody answered or the server failed."""
    headers = {"Cookie": person.cookie, "X-CSRFToken": person.token}
    try:
        answer = requests.post(
            f"{web}{person.portal}/{path}",
            data=fields,
            headers=headers,
            allow_redirects=False,
            timeout=8,
        )
    except requests.RequestException:
        return None
    # 429: the consultation is held by an act just now; press again.
    return None if answer.status_code >= 500 or answer.status_code == 429 else answer


def ticket(web: str, person: Person) -> str:
    """Take a one-time ticket as the page's script does; raises OSError when there is none."""
    answer = post(web, person, "ticket")
    if answer is None or answer.status_code != 200:
        raise ConnectionError("no ticket")
    return str(answer.json()["ticket"])


def close(web: str, person: Person, chat: str) -> float:
    """Cancel the consultation by the patient's form; return the instant at which that was known."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = post(web, person, f"consultations/{chat}/cancel/", reason="Не нужна")
        # A conflict after a try without an answer: that try had done it.
        if answer is not None:
            assert answer.status_code in (302, CLOSED), answer.text[:500]
            return time.monotonic()
        time.sleep(0.2)
    raise AssertionError("the web does not come back")


class Writer(threading.Thread):
    """Somebody without a script who writes until told to stop, or until the chat is closed."""

    def __init__(self, web: str, history: History, chat: str, person: Person) -> None:
        super().__init__(daemon=True)
        self.web, self.history, self.chat, self.person = web, history, chat, person
        self.name = f"form-{person.account[-6:]}"
        self.ending = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Write one message after the other, each until it is answered."""
        try:
            count = 0
            while not self.ending.is_set():
                count += 1
                if not self._say(f"{self.name}.{count}"):
                    return
                self.ending.wait(random.uniform(0.1, 0.5))
        except BaseException as failure:
            self.failure = failure

    def _say(self, key: str) -> bool:
        """Say one thing; False when the chat is closed."""
        body = f"{key} Без скрипта."
        account = self.person.account
        self.history.attempts.append(Attempt(self.chat, account, key, body, time.monotonic()))
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = post(
                self.web, self.person, f"consultations/{self.chat}/say/", text=body, key=key
            )
            if answer is not None:
                if answer.status_code == CLOSED:
                    return False
                assert answer.status_code == 302, answer.text[:500]
                found = _NUMBER.search(answer.headers["Location"])
                assert found, answer.headers["Location"]
                seq = int(found[1])
                self.history.acks.append(
                    Ack(self.chat, self.name, account, key, seq, time.monotonic())
                )
                return True
            self.ending.wait(0.2)
        raise AssertionError("the web does not come back")

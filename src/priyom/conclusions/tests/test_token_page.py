"""The doctor's key in a browser: chosen, asked, refused in words; what it signs is real ГОСТ."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from asn1crypto import pem
from django.conf import settings as house_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, expect

from priyom.conclusions.models import Conclusion, Signature
from priyom.conclusions.signing.faults import Fault
from priyom.conclusions.signing.keys import GostKey
from priyom.conclusions.signing.refusals import WORDS
from priyom.conclusions.tests.pki import House, Owner, house
from priyom.conclusions.tests.talks import Talk, begun
from priyom.kernel import clock as house_clock
from priyom.testing.apart import apart
from priyom.testing.cast import gather
from priyom.testing.clock import Clock
from priyom.testing.doors import enter
from priyom.testing.pages import axe, desktop

pytestmark = pytest.mark.journeys
Drawer = dict[str, Any] | None
STAND_IN = Path(__file__).with_name("cadesplugin.js").read_text(encoding="utf-8")


@dataclass
class Room:
    """Борис at his desk with a written conclusion, and what is in his drawer."""

    page: Page
    url: str
    talk: Talk
    house: House
    keys: dict[str, Owner]
    visits: int = 0

    def certificate(self, owner: Owner, name: str = "Климов Борис Андреевич") -> dict[str, Any]:
        """Put somebody's certificate into the drawer as the plug-in tells it."""
        body = owner.certificate.dump()
        thumbprint = hashlib.sha1(body, usedforsecurity=False).hexdigest().upper()
        self.keys[thumbprint] = owner
        family, _, given = name.partition(" ")
        own = owner.certificate
        return {
            "thumbprint": thumbprint,
            "subject": f'SNILS=11223344595, G={given}, SN={family}, CN="{name}", C=RU',
            "issuer": "CN=Проверочный УЦ, O=УЦ, C=RU",
            "since": own.not_valid_before.isoformat(),
            "until": own.not_valid_after.isoformat(),
            "body": base64.b64encode(body).decode(),
            "algorithm": 101,
        }

    def own(self, **more: Any) -> Owner:
        """Return a key of Борис, by his СНИЛС."""
        now = house_clock.now()
        told = {"since": now - timedelta(days=30), "until": now + timedelta(days=400)} | more
        return self.house.person(told.pop("snils", self.talk.cast.boris.doctor.snils), **told)

    def go(self, tail: str, drawer: Drawer) -> None:
        """Open a page of the conclusion with this in the drawer; None: no plug-in at all."""
        self.visits += 1  # else only what stands behind the # would differ, and nothing be loaded
        root = f"{self.url}/desk/consultations/{self.talk.id}/conclusion/{tail}"
        self.page.goto(f"{root}?visit={self.visits}#{quote(json.dumps(drawer))}")

    def signed(self, thumbprint: str, digest: str) -> str:
        """Do what the token does: real ГОСТ over the hash that the page gave."""
        owner = self.keys[thumbprint]
        return base64.b64encode(owner.sign(bytes.fromhex(digest), self.talk.clock.instant)).decode()

    def state(self) -> str:
        """Return the state of the conclusion."""
        return apart(lambda: Conclusion.objects.get().state)


@pytest.fixture
def room(
    committed_db: None, browser: Browser, clock: Clock, settings: Any, tmp_path: Path
) -> Iterator[Room]:
    own = house(GostKey)
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", own.root.dump()))
    settings.SIGNING, settings.SIGNING_ROOTS = "browser", str(tmp_path / "root.pem")
    settings.DEMO = False
    talk = apart(lambda: begun(gather(), clock))
    apart(talk.written)
    server = LiveServerThread("localhost", StaticFilesHandler, port=0)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None
    url = f"http://localhost:{server.port}"
    context = desktop(browser)
    client = apart(lambda: enter(talk.cast.boris.account, "/desk"))
    name = house_settings.PORTAL_COOKIES["/desk"]
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    made = Room(context.new_page(), url, talk, own, {})
    made.page.add_init_script(STAND_IN)
    made.page.expose_function("signByToken", made.signed)
    yield made
    context.close()
    server.terminate()
    server.join()


def test_a_token_signs_and_everything_it_refuses_is_said(room: Room) -> None:
    page, problem = room.page, room.page.locator(".callout.bad").first
    good = room.certificate(room.own())
    ended = room.certificate(
        room.own(until=house_clock.now() - timedelta(days=900)), "Старый Сертификат"
    )
    foreign = room.certificate(room.own(snils="00000000000"), "Чужой Сертификат")
    # No plug-in, an asleep one, an empty drawer: nothing to choose, and the page says what to do.
    nothing: list[tuple[Drawer, str]] = [
        (None, "Плагин КриптоПро не отвечает"),
        ({"absent": "asks"}, "Плагин КриптоПро не отвечает"),
        ({"certificates": []}, "нет сертификата с ключом"),
    ]
    for drawer, words in nothing:
        room.go("certificate/", drawer)
        expect(problem).to_contain_text(words)
        expect(page.get_by_role("button", name="Сформировать документ")).to_be_disabled()
    assert axe(page) == []
    # An ended one cannot be chosen, a foreign one is refused by the server.
    full = {"certificates": [ended, foreign, good]}
    room.go("certificate/", full)
    expect(page.get_by_role("radio", name="Старый Сертификат")).to_be_disabled()
    page.get_by_role("radio", name="Чужой Сертификат").check()
    page.get_by_role("button", name="Сформировать документ").click()
    expect(problem).to_contain_text(WORDS[Fault.SNILS])
    assert room.state() == "draft"
    page.get_by_role("radio", name="Климов Борис Андреевич").check()
    assert axe(page) == []
    page.get_by_role("button", name="Сформировать документ").click()
    expect(page.get_by_role("heading", name="Проверьте и подпишите")).to_be_visible()
    sign = page.get_by_role("button", name="Подписать и завершить")
    refused: list[tuple[Drawer, str]] = [
        (full | {"refuses": "0x8010006E"}, "Вы отменили подпись"),
        (full | {"refuses": "0x8010006B"}, "ПИН-код не подошёл"),
        (full | {"refuses": "0x80090020"}, "КриптоПро не подписал: 0x80090020"),
        ({"certificates": [foreign]}, "на этом компьютере нет"),
        (full | {"wrong": True}, WORDS[Fault.HASH]),
    ]
    for drawer, words in refused:
        room.go("review/", drawer)
        sign.click()
        expect(problem).to_contain_text(words)
        assert room.state() == "formed"
    assert axe(page) == []
    room.go("review/", {"certificates": [good]})
    sign.click()
    expect(page.locator(".callout.ok")).to_contain_text("Подписано")
    assert room.state() == "signed"
    forms = apart(lambda: list(Signature.objects.order_by("form").values_list("form", "way")))
    assert forms == [("cades", "browser"), ("pades", "browser")]

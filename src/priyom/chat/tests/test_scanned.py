"""A file that a scanner has yet to see, in two real browsers: it opens, or is shut, by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from priyom.chat.tests.live import house
from priyom.chat.tests.media_stage import talk
from priyom.chat.tests.test_attach import SOON, clip, paper, sent
from priyom.files.models import Blob
from priyom.testing.apart import apart
from priyom.testing.pages import axe

pytestmark = pytest.mark.journeys


def test_it_opens_or_is_shut_by_itself(
    committed_db: None, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIYOM_CLAMD", "tcp://127.0.0.1:1")  # nobody answers there
    with house() as servers, talk(browser, servers) as stage:
        anna, boris = stage.as_anna(), stage.as_boris()
        clip(anna, paper("анализ.pdf"))
        sent(anna, 1)
        theirs, mine = boris.locator(".bubble.theirs"), anna.locator(".bubble.mine")
        expect(theirs).to_contain_text("Файл проверяется", timeout=SOON)
        expect(theirs.locator("a.attachment")).to_have_count(0)
        expect(mine).to_contain_text("Проверяем файл", timeout=SOON)
        apart(lambda: Blob.objects.update(scan="clean"))
        expect(theirs.locator("a.attachment")).to_have_count(1, timeout=SOON)
        expect(mine).not_to_contain_text("Проверяем файл", timeout=SOON)
        clip(anna, paper("программа.pdf"))
        sent(anna, 2)
        expect(theirs.last).to_contain_text("Файл проверяется", timeout=SOON)
        apart(lambda: Blob.objects.filter(scan="waiting").update(scan="infected"))
        expect(theirs.last).to_contain_text("не прошёл проверку", timeout=SOON)
        expect(mine.last).to_contain_text("Проверьте своё устройство", timeout=SOON)
        assert axe(anna) == []
        assert axe(boris) == []

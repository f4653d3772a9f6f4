"""A scanned file in the talk: shut while it is checked, told kindly to both when it is harmful."""

from __future__ import annotations

from typing import Any

import pytest

from priyom.consultations import actions
from priyom.consultations.log import Item, Verdict
from priyom.consultations.models import Attachment
from priyom.consultations.tests.origin import fetch, started
from priyom.consultations.tests.test_files import PAPER, Place
from priyom.consultations.tests.test_log import send
from priyom.files.models import Blob
from priyom.testing.cast import Cast
from priyom.testing.doors import visit


@pytest.fixture
def place(committed_db: None, cast: Cast, settings: Any) -> Place:
    """Анна in the chat with Борис; a scanner is configured and nobody has asked it yet."""
    settings.CLAMD = "tcp://127.0.0.1:1"
    row = cast.consultation()
    actions.join(cast.anna.actor, row.pk)
    return Place(cast, row)


def talk(place: Place, root: str) -> str:
    """Return the talk as one side's page shows it."""
    browser = place.anna if root == "/my" else place.boris
    answer = browser.get(f"{root}/consultations/{place.row.pk}/entries/?after=0")
    assert answer.status_code == 200
    return str(answer.content.decode())


def sent(place: Place) -> str:
    """Upload and send a paper; return the attachment's key."""
    key: str = place.upload(PAPER, "анализ.pdf").json()["id"]
    attachment = Attachment.objects.get(pk=key)
    item = Item(place.row.pk, place.cast.anna.account.pk, key, "file", "", files=(attachment.pk,))
    assert send(item)[0].verdict is Verdict.STORED
    return key


def test_the_other_side_waits_and_its_sender_does_not(place: Place) -> None:
    key = sent(place)
    assert "Файл проверяется" in talk(place, "/desk")
    assert f"/desk/files/{key}/" not in talk(place, "/desk")
    for tail in ("", "preview/", "?download"):
        assert place.boris.get(f"/desk/files/{key}/{tail}").status_code == 409
    assert place.anna.get(f"/my/files/{key}/").status_code == 302
    Blob.objects.update(scan="clean")
    assert f"/desk/files/{key}/" in talk(place, "/desk")
    assert place.boris.get(f"/desk/files/{key}/").status_code == 302


def test_both_are_told_of_a_harmful_file_and_nobody_opens_it(place: Place) -> None:
    key = sent(place)
    Blob.objects.update(scan="infected")
    assert "Отправитель это видит" in talk(place, "/desk")
    assert "Проверьте своё устройство" in talk(place, "/my")
    for browser, root in ((place.boris, "/desk"), (place.anna, "/my")):
        for tail in ("", "preview/", "?download"):
            assert browser.get(f"{root}/files/{key}/{tail}").status_code == 409
    assert Attachment.objects.get(pk=key).blob.original, "kept for the archive"


def test_a_link_that_was_given_before_opens_no_harmful_file(place: Place, settings: Any) -> None:
    with started() as url:
        settings.FILES_URL = url
        key = sent(place)
        link = place.link(key, by=place.anna)
        assert fetch(link).status == 200
        Blob.objects.update(scan="infected")
        assert fetch(link).status == 404


def test_strangers_learn_nothing_of_the_check(place: Place) -> None:
    key = sent(place)
    for state in ("waiting", "infected", "clean"):
        Blob.objects.update(scan=state)
        for person, root in ((place.cast.gleb, "/my"), (place.cast.darya, "/desk")):
            assert visit(person).get(f"{root}/files/{key}/").status_code == 404

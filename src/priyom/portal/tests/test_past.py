"""A patient's earlier talks, for reading beside the chat."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import psycopg
from PIL import Image

from priyom.conclusions.tests.talks import Talk, begun
from priyom.consultations import actions as consultations
from priyom.consultations import log
from priyom.consultations.models import Consultation
from priyom.consultations.tests.test_log import send
from priyom.files.actions import receive
from priyom.portal.tests.pages import forms, text_of
from priyom.testing import builders
from priyom.testing.cast import Cast, Consultant
from priyom.testing.clock import Clock
from priyom.testing.doors import enter, visit


def photo() -> bytes:
    """Return a JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(out, "JPEG")
    return out.getvalue()


def _page(row: Consultation) -> str:
    return f"/desk/consultations/{row.pk}/"


def _with_a_past(cast: Cast, clock: Clock, doctor: Consultant) -> tuple[Consultation, Talk]:
    """A signed talk of Борис with a photo in it, and Анна's next consultation with `doctor`."""
    talk = begun(cast, clock)
    consultations.join(cast.anna.actor, talk.id)
    blob, name = receive(io.BytesIO(photo()), "горло.jpg")
    sent = consultations.attach(cast.anna.actor, talk.id, blob, name)
    said_then = log.Item(
        talk.id, cast.anna.account.pk, "1", "file", "Тогда болело горло", files=(sent.pk,)
    )
    assert send(said_then)[0].seq
    talk.signed(complaints="Прежний кашель")
    at = builders.slots(doctor.doctor, begins=clock.instant + timedelta(hours=2))[0]
    row = builders.consultation(cast.vera.actor, cast.anna.card, doctor.doctor, at=at)
    return row, talk


def test_an_earlier_talk_opens_beside_the_chat(cast: Cast, clock: Clock, settings: Any) -> None:
    settings.DEMO = True
    row, talk = _with_a_past(cast, clock, cast.darya)
    browser = visit(cast.darya)
    tab = f"{_page(row)}?tab=earlier"
    listed = browser.get(tab).content.decode()
    assert f"?tab=earlier&amp;open={talk.id}" in listed
    answer = browser.get(f"{tab}&open={talk.id}")
    text = text_of(answer)
    assert "Прежний кашель" in text
    assert "Тогда болело горло" in text
    assert "только чтение" in text
    says = [one.action for one in forms(browser, f"{tab}&open={talk.id}")]
    assert not [one for one in says if str(talk.id) in one], "nothing of the past can be changed"
    assert browser.post(f"{_page(talk.row)}say/", {"text": "ещё", "key": "1"}).status_code == 404
    page = answer.content.decode()
    file = page.split('src="/desk/files/')[1].split("/")[0]
    assert browser.get(f"/desk/files/{file}/").status_code in (200, 302)
    assert browser.get(_page(talk.row)).status_code == 404, "its own page is not hers"


def test_what_is_not_past_or_not_hers_does_not_open(
    cast: Cast, clock: Clock, settings: Any
) -> None:
    settings.DEMO = True
    row, talk = _with_a_past(cast, clock, cast.darya)
    later = builders.slots(cast.boris.doctor, begins=clock.instant + timedelta(hours=5))[0]
    parallel = builders.consultation(cast.vera.actor, cast.anna.card, cast.boris.doctor, at=later)
    tab = f"{_page(row)}?tab=earlier&open="
    browser = visit(cast.darya)
    assert browser.get(f"{tab}{parallel.pk}").status_code == 404, "a colleague's open talk"
    assert browser.get(f"{tab}{row.pk}").status_code == 404
    assert visit(cast.boris).get(f"{tab}{talk.id}").status_code == 404
    third = builders.doctor(("Юдин", "Марк", "Львович"), cast.clinic)
    file = talk.now().attachments.get().pk
    stranger = enter(third.account, "/desk")
    assert stranger.get(f"/desk/files/{file}/").status_code == 404
    consultations.cancel(cast.vera.actor, row.pk, "Врач заболел")
    assert browser.get(f"/desk/files/{file}/").status_code == 404, "she consults no more"


def test_reading_the_past_leaves_its_trace(
    committed_db: None, cast: Cast, clock: Clock, settings: Any, audit_dsn: str
) -> None:
    settings.DEMO = True
    row, talk = _with_a_past(cast, clock, cast.darya)
    visit(cast.darya).get(f"{_page(row)}?tab=earlier&open={talk.id}")
    with psycopg.connect(audit_dsn) as reader:
        found = reader.execute(
            "SELECT action FROM audit_event WHERE account = %s AND patient = %s"
            " AND (subject = %s OR subject_kind = 'conclusion')",
            [cast.darya.account.pk, cast.anna.card.pk, str(talk.id)],
        ).fetchall()
    assert {one for (one,) in found} >= {"chat.read", "conclusion.read"}

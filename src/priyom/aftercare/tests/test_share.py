"""A link shows the conclusion once, to one browser, for a while."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection
from django.test import Client

from priyom.aftercare import actions, links, rules
from priyom.aftercare.models import Share
from priyom.aftercare.tests.conftest import After
from priyom.conclusions.tests.talks import begun
from priyom.kernel.actor import NOBODY
from priyom.kernel.refusal import Refusal
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


def path_of(share: UUID) -> str:
    return f"/shared/{share}/{links.seal_of(share)}/"


def made(after: After, days: str = "1") -> str:
    """Let Анна make a link; return its path."""
    after.anna.post(f"{after.root}share/", {"days": days})
    row = Share.objects.latest("made_at")
    address = links.address_of(row.pk)
    assert address in after.anna.get(after.root).content.decode()
    return path_of(row.pk)


def test_link_opens_once_for_one_browser(after: After) -> None:
    path = made(after)
    first, second = Client(), Client()
    looked = first.get(path)
    assert looked.status_code == 200
    assert "Питьё" not in looked.content.decode(), "a messenger that looks opens nothing"
    assert first.post(path).status_code == 302
    read = first.get(path)
    assert "Питьё, покой." in read.content.decode()
    assert read.headers["Cache-Control"] == "private, no-store"
    assert first.get(f"{path}v1.pdf").content.startswith(b"%PDF-")
    for way in (second.get(path), second.post(path), second.get(f"{path}v1.pdf")):
        assert way.status_code == 404
        assert "Питьё" not in way.content.decode()
    assert first.get(f"{path}v2.pdf").status_code == 404
    text = after.anna.get(after.root).content.decode()
    assert "ещё читают" in text
    assert links.address_of(Share.objects.get().pk) not in text


def test_link_ends_with_its_hour_and_its_term(after: After) -> None:
    reader = Client()
    path = made(after)
    reader.post(path)
    after.talk.clock.forward(minutes=rules.READS_FOR / timedelta(minutes=1))
    assert reader.get(path).status_code == 404
    share = actions.share(after.talk.cast.anna.actor, after.talk.id, 3)
    late = path_of(share.pk)
    assert Client().get(late).status_code == 200
    after.talk.clock.forward(days=3)
    assert Client().get(late).status_code == 404
    assert Client().post(late).status_code == 404


def test_patient_takes_a_link_back(after: After) -> None:
    path, reader = made(after), Client()
    reader.post(path)
    share = Share.objects.get().pk
    assert after.anna.post(f"{after.root}share/{share}/revoke/").status_code == 302
    assert reader.get(path).status_code == 404
    assert reader.get(f"{path}v1.pdf").status_code == 404
    assert after.anna.post(f"{after.root}share/{uuid4()}/revoke/").status_code == 404


def test_seal_is_not_guessed(after: After) -> None:
    share = UUID(made(after).split("/")[2])
    for seal in ("", "0" * 40, links.seal_of(uuid4()), links.seal_of(share)[:-1]):
        assert Client().get(f"/shared/{share}/{seal or '-'}/").status_code == 404
    assert Client().get(f"/shared/{uuid4()}/{links.seal_of(share)}/").status_code == 404


def test_links_are_few_and_terms_are_ours(after: After) -> None:
    for days in ("7", "365", "x", "-1"):
        made(after, days)
    lives = {(one.expires_at - one.made_at).days for one in Share.objects.all()}
    assert lives == {7, 1}
    for _ in range(rules.MOST_LINKS - 4):
        actions.share(after.talk.cast.anna.actor, after.talk.id, 1)
    with pytest.raises(Refusal) as refusal:
        actions.share(after.talk.cast.anna.actor, after.talk.id, 1)
    assert refusal.value.status == 429


def test_address_that_knocks_too_often_waits(after: After) -> None:
    path = made(after)
    browser = Client()
    answers = [browser.get(path).status_code for _ in range(rules.OPENINGS + 1)]
    assert answers == [200] * rules.OPENINGS + [429]


def test_of_eight_who_open_at_once_one_reads(
    committed_db: None, audit_dsn: str, cast: Cast, clock: Clock, settings: Any
) -> None:
    settings.DEMO = True
    talk = begun(cast, clock)
    talk.signed()
    share = actions.share(cast.anna.actor, talk.id, 1)

    def knock(_: int) -> bool:
        try:
            actions.open_link(NOBODY, share.pk, links.seal_of(share.pk))
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(knock, range(8))) == 1
    with psycopg.connect(audit_dsn) as auditor:
        kept = auditor.execute(
            "SELECT actor_kind, patient, result FROM audit_event WHERE action = 'share.open'"
        ).fetchall()
    assert kept == [("anonymous", talk.row.patient_id, "read")]

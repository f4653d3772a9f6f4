"""Each signed version reaches the registry once, whatever breaks on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from priyom.clinics.models import Organisation
from priyom.conclusions import actions as conclusions
from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files
from priyom.files import store
from priyom.kernel.refusal import Refusal
from priyom.patients.models import Patient
from priyom.registry import actions, channels, jobs, queries, rules
from priyom.registry.models import Registration
from simulators.registry.application import Served


def one() -> Registration:
    """Return the only registration as it stands."""
    return Registration.objects.get()


def later(talk: Talk, pause: timedelta) -> None:
    """Let time go on."""
    talk.clock.set(talk.clock.instant + pause)


@pytest.mark.act("registration.accept")
def test_a_signed_version_is_registered(registry: Served, talk: Talk) -> None:
    talk.signed()
    jobs.sweep(0)
    row = one()
    assert (row.state, row.attempts, row.reason) == ("accepted", 1, "")
    assert row.number.startswith("РЭМД-")
    assert row.sent_at == row.answered_at == talk.clock.instant
    assert registry.asked == [("PUT", str(row.pk))]
    jobs.sweep(0)
    jobs.catch_up(0)
    assert len(registry.asked) == 1


def test_only_signed_versions_are_gathered_and_each_once(registry: Served, talk: Talk) -> None:
    talk.formed()
    assert actions.gather() == 0
    conclusions.revise(talk.doctor, talk.id)
    talk.signed()
    assert (actions.gather(), actions.gather()) == (1, 0)
    conclusions.amend(talk.doctor, talk.id, "Уточнено.")
    talk.signed(recommendations="Покой.")
    assert actions.gather() == 1
    assert actions.sweep() == 2
    rows = Registration.objects.order_by("conclusion__version")
    assert [row.state for row in rows] == ["held_back", "accepted"]


def test_it_waits_for_the_organisations_signature(
    registry: Served, talk: Talk, settings: Any
) -> None:
    settings.SIGNING_ORGANISATION = "demo"
    talk.signed()
    assert actions.gather() == 0
    assert conclusions.countersign() == 1
    assert actions.gather() == 1
    assert set(queries.envelope_of(one()).signatures) == {"doctor", "organisation"}


def test_a_withdrawn_version_is_not_sent(registry: Served, talk: Talk) -> None:
    talk.signed()
    conclusions.withdraw(talk.cast.inna.actor, talk.id, "Ошибка.")
    assert actions.gather() == 0


def test_a_lost_document_holds_up_no_other(registry: Served, talk: Talk, settings: Any) -> None:
    row = talk.signed()
    actions.gather()
    place = Path(store.path(settings.FILES_ROOT, row.formed_xml_id or ""))
    place.chmod(0o600)
    place.unlink()
    assert actions.sweep() == 0
    assert (one().state, one().reason) == ("waiting", rules.UNREADABLE)
    assert registry.asked == []


def test_without_a_registry_nothing_waits_and_a_new_one_gets_the_last_month(
    settings: Any, folder: Path, talk: Talk
) -> None:
    address, settings.REGISTRY_URL = settings.REGISTRY_URL, ""
    talk.signed()
    jobs.catch_up(0)
    assert not Registration.objects.exists()
    settings.REGISTRY_URL = address
    later(talk, timedelta(days=20))
    assert actions.gather() == 0  # the minutes look back two hours only
    jobs.catch_up(0)
    assert one().state == "waiting"


@pytest.mark.act("registration.refuse")
def test_a_refusal_is_kept_with_its_reason_and_not_repeated(registry: Served, talk: Talk) -> None:
    Patient.objects.filter(pk=talk.cast.anna.card.pk).update(snils="99999999999")
    talk.signed()
    actions.gather()
    actions.sweep()
    row = one()
    assert row.state == "refused"
    assert "СНИЛС пациента" in row.reason
    later(talk, timedelta(days=1))
    assert actions.sweep() == 0
    assert len(registry.asked) == 1


@pytest.mark.parametrize(
    ("lacks", "words"),
    [("oid", "OID ФРМО"), ("mis", "OID ФРМО"), ("patient", "карте пациента")],
)
def test_what_no_registry_would_take_is_not_sent(
    registry: Served, talk: Talk, settings: Any, lacks: str, words: str
) -> None:
    if lacks == "oid":
        Organisation.objects.filter(pk=talk.cast.clinic.pk).update(oid="")
    elif lacks == "mis":
        settings.MIS_NUMBER = ""
    else:
        Patient.objects.filter(pk=talk.cast.anna.card.pk).update(snils=None)
    talk.signed()
    actions.gather()
    actions.sweep()
    assert one().state == "refused"
    assert words in one().reason
    assert registry.asked == []


def test_an_answer_lost_on_the_way_is_given_again(registry: Served, talk: Talk) -> None:
    talk.signed()
    actions.gather()
    registry.faults.add("lost_answer")
    assert actions.sweep() == 0
    assert (one().state, one().reason) == ("waiting", rules.SILENCE)
    assert one().next_attempt_at == talk.clock.instant + timedelta(minutes=1)
    registry.faults.clear()
    assert actions.sweep() == 0  # not due yet
    later(talk, timedelta(minutes=1))
    assert actions.sweep() == 1
    row = one()
    assert (row.state, row.attempts, row.reason) == ("accepted", 2, "")
    assert registry.asked == [("PUT", str(row.pk))] * 2
    assert len(list(registry.folder.glob(f"{row.pk}.json"))) == 1


def test_what_a_worker_took_along_when_it_died_is_sent_later(
    registry: Served, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.signed()
    actions.gather()

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(channels.Http, "deliver", killed)
        with pytest.raises(SystemExit):
            actions.sweep()
    assert (one().state, one().attempts) == ("waiting", 1)
    assert actions.sweep() == 0  # another worker may still have it
    later(talk, rules.CLAIMED_FOR)
    assert actions.sweep() == 1
    assert one().state == "accepted"


@pytest.mark.act("registration.give_up")
@pytest.mark.parametrize("fault", ["error_500", "garbage"])
def test_silence_is_met_with_longer_pauses_and_an_end(
    registry: Served, talk: Talk, fault: str
) -> None:
    talk.signed()
    actions.gather()
    registry.faults.add(fault)
    pauses = []
    for _ in range(3):
        actions.sweep()
        pauses.append(one().next_attempt_at - talk.clock.instant)
        talk.clock.set(one().next_attempt_at)
    assert pauses == [timedelta(minutes=one) for one in (1, 2, 4)]
    later(talk, rules.GIVE_UP_AFTER)
    actions.sweep()
    assert (one().state, one().reason) == ("given_up", rules.SILENCE)


@pytest.mark.act("registration.send")
def test_an_answer_that_comes_later_is_asked_for(registry: Served, talk: Talk) -> None:
    registry.faults.add("later")
    talk.signed()
    actions.gather()
    actions.sweep()
    assert (one().state, one().answered_at) == ("sent", None)
    assert actions.sweep() == 0
    later(talk, rules.ASKED_EVERY)
    actions.sweep()
    assert one().state == "sent"
    registry.faults.clear()
    later(talk, rules.ASKED_EVERY)
    actions.sweep()
    assert one().state == "accepted"
    assert [method for method, _ in registry.asked] == ["PUT", "GET", "GET"]


@pytest.mark.act("registration.resend")
def test_doctor_and_head_send_again_and_nobody_else(registry: Served, talk: Talk) -> None:
    registry.faults.add("error_500")
    talk.signed()
    actions.gather()
    row = one()
    with pytest.raises(Refusal) as refused:
        actions.resend(talk.doctor, talk.id, row.pk)
    assert refused.value.status == 409
    later(talk, rules.GIVE_UP_AFTER)
    actions.sweep()
    for stranger in ("darya", "vera", "anna", "gleb", "nina"):
        with pytest.raises(Refusal) as refused:
            actions.resend(getattr(talk.cast, stranger).actor, talk.id, row.pk)
        assert refused.value.status == 404, stranger
    registry.faults.clear()
    assert actions.resend(talk.cast.inna.actor, talk.id, row.pk).state == "waiting"
    actions.sweep()
    assert one().state == "accepted"
    with pytest.raises(Refusal):
        actions.resend(talk.doctor, talk.id, row.pk)


def test_a_folder_gets_whole_documents_and_gives_answers(folder: Path, talk: Talk) -> None:
    version = talk.signed()
    actions.gather()
    actions.sweep()
    row = one()
    place = folder / str(row.pk)
    assert row.state == "sent"
    assert [one.name for one in folder.iterdir()] == [place.name]
    assert version.formed_xml is not None
    xml = (place / "document.xml").read_bytes()
    assert xml == files.read(version.formed_xml)
    told = json.loads((place / "envelope.json").read_bytes())
    assert told["sha256"] == version.formed_xml.sha256
    assert told["organisation"] == talk.cast.clinic.oid
    (place / "answer.json").write_text('{"number": "12-34"}', encoding="utf-8")
    later(talk, rules.ASKED_EVERY)
    actions.sweep()
    assert (one().state, one().number) == ("accepted", "12-34")


def test_a_folder_that_is_gone_is_silence(folder: Path, settings: Any, talk: Talk) -> None:
    settings.REGISTRY_URL = str(folder / "absent")
    talk.signed()
    actions.gather()
    actions.sweep()
    assert (one().state, one().reason) == ("waiting", rules.SILENCE)


def test_half_a_folder_of_a_dead_worker_is_written_anew(folder: Path, talk: Talk) -> None:
    talk.signed()
    actions.gather()
    half = folder / f".{one().pk}.part"
    half.mkdir()
    (half / "document.xml").write_text("half")
    actions.sweep()
    assert one().state == "sent"
    assert (folder / str(one().pk) / "document.xml").stat().st_size > 1_000

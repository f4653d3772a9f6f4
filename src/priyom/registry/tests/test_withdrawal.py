"""What is no longer wanted: a withdrawal is told once, what was not sent yet stays here."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from priyom.conclusions import actions as conclusions
from priyom.conclusions.tests.talks import Talk
from priyom.registry import actions, channels, rules
from priyom.registry.models import Registration
from priyom.registry.rules import RegistrationKind
from priyom.testing.doors import visit
from simulators.registry.application import Served

WHY = "Карта другого человека."


def document() -> Registration:
    """Return the newest document's registration as it stands."""
    rows = Registration.objects.filter(kind=RegistrationKind.DOCUMENT)
    return rows.order_by("-conclusion__version")[0]


def withdrawal() -> Registration:
    """Return the only withdrawal as it stands."""
    return Registration.objects.get(kind=RegistrationKind.WITHDRAWAL)


def later(talk: Talk, pause: timedelta) -> None:
    """Let time go on."""
    talk.clock.set(talk.clock.instant + pause)


def registered(talk: Talk) -> Registration:
    """Sign and send."""
    talk.signed()
    actions.gather()
    actions.sweep()
    return document()


def withdrawn(talk: Talk) -> None:
    """Let the head withdraw it."""
    conclusions.withdraw(talk.cast.inna.actor, talk.id, WHY)


def asked(registry: Served) -> list[tuple[str, str]]:
    """Return the requests since the last question, and forget them."""
    found = list(registry.asked)
    registry.asked.clear()
    return found


def test_a_withdrawal_is_told_once(registry: Served, talk: Talk) -> None:
    row = registered(talk)
    assert actions.gather() == 0
    withdrawn(talk)
    asked(registry)
    assert (actions.gather(), actions.gather()) == (1, 0)
    assert (actions.sweep(), actions.sweep()) == (1, 0)
    told = withdrawal()
    assert (told.state, told.number) == ("accepted", row.number)
    assert asked(registry) == [("PUT", str(row.pk))]
    kept = json.loads((registry.folder / f"{row.pk}.withdrawn.json").read_text())
    assert kept["why"] == WHY
    page = visit(talk.cast.boris).get(f"/desk/consultations/{talk.id}/registration/")
    text = page.content.decode()
    assert f"отзыв № {talk.row.number}: реестр знает об отзыве" in text
    assert row.number in text


def test_a_withdrawal_whose_answer_was_lost_is_told_again(registry: Served, talk: Talk) -> None:
    registered(talk)
    withdrawn(talk)
    actions.gather()
    registry.faults.add("lost_answer")
    assert actions.sweep() == 0
    assert (withdrawal().state, withdrawal().reason) == ("waiting", rules.SILENCE)
    registry.faults.clear()
    later(talk, rules.pause_before(1))
    assert actions.sweep() == 1
    assert withdrawal().state == "accepted"


def test_the_answer_to_a_withdrawal_may_come_later(registry: Served, talk: Talk) -> None:
    registered(talk)
    withdrawn(talk)
    actions.gather()
    registry.faults.add("later")
    actions.sweep()
    assert withdrawal().state == "sent"
    registry.faults.clear()
    later(talk, rules.ASKED_EVERY)
    asked(registry)
    actions.sweep()
    assert withdrawal().state == "accepted"
    assert [method for method, _ in asked(registry)] == ["GET"]


def test_a_registry_that_never_had_it_refuses_and_both_are_told(
    registry: Served, talk: Talk
) -> None:
    row = registered(talk)
    (registry.folder / f"{row.pk}.json").unlink()
    withdrawn(talk)
    actions.gather()
    actions.sweep()
    assert withdrawal().state == "refused"
    assert "не зарегистрирован" in withdrawal().reason
    page = visit(talk.cast.inna).get("/desk/registrations/").content.decode()
    assert f"Отзыв № {talk.row.number}" in page


@pytest.mark.act("registration.hold_back")
def test_what_was_withdrawn_before_it_was_sent_stays_here(registry: Served, talk: Talk) -> None:
    talk.signed()
    actions.gather()
    withdrawn(talk)
    actions.sweep()
    assert (document().state, document().reason) == ("held_back", rules.WITHDRAWN)
    assert document().sent_at is None
    assert asked(registry) == [("GET", str(document().pk))], "it is not handed over"
    assert actions.gather() == 0
    page = visit(talk.cast.boris).get(f"/desk/consultations/{talk.id}/registration/")
    assert rules.WITHDRAWN in page.content.decode()
    assert "registration.resend" not in page.content.decode()


def test_what_was_withdrawn_after_a_lost_answer_is_taken_back(registry: Served, talk: Talk) -> None:
    talk.signed()
    actions.gather()
    registry.faults.add("lost_answer")
    actions.sweep()
    registry.faults.clear()
    withdrawn(talk)
    later(talk, rules.pause_before(1))
    actions.sweep()
    assert document().state == "accepted"
    assert (actions.gather(), actions.sweep()) == (1, 1)
    assert withdrawal().state == "accepted"


def test_a_new_version_takes_the_place_of_one_that_waits(registry: Served, talk: Talk) -> None:
    talk.signed()
    actions.gather()
    first = document()
    conclusions.amend(talk.doctor, talk.id, "Уточнено.")
    talk.signed(recommendations="Покой.")
    assert actions.gather() == 1
    assert actions.sweep() == 2
    first.refresh_from_db()
    assert (first.state, first.reason) == ("held_back", rules.SUPERSEDED)
    assert document().state == "accepted"
    assert [key for method, key in asked(registry) if method == "PUT"] == [str(document().pk)]


def test_what_was_replaced_before_it_was_found_is_not_gathered(
    registry: Served, talk: Talk
) -> None:
    talk.signed()
    conclusions.amend(talk.doctor, talk.id, "Уточнено.")
    talk.signed(recommendations="Покой.")
    assert actions.gather() == 1
    assert document().conclusion.version == 2


def test_a_version_that_was_sent_stays_and_the_next_one_names_it(
    registry: Served, talk: Talk
) -> None:
    first = registered(talk)
    conclusions.amend(talk.doctor, talk.id, "Уточнено.")
    second = registered(talk)
    assert {one.state for one in Registration.objects.all()} == {"accepted"}
    withdrawn(talk)
    assert actions.gather() == 1
    actions.sweep()
    assert withdrawal().conclusion_id == second.conclusion_id
    assert not (registry.folder / f"{first.pk}.withdrawn.json").exists()


def test_a_folder_gets_the_withdrawal_too(folder: Path, talk: Talk) -> None:
    row = registered(talk)
    withdrawn(talk)
    assert actions.gather() == 0, "whether it was taken is not known yet"
    (folder / str(row.pk) / "answer.json").write_text('{"number": "12-34"}', encoding="utf-8")
    later(talk, rules.ASKED_EVERY)
    actions.sweep()
    assert (actions.gather(), actions.sweep()) == (1, 1)
    place = folder / str(withdrawal().pk)
    assert [one.name for one in place.iterdir()] == ["withdrawal.json"]
    told = json.loads((place / "withdrawal.json").read_bytes())
    assert (told["document"], told["registered_as"]) == (str(row.pk), "12-34")
    assert told["reason"] == WHY
    (place / "answer.json").write_text('{"number": "12-34"}', encoding="utf-8")
    later(talk, rules.ASKED_EVERY)
    actions.sweep()
    assert withdrawal().state == "accepted"


def test_a_folder_knows_what_stands_in_it(folder: Path, talk: Talk) -> None:
    row = registered(talk)
    way = channels.Folder(folder)
    assert way.knows(row.pk)
    assert not way.knows(talk.id)
    with pytest.raises(channels.Silent):
        channels.Folder(folder / "absent").knows(row.pk)

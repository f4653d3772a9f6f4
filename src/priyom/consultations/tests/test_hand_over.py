"""A colleague takes over: the membership moves in one transaction, the thread stays."""

from __future__ import annotations

import pytest

from priyom.consultations import actions, queries
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.testing import builders
from priyom.testing.cast import Cast


@pytest.mark.act("consultation.hand_over")
def test_colleague_gets_the_thread_and_the_first_loses_it(cast: Cast) -> None:
    made = cast.consultation()
    actions.hand_over(cast.boris.actor, made.pk, cast.darya.doctor.pk, "Ухожу на вызов")
    assert queries.for_doctor(cast.darya.actor, made.pk).may_write
    with pytest.raises(Refusal) as refused:
        queries.for_doctor(cast.boris.actor, made.pk)
    assert refused.value.kind is RefusalKind.MISSING
    entry = made.entries.order_by("-seq")[0]
    assert (entry.kind, entry.body) == ("handed_over", "Ухожу на вызов")


def test_handing_back_opens_the_membership_again(cast: Cast) -> None:
    made = cast.consultation()
    actions.hand_over(cast.boris.actor, made.pk, cast.darya.doctor.pk, "вызов")
    actions.hand_over(cast.darya.actor, made.pk, cast.boris.doctor.pk, "вернулся")
    assert queries.for_doctor(cast.boris.actor, made.pk).may_write


def test_only_to_a_working_colleague_of_the_same_organisation(cast: Cast) -> None:
    made = cast.consultation()
    abroad = builders.doctor(("Чужой", "Олег", ""), cast.other_clinic)
    for other in (abroad.pk, cast.boris.doctor.pk, made.pk):
        with pytest.raises(Refusal) as refused:
            actions.hand_over(cast.boris.actor, made.pk, other, "x")
        assert refused.value.field == "doctor"


def test_strangers_cannot_hand_over(cast: Cast) -> None:
    made = cast.consultation()
    for stranger in (cast.darya, cast.vera, cast.anna):
        with pytest.raises(Refusal) as refused:
            actions.hand_over(stranger.actor, made.pk, cast.darya.doctor.pk, "x")
        assert refused.value.kind is RefusalKind.MISSING


@pytest.mark.act("consultation.ask")
def test_asking_for_data_is_an_entry_not_a_state(cast: Cast) -> None:
    made = cast.consultation()
    asked = actions.ask(cast.boris.actor, made.pk, "Пришлите фото анализа крови")
    assert asked.state == "scheduled"
    assert made.entries.order_by("-seq")[0].body == "Пришлите фото анализа крови"
    with pytest.raises(Refusal):
        actions.ask(cast.boris.actor, made.pk, " ")
    with pytest.raises(Refusal) as refused:
        actions.ask(cast.anna.actor, made.pk, "x")
    assert refused.value.kind is RefusalKind.MISSING

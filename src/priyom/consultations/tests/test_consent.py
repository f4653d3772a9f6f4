"""The informed consent: given once, by whom it may be, withdrawn with what hangs on it."""

from __future__ import annotations

from functools import partial

import pytest

from priyom.consultations import actions
from priyom.consultations.models import Consent, Consultation
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.race import race


@pytest.mark.act("consent.give")
def test_patient_gives_it_once(cast: Cast) -> None:
    made = cast.consultation(consented=False)
    first = actions.give_consent(cast.anna.actor, cast.anna.card.pk, cast.clinic.pk)
    again = actions.give_consent(cast.anna.actor, cast.anna.card.pk, cast.clinic.pk)
    assert first == again
    assert made.entries.filter(kind="consented").count() == 1


def test_mother_gives_it_for_her_child_and_a_stranger_not(cast: Cast) -> None:
    given = actions.give_consent(cast.anna.actor, cast.petya.pk, cast.clinic.pk)
    assert given.given_by == cast.anna.account.pk
    with pytest.raises(Refusal) as refused:
        actions.give_consent(cast.gleb.actor, cast.petya.pk, cast.clinic.pk)
    assert refused.value.kind is RefusalKind.MISSING


def test_doctor_takes_it_on_the_spot_in_the_own_organisation_only(cast: Cast) -> None:
    given = actions.give_consent(cast.boris.actor, cast.anna.card.pk, cast.clinic.pk, "visit")
    assert given.method == "visit"
    for where, method in ((cast.other_clinic.pk, "visit"), (cast.clinic.pk, "esia")):
        with pytest.raises(Refusal):
            actions.give_consent(cast.darya.actor, cast.gleb.card.pk, where, method)


@pytest.mark.act("consent.withdraw")
def test_withdrawing_cancels_what_lives_and_a_new_one_is_a_new_row(cast: Cast) -> None:
    made = cast.consultation()
    consent = Consent.objects.get(patient=cast.anna.card)
    actions.withdraw_consent(cast.anna.actor, consent.pk)
    made = Consultation.objects.get(pk=made.pk)
    assert (made.state, made.reason) == ("cancelled", "Пациент отозвал согласие")
    with pytest.raises(Refusal) as refused:
        actions.withdraw_consent(cast.anna.actor, consent.pk)
    assert refused.value.kind is RefusalKind.CONFLICT
    assert actions.give_consent(cast.anna.actor, cast.anna.card.pk, cast.clinic.pk) != consent


def test_stranger_cannot_withdraw(cast: Cast) -> None:
    cast.consultation()
    consent = Consent.objects.get(patient=cast.anna.card)
    for stranger in (cast.gleb, cast.boris, cast.vera):
        with pytest.raises(Refusal) as refused:
            actions.withdraw_consent(stranger.actor, consent.pk)
        assert refused.value.kind is RefusalKind.MISSING


@pytest.mark.act("consultation.join")
def test_join_needs_the_consent_and_is_idempotent(cast: Cast) -> None:
    made = cast.consultation(consented=False)
    with pytest.raises(Refusal) as refused:
        actions.join(cast.anna.actor, made.pk)
    assert refused.value.code == "consultation.consent_needed"
    actions.give_consent(cast.anna.actor, cast.anna.card.pk, cast.clinic.pk)
    assert actions.join(cast.anna.actor, made.pk) == actions.join(cast.anna.actor, made.pk)
    with pytest.raises(Refusal) as refused:
        actions.join(cast.gleb.actor, made.pk)
    assert refused.value.kind is RefusalKind.MISSING


def test_withdrawing_while_the_doctor_acts_ends_in_one_order(
    committed_db: None, cast: Cast, clock: Clock
) -> None:
    first, second = builders.slots(cast.boris.doctor, 2)
    made = [cast.consultation(at=first), cast.consultation(consented=False, at=second)]
    clock.set(second.starts_at)
    consent = Consent.objects.get(patient=cast.anna.card)
    outcomes = race(
        partial(actions.withdraw_consent, cast.anna.actor, consent.pk),
        *[partial(actions.begin, cast.boris.actor, one.pk) for one in made],
        partial(actions.miss, cast.boris.actor, made[0].pk),
        partial(actions.give_consent, cast.anna.actor, cast.anna.card.pk, cast.clinic.pk),
    )
    assert not [
        one for one in outcomes[1:] if not isinstance(one, Consultation | Consent | Refusal)
    ]
    assert isinstance(outcomes[0], list), outcomes
    assert not Consultation.objects.filter(state__in=["scheduled", "in_progress"]).exists()

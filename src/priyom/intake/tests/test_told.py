"""Every change is told: hand-over, no-show, a withdrawn consent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from priyom.consultations.models import Consent, Consultation
from priyom.intake import actions
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


def addressees(made: Consultation, event: str) -> set[str]:
    """Who got a letter of that event about this consultation."""
    found = Notice.objects.filter(about=made.pk, key__startswith=event)
    return set(found.values_list("to", flat=True))


def test_hand_over_is_told_to_the_colleague_and_the_patient(cast: Cast) -> None:
    made = cast.consultation()
    actions.hand_over(cast.boris.actor, made.pk, cast.darya.doctor.pk, "Ухожу на вызов")
    assert addressees(made, "handed-over") == {cast.darya.doctor.email, cast.anna.card.email}


def test_hand_over_that_is_refused_tells_nobody(cast: Cast) -> None:
    made = cast.consultation()
    with pytest.raises(Refusal):
        actions.hand_over(cast.vera.actor, made.pk, cast.darya.doctor.pk, "x")
    assert not addressees(made, "handed-over")


def test_no_show_is_told_to_the_patient(cast: Cast, clock: Clock) -> None:
    made = cast.consultation()
    clock.set(made.starts_at + timedelta(minutes=10))
    actions.miss(cast.boris.actor, made.pk)
    assert addressees(made, "missed") == {cast.anna.card.email}


def test_withdrawn_consent_frees_the_doctor_who_hears_of_it(cast: Cast) -> None:
    made = cast.consultation()
    actions.withdraw_consent(cast.anna.actor, Consent.objects.get(patient=cast.anna.card).pk)
    assert cast.boris.doctor.email in addressees(made, "cancelled")
    assert Consultation.objects.get(pk=made.pk).state == "cancelled"

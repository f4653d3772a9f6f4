"""What tests are made of does not depend on the hour at which they run."""

from __future__ import annotations

from datetime import timedelta

from priyom.kernel import words
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock


def test_free_times_are_of_one_day_at_any_hour(cast: Cast, clock: Clock) -> None:
    clock.set(words.moscow(clock.instant).replace(hour=0, minute=55))
    for _ in range(24):
        clock.forward(hours=1)
        made = builders.slots(cast.boris.doctor, 6)
        tomorrow = words.moscow(clock.instant).date() + timedelta(days=1)
        assert {words.moscow(one.starts_at).date() for one in made} == {tomorrow}
        assert words.moscow(made[-1].ends_at - timedelta(seconds=1)).date() == tomorrow
        for one in made:
            one.delete()

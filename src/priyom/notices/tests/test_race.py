"""Several workers at one letter: it goes out once."""

from __future__ import annotations

from functools import partial

from django.core import mail

from priyom.kernel.ids import uuid7
from priyom.notices import actions
from priyom.notices.letter import Letter
from priyom.testing.race import race


def test_eight_workers_send_one_letter_once(committed_db: None) -> None:
    letter = Letter("Время назначено", "Здравствуйте", "<p>Здравствуйте</p>")
    notice = actions.queue(uuid7(), "event:1", "anna@example.ru", letter, uuid7())
    outcomes = race(*[partial(actions.deliver, notice.pk)] * 6, *[actions.sweep] * 2)
    assert sum(bool(one) for one in outcomes if not isinstance(one, Exception)) == 1
    assert len(mail.outbox) == 1
    assert not [one for one in outcomes if isinstance(one, Exception)]

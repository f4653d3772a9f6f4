"""Each entry of the log has its sentence, each refusal its words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from priyom.chat import rules
from priyom.chat.wire import REFUSALS
from priyom.consultations.rules import PEOPLE_SEND, EntryKind
from priyom.kernel.words import NBSP

AT = datetime(2026, 11, 23, 11, 52, tzinfo=UTC)
STARTS = "2026-11-24T11:20:00+00:00"
DATA: dict[EntryKind, dict[str, Any]] = {
    EntryKind.OPENED: {"starts_at": STARTS},
    EntryKind.RESCHEDULED: {"starts_at": STARTS, "before": "2026-11-25T07:00:00+00:00"},
    EntryKind.HANDED_OVER: {"to": "Лебедева Дарья Олеговна"},
    EntryKind.CALL_ENDED: {"outcome": "ended", "seconds": 432},
}


def told(kind: EntryKind, body: str = "", today: date = date(2026, 11, 20), **data: Any) -> str:
    return rules.sentence(kind, rules.Told(body, DATA.get(kind, {}) | data, AT, today))


@pytest.mark.parametrize("kind", sorted(EntryKind))
def test_what_people_send_has_no_sentence_and_acts_have_one(kind: EntryKind) -> None:
    is_own_words = kind in PEOPLE_SEND and kind is not EntryKind.CALL
    assert bool(told(kind)) is not is_own_words


def test_sentences() -> None:
    assert told(EntryKind.OPENED) == (f"Чат открыт. Консультация 24{NBSP}ноября, 14:20{NBSP}(МСК)")
    assert told(EntryKind.COMPLETED) == "Чат закрыт: врач подписал заключение 23.11 в 14:52"
    assert told(EntryKind.RESCHEDULED, today=date(2026, 11, 24)) == (
        f"Консультация перенесена на сегодня, 14:20{NBSP}(МСК). Было: завтра, 10:00"
    )
    assert told(EntryKind.RESCHEDULED, "Врача не будет", today=date(2026, 11, 24)) == (
        f"Консультация перенесена на сегодня, 14:20{NBSP}(МСК). Было: завтра, 10:00."
        " Причина: Врача не будет"
    )
    assert told(EntryKind.HANDED_OVER, "Нужен кардиолог") == (
        "Консультацию теперь ведёт врач Лебедева Дарья Олеговна. Причина: Нужен кардиолог"
    )
    assert told(EntryKind.CALL) == "Видеозвонок начат в 14:52"
    assert told(EntryKind.CALL_ENDED) == "Видеозвонок завершён, длился 7:12"
    assert told(EntryKind.CALL_ENDED, outcome="missed") == "Пропущенный видеозвонок в 14:52"
    assert told(EntryKind.CANCELLED, "Выздоровела") == (
        "Консультация отменена 23.11 в 14:52. Причина: Выздоровела"
    )


def test_states_of_an_own_message() -> None:
    assert [rules.state_words(seq, 2, 1) for seq in (1, 2, 3)] == [
        "прочитано", "доставлено", "отправлено",
    ]  # fmt: skip


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_says_what_to_do(code: str) -> None:
    refusal = rules.refusal(code)
    assert refusal.text == REFUSALS[code]
    assert refusal.text.endswith(".")

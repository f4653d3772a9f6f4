"""No text box where nobody can answer: each state and side says why, since when, what instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from priyom.conclusions.tests.talks import Talk, begun
from priyom.consultations import actions as consultations
from priyom.consultations.models import Consent
from priyom.intake import actions as intake
from priyom.kernel import words
from priyom.kernel.clock import MOSCOW
from priyom.portal.tests.pages import forms, text_of
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

pytestmark = pytest.mark.django_db
REGISTRY = "tel:+78125550000"


def _formed(talk: Talk) -> None:
    talk.formed()


def _signed(talk: Talk) -> None:
    talk.signed()


def _cancelled(talk: Talk) -> None:
    consultations.cancel(talk.cast.vera.actor, talk.id, "Врач заболел")


def _dropped(talk: Talk) -> None:
    consultations.cancel(talk.cast.anna.actor, talk.id, "Уже лучше")


def _withdrawn(talk: Talk) -> None:
    intake.withdraw_consent(talk.cast.anna.actor, Consent.objects.get().pk)


def _missed(talk: Talk) -> None:
    talk.clock.forward(minutes=11)
    consultations.miss(talk.doctor, talk.id)


def _returned(talk: Talk) -> None:
    intake.return_(talk.doctor, talk.id, "Нужен другой врач")


ORDER = "/desk/patients/{patient}/order/"
NEW = "/my/requests/new/"
CASES: list[tuple[Callable[[Talk], None], str, str, str]] = [
    (_formed, "anna", "Врач подписывает заключение, чат остановлен", REGISTRY),
    (_formed, "boris", "Заключение ждёт вашей подписи, чат остановлен",
     "/desk/consultations/{id}/conclusion/review/"),
    (_signed, "anna", "Консультация завершена: врач подписал заключение", NEW),
    (_signed, "boris", "Заключение подписано, чат закрыт",
     "/desk/consultations/{id}/conclusion/"),
    (_cancelled, "anna", "Поликлиника отменила консультацию", REGISTRY),
    (_cancelled, "boris", "Консультация отменена регистратурой", ORDER),
    (_dropped, "anna", "Консультация отменена", NEW),
    (_dropped, "boris", "Консультация отменена пациентом", ORDER),
    (_withdrawn, "anna", "Консультация отменена", NEW),
    (_withdrawn, "boris", "Консультация отменена вместе с согласием", ORDER),
    (_missed, "anna", "Консультация не состоялась:", NEW),
    (_missed, "boris", "Пациент не пришёл, чат закрыт", ORDER),
    (_returned, "anna", "Врач вернул заявку в регистратуру", REGISTRY),
    (_returned, "boris", "Вы вернули заявку в журнал", "/desk/day/"),
]  # fmt: skip


def _talk(cast: Cast, clock: Clock, how: Callable[[Talk], None]) -> Talk:
    """Begin, but for what can only be returned before."""
    if how is not _returned:
        return begun(cast, clock)
    row = cast.consultation()
    clock.set(row.starts_at)
    return Talk(cast, row, clock)


@pytest.mark.parametrize(
    ("how", "name", "why", "button"), CASES, ids=[f"{one[0].__name__}-{one[1]}" for one in CASES]
)
def test_each_state_says_why_and_what_to_do(
    cast: Cast, clock: Clock, settings: Any, how: Callable[[Talk], None], name: str, why: str,
    button: str,
) -> None:  # fmt: skip
    settings.DEMO = True
    talk = _talk(cast, clock, how)
    consultations.join(cast.anna.actor, talk.id)
    how(talk)
    browser = visit(getattr(cast, name))
    root = "my" if name == "anna" else "desk"
    page = f"/{root}/consultations/{talk.id}/"
    answer = browser.get(page)
    place = answer.content.decode().split('class="composer-closed"')[1].split("</div>")[0]
    since = words.promise(clock.instant, clock.instant.astimezone(MOSCOW).date())
    text = text_of(answer)
    assert why in text
    assert since in place, "since when"
    assert f'href="{button.format(id=talk.id, patient=cast.anna.card.pk)}"' in place
    assert not [one for one in forms(browser, page) if one.action.endswith("/say/")]
    assert browser.post(f"{page}say/", {"text": "поздно", "key": "1"}).status_code == 409
    assert not talk.now().entries.filter(body="поздно").exists()


def test_the_button_leads_somewhere(cast: Cast, clock: Clock, settings: Any) -> None:
    settings.DEMO = True
    talk = begun(cast, clock)
    talk.formed()
    review = f"/desk/consultations/{talk.id}/conclusion/review/"
    assert visit(cast.boris).get(review).status_code == 200
    assert visit(cast.anna).get(NEW).status_code == 200
    order = ORDER.format(patient=cast.anna.card.pk)
    assert visit(cast.boris).get(order).status_code == 200


def test_before_the_consent_the_doctor_has_no_box_either(cast: Cast, clock: Clock) -> None:
    page = f"/desk/consultations/{cast.consultation(consented=False).pk}/"
    browser = visit(cast.boris)
    text = text_of(browser.get(page))
    assert "Пациент ещё не подписал согласие, ждём с записи: сегодня," in text
    assert REGISTRY in browser.get(page).content.decode()
    assert not [one for one in forms(browser, page) if one.action.endswith("/say/")]
    consultations.give_consent(cast.anna.actor, cast.anna.card.pk, cast.clinic.pk)
    assert [one for one in forms(browser, page) if one.action.endswith("/say/")]


def test_before_the_consent_the_patient_has_its_page(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    browser = visit(cast.anna)
    text = text_of(browser.get(f"/my/consultations/{row.pk}/"))
    assert "Чат откроется, когда вы согласитесь." in text
    assert "Согласиться и открыть чат" in text


def test_the_registry_has_no_box_at_all(cast: Cast) -> None:
    row = cast.consultation(consented=False)
    assert not [
        one
        for one in forms(visit(cast.vera), f"/desk/booked/{row.pk}/")
        if one.action.endswith("/say/")
    ]

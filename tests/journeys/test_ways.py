"""The chat where the network lets only some ways through: WebSocket, events, polls."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import steps_call, steps_talk
from tests.journeys.stage import Stage
from tests.journeys.times import connect

pytestmark = pytest.mark.journeys

PATIENT, DOCTOR = "Иванова Анна", "sokolova"
SPARE = "Связь через запасной канал, сообщения доходят"
MANY = 12
OLDER = "delete AbortSignal.any; delete AbortSignal.timeout"
"""Makes a browser one of 2021 in what the ways need: iOS 15 has neither."""
_TALK = """
SELECT c.id FROM consultations_consultation c
JOIN consultations_member p ON p.consultation_id = c.id AND p.side = 'patient'
JOIN consultations_member d ON d.consultation_id = c.id AND d.side = 'doctor' AND d.until IS NULL
JOIN accounts_account a ON a.id = d.account_id
WHERE c.state = 'in_progress' AND p.name LIKE %s AND a.login = %s
"""


@pytest.mark.parametrize("way", ["websocket", "sse", "polling"])
def test_the_talk_goes_on(stage: Stage, way: str) -> None:
    talk = _talk(stage)
    patient, doctor = stage.patient(PATIENT), stage.staff(DOCTOR)
    patient.context.add_init_script(OLDER)
    for page, portal in ((patient, "my"), (doctor, "desk")):
        _let_through(page.context, way)
        page.goto(stage.url(f"/{portal}/consultations/{talk}/"))
        _goes_by(page, way)
    stage.look(patient, f"{way}-patient", full=False, quick=True)
    stage.look(doctor, f"{way}-doctor", full=False, quick=True)

    steps_talk.say(patient, f"Здравствуйте, пишу через {way}")
    steps_talk.hears(doctor, f"пишу через {way}")
    steps_talk.said(patient, f"пишу через {way}", "прочитано")
    steps_talk.sees_typing(doctor, patient)
    for n in range(MANY):
        steps_talk.say(doctor, f"{way}: вопрос {n} из многих")
    steps_talk.hears(patient, f"{way}: вопрос {MANY - 1} из многих")
    _loses_network(patient, doctor, f"Пишу без сети через {way}")
    _goes_by(patient, way)
    _nothing_lost_or_doubled(stage, talk, patient, doctor)

    doctor.get_by_role("button", name="Позвонить по видео").click()
    patient.get_by_role("button", name="С видео").click()
    steps_call.frames(patient)
    steps_call.frames(doctor)
    doctor.get_by_role("button", name="Завершить звонок").click()
    expect(patient.locator("[data-call-stage]")).to_be_hidden()


def test_websocket_is_taken_again_when_it_is_let_through(stage: Stage) -> None:
    talk, patient = _talk(stage), stage.patient(PATIENT)
    _let_through(patient.context, "sse")
    patient.goto(stage.url(f"/my/consultations/{talk}/"))
    _goes_by(patient, "sse")
    patient.reload()
    _goes_by(patient, "sse")  # the tab remembers it
    patient.clock.install()
    patient.reload()
    _goes_by(patient, "sse")
    patient.context.unroute_all()
    steps_talk.say(patient, "Пишу, пока канал меняется")
    steps_talk.said(patient, "Пишу, пока канал", "отправлено")
    _let_through(patient.context, "websocket")
    patient.clock.fast_forward(31_000)
    _goes_by(patient, "websocket")
    steps_talk.said(patient, "Пишу, пока канал", "отправлено")


def _talk(stage: Stage) -> UUID:
    with connect(stage.region) as base:
        found = base.execute(_TALK, (f"{PATIENT}%", DOCTOR)).fetchone()
    assert found is not None
    talk: UUID = found[0]
    return talk


def _loses_network(writer: Page, reader: Page, words: str) -> None:
    """What is written without a network waits and arrives once."""
    writer.context.set_offline(True)
    expect(writer.locator(".offline")).to_be_visible(timeout=30_000)
    steps_talk.say(writer, words)
    steps_talk.said(writer, words, "ждёт сети")
    writer.context.set_offline(False)
    steps_talk.hears(reader, words)
    steps_talk.said(writer, words, "прочитано")
    writer.reload()
    expect(writer.locator(".bubble.mine", has_text=words)).to_have_count(1)


def _let_through(context: BrowserContext, way: str) -> None:
    """Be a network that breaks whatever is quicker than this way."""
    context.route_web_socket(
        re.compile(r"/ws$"),
        (lambda line: line.connect_to_server() and None)
        if way == "websocket"
        else (lambda line: line.close(code=1006 + 2000, reason="")),
    )
    if way == "polling":
        context.route("**/live/stream", lambda route: route.abort("connectionreset"))


def _goes_by(page: Page, way: str) -> None:
    """The chat is up by this way, and says so quietly when it is a spare one."""
    expect(page.locator("ol.thread[data-line=up]")).to_have_attribute(
        "data-way", way, timeout=30_000
    )
    note = page.locator("[data-chat-way]")
    if way == "websocket":
        expect(note).to_be_hidden()
    else:
        expect(note).to_have_text(SPARE)


def _nothing_lost_or_doubled(stage: Stage, talk: UUID, *pages: Page) -> None:
    """Each page shows each number of the log once, in order, up to its end."""
    with connect(stage.region) as base:
        row = base.execute(
            "SELECT last_seq FROM consultations_consultation WHERE id = %s", (talk,)
        ).fetchone()
    assert row is not None
    for page in pages:
        shown = page.locator("ol.thread > li[data-seq]").evaluate_all(
            "(lines) => lines.map((one) => Number(one.dataset.seq))"
        )
        assert shown == list(range(shown[0], row[0] + 1))
        expect(page.locator("ol.thread > li:not([data-seq])[data-key]")).to_have_count(0)

"""A video call: rings, connects, both see and hear each other, leave, come back, end."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.stage import Stage

CONNECTED = 30_000
FRAMES = 20


def frames(page: Page) -> None:
    """More than twenty frames of the other side were drawn here; its sound is on the way."""
    page.wait_for_function(
        f"""() => {{
            const other = document.querySelector("[data-call-other]");
            const seen = other?.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
            const sound = other?.srcObject?.getAudioTracks() ?? [];
            return seen > {FRAMES} && sound.some((one) => one.readyState === "live" && !one.muted);
        }}""",
        timeout=CONNECTED,
    )


def counted(page: Page) -> int:
    """Return how many frames of the other side were drawn so far."""
    script = """() => document.querySelector("[data-call-other]")
        .getVideoPlaybackQuality().totalVideoFrames"""
    return int(page.evaluate(script))


def dark(page: Page) -> None:
    """The other side's picture is black: the camera is off there."""
    page.wait_for_function(
        """() => {
            const other = document.querySelector("[data-call-other]");
            if (!other || !other.videoWidth) return false;
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 16;
            const pen = canvas.getContext("2d");
            pen.drawImage(other, 0, 0, 16, 16);
            return pen.getImageData(0, 0, 16, 16).data.every((one, at) => at % 4 === 3 || one < 16);
        }""",
        timeout=CONNECTED,
    )


def silent(page: Page) -> None:
    """Our own microphone gives nothing."""
    page.wait_for_function(
        """() => document.querySelector("[data-call-own]").srcObject
            .getAudioTracks().every((one) => !one.enabled)"""
    )


def call(stage: Stage, doctor: Page, patient: Page) -> None:
    """Walk one whole call; both pages stay loaded all the time."""
    doctor.get_by_role("button", name="Позвонить по видео").click()
    expect(patient.get_by_text("Врач приглашает на видеосвязь")).to_be_visible(timeout=CONNECTED)
    stage.look(patient, "call-rings", full=False)
    stage.look(doctor, "call-ringing", full=False, quick=True)
    patient.get_by_role("button", name="С видео").click()
    frames(patient)
    frames(doctor)
    expect(patient.locator("[data-call-words]")).to_have_text("На связи")
    stage.look(patient, "call-patient", full=False)
    stage.look(doctor, "call-doctor", full=False)

    patient.get_by_role("button", name="Микрофон").click()
    silent(patient)
    patient.get_by_role("button", name="Камера").click()
    dark(doctor)
    stage.look(doctor, "call-camera-off", full=False, quick=True)
    patient.get_by_role("button", name="Камера").click()

    patient.get_by_role("button", name="Выйти из звонка").last.click()
    expect(patient.get_by_role("button", name="Вернуться в звонок")).to_be_visible()
    stage.look(patient, "call-left", full=False)
    patient.get_by_role("button", name="Вернуться в звонок").click()
    frames(patient)
    before = counted(doctor)
    doctor.wait_for_function(
        "(before) => document.querySelector('[data-call-other]')"
        ".getVideoPlaybackQuality().totalVideoFrames !== before",
        arg=before,
        timeout=CONNECTED,
    )
    doctor.get_by_role("button", name="Завершить звонок").click()
    for page in (doctor, patient):
        note = page.locator(".thread-note[data-kind=call_ended]")
        expect(note).to_have_text(re.compile(r"Видеозвонок завершён, длился \d+:\d\d"))
        expect(page.locator("[data-call-stage]")).to_be_hidden()

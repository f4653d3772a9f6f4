"""One afternoon of one polyclinic, committed, so that every address has something real to show.

Анна has a signed conclusion, one that waits for its signature, a talk under way with a sent photo
and a ringing call, a booked time, and a request; her son has a booked time without a consent.
Глеб, Дарья and Нина have nothing to do with any of it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import time, timedelta
from uuid import UUID

from django.test import Client
from PIL import Image

from priyom.aftercare import actions as aftercare
from priyom.aftercare.links import seal_of
from priyom.archive import actions as archive
from priyom.archive.rules import BundleKind
from priyom.calls import actions as calls
from priyom.chat.actions import add_phrase
from priyom.conclusions.actions import keep_template, take
from priyom.conclusions.models import Conclusion
from priyom.conclusions.tests.talks import Talk
from priyom.consultations import actions as consultations
from priyom.consultations import log
from priyom.consultations.models import Consent, Consultation
from priyom.consultations.tests.said import said
from priyom.consultations.tests.test_log import send
from priyom.files.actions import receive
from priyom.intake import actions as intake
from priyom.intake.models import Telling
from priyom.kernel import words
from priyom.notices.models import Notice
from priyom.patients.actions import add_detail, merge
from priyom.patients.details import DetailData, DetailKind
from priyom.patients.models import Double
from priyom.registry.models import Registration
from priyom.schedule import actions as schedule
from priyom.schedule.plan import Change, Stretch, Turn
from priyom.testing import builders
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

SECRET = "кашельканарейка"
"""A word of a complaint that must stay inside the house."""


def photo(colour: str = "teal", size: tuple[int, int] = (800, 600)) -> bytes:
    """Return a JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Scene:
    """The cast, the keys of what they made, and their browsers."""

    cast: Cast
    clock: Clock
    ids: dict[str, UUID] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=lambda: {"waits": "asked", "bundle": "zip"})

    def browser(self, name: str) -> Client:
        """Return a new browser of somebody of the cast; «nobody» has not signed in."""
        if name == "nobody":
            return Client()
        return visit(getattr(self.cast, name))


def build(cast: Cast, clock: Clock) -> Scene:
    """Make the afternoon; the clock ends two minutes after the talk under way began."""
    scene = Scene(cast, clock)
    times = builders.slots(cast.boris.doctor, 8)
    builders.consent(cast.anna.card, cast.clinic)
    planned = _booked_by_request(scene, times[6].pk)
    rows = [cast.consultation(consented=False, at=time) for time in times[:3]]
    child = builders.consultation(cast.vera.actor, cast.petya, cast.boris.doctor, at=times[7])
    late = cast.consultation(consented=False, at=times[3])
    for row, act in zip(rows, (_sign, _form, _talk), strict=True):
        clock.set(row.starts_at + timedelta(minutes=2))
        consultations.begin(cast.boris.actor, row.pk)
        act(scene, row)
    _wait(scene, late)
    asked, taken, declined = (
        builders.request(
            cast.anna.card, cast.clinic, asked_by=cast.anna.account.pk, complaint=f"Опять {SECRET}"
        )
        for _ in range(3)
    )
    intake.take(cast.vera.actor, taken.pk)
    intake.take(cast.vera.actor, declined.pk)
    intake.decline(cast.vera.actor, declined.pk, "Приходите на приём")
    schedule.block(cast.vera.actor, times[5].pk)
    darya, today = cast.darya.doctor.pk, words.moscow(clock.instant).date()
    hours = schedule.add_hours(cast.inna.actor, darya, Stretch(1, time(9), time(12)))
    off = schedule.deviate(cast.inna.actor, darya, Change(today, today, Turn.OFF))
    scene.ids |= _away(scene) | _offered(scene) | _doubles(scene) | _represented(cast)
    scene.ids |= _untold(scene) | {
        "signed": rows[0].pk,
        "formed": rows[1].pk,
        "live": rows[2].pk,
        "planned": planned.pk,
        "child": child.pk,
        "late": late.pk,
        "request": asked.pk,
        "taken": taken.pk,
        "declined": declined.pk,
        "blocked": times[5].pk,
        "patient": cast.anna.card.pk,
        "slot": times[4].pk,
        "hours": hours.pk,
        "deviation": off.pk,
        "consent": Consent.objects.get(patient=cast.anna.card).pk,
        "notice": _failed_letter(),
        "detail": _second_phone(scene),
        "phrase": add_phrase(cast.boris.actor, "Приветствие", "Здравствуйте"),
    }
    scene.codes |= {"figure": "planned", "number": asked.number, "token": _link(scene, taken.pk)}
    return scene


def _booked_by_request(scene: Scene, slot: UUID) -> Consultation:
    cast = scene.cast
    asked = builders.request(
        cast.anna.card, cast.clinic, asked_by=cast.anna.account.pk, complaint=f"Давно {SECRET}"
    )
    intake.take(cast.vera.actor, asked.pk)
    choice = intake.Choice(cast.anna.card.pk, slot, "anna@mail.example")
    return intake.book(cast.vera.actor, asked.pk, choice)


def _untold(scene: Scene) -> dict[str, UUID]:
    """Return what must be told by phone: somebody without an address was refused."""
    quiet = builders.request(scene.cast.anna.card, scene.cast.clinic, email="")
    intake.take(scene.cast.vera.actor, quiet.pk)
    intake.decline(scene.cast.vera.actor, quiet.pk, "Приходите на приём")
    return {"telling": Telling.objects.get(request=quiet).pk}


def _sign(scene: Scene, row: Consultation) -> None:
    talk = Talk(scene.cast, row, scene.clock)
    signed = talk.signed(
        complaints=f"Сухой {SECRET}", recommendations=f"Пить тёплое\nПриём через 3 дня: {SECRET}"
    )
    link = aftercare.share(scene.cast.anna.actor, row.pk, 1)
    checked = take("192.0.2.9", b"%PDF-1.4", "")
    scene.codes["which"] = "doctor-xml"
    scene.codes |= {"code": signed.check_code, "seal": seal_of(link.pk), "inspection": checked}
    kept = keep_template(scene.cast.boris.actor, "ОРВИ", {"recommendations": "Питьё"})
    scene.ids |= {"share": link.pk, "template": kept.pk}
    scene.ids["conclusion"] = signed.pk
    for who, actor in (("own", scene.cast.anna.actor), ("desk", scene.cast.boris.actor)):
        bundle = archive.ask(actor, row.pk, BundleKind.TRANSCRIPT)
        archive.pack(bundle.pk)
        scene.ids[f"{who}_bundle"] = bundle.pk
    refused = Registration.objects.create(
        conclusion=signed,
        organisation=signed.organisation,
        state="refused",
        next_attempt_at=scene.clock.instant,
        queued_at=scene.clock.instant,
        reason="СНИЛС пациента в документе указан с ошибкой.",
    )
    scene.ids["registration"] = refused.pk


def _form(scene: Scene, row: Consultation) -> None:
    formed: Conclusion = Talk(scene.cast, row, scene.clock).formed()
    scene.codes["pdf"] = formed.formed_pdf_id or ""


def _talk(scene: Scene, row: Consultation) -> None:
    cast = scene.cast
    Talk(cast, row, scene.clock).written()
    consultations.join(cast.anna.actor, row.pk)
    blob, name = receive(io.BytesIO(photo()), "горло.jpg")
    Consent.objects.filter(patient=cast.anna.card).update(scan=blob)
    sent = consultations.attach(cast.anna.actor, row.pk, blob, name)
    unsent = consultations.attach(cast.anna.actor, row.pk, blob, "черновик.jpg")
    said = log.Item(row.pk, cast.anna.account.pk, "1", "file", f"Вот {SECRET}", files=(sent.pk,))
    assert [answer.verdict for answer in send(said)] == [log.Verdict.STORED]
    ringing = calls.ring(cast.boris.actor, row.pk)
    scene.ids |= {"file": sent.pk, "unsent": unsent.pk, "call": ringing.pk}


def _wait(scene: Scene, row: Consultation) -> None:
    """Let Анна send what was asked for, days ago, and nobody answer."""
    scene.clock.forward(days=-14)
    consultations.ask(scene.cast.boris.actor, row.pk, "Снимок, пожалуйста")
    said(row, "patient")
    scene.clock.forward(days=14)


def _away(scene: Scene) -> dict[str, UUID]:
    """Let Дарья be away: of one day Анна is not told yet, of another she was asked to choose."""
    cast, made = scene.cast, []
    for ahead in (20, 22):
        begin = scene.clock.instant + timedelta(days=ahead)
        (time_of_anna,) = builders.slots(cast.darya.doctor, 1, begins=begin)
        builders.consultation(cast.vera.actor, cast.anna.card, cast.darya.doctor, at=time_of_anna)
        on = words.moscow(begin).date()
        away = intake.Away(cast.darya.doctor.pk, on, on, "Дела")
        made.append(intake.prepare_absence(cast.vera.actor, away))
    prepared, told = made
    intake.tell_absence(cast.vera.actor, told.pk)
    return {"absence": prepared.pk, "transfer": told.transfers.get().pk}


def _second_phone(scene: Scene) -> UUID:
    data = DetailData(DetailKind.PHONE, "own", "9215550000")
    return add_detail(scene.cast.vera.actor, scene.cast.anna.card.pk, data).pk


def _offered(scene: Scene) -> dict[str, UUID]:
    """Let Анна be offered a time for one request; another of hers waits."""
    cast = scene.cast
    begin = scene.clock.instant + timedelta(days=12)
    (kept,) = builders.slots(cast.boris.doctor, 1, begins=begin)
    offered, waits = (
        builders.request(cast.anna.card, cast.clinic, asked_by=cast.anna.account.pk)
        for _ in range(2)
    )
    made = intake.propose(cast.vera.actor, offered.pk, kept.pk)
    return {"proposal": made.pk, "waits": waits.pk}


def _doubles(scene: Scene) -> dict[str, UUID]:
    """Let Анна have a hasty second card that waits for a decision, and a third one merged."""
    cast, anna = scene.cast, scene.cast.anna.card
    name = (anna.family, anna.given, anna.patronymic)
    none = {"snils": None, "enp": None, "is_temporary": True}
    second, third = (
        builders.patient(name, anna.birth_on, "f", cast.clinic, **none) for _ in range(2)
    )
    merged = merge(cast.vera.actor, anna.pk, third.pk, ())
    pair = Double.objects.create(
        one_id=min(anna.pk, second.pk), other_id=max(anna.pk, second.pk), chance=0.99, bits=9.0,
        levels={"birth": [2, 14.5]}, found_at=scene.clock.instant,
    )  # fmt: skip
    return {"double": pair.pk, "merge": merged.pk}


def _represented(cast: Cast) -> dict[str, UUID]:
    return {"gleb": cast.gleb.card.pk, "bond": cast.petya.representatives.get().pk}


def _link(scene: Scene, request: UUID) -> str:
    """Let Анна be asked by a link whether an address is hers; return the link's secret."""
    cast = scene.cast
    intake.ask_address(cast.vera.actor, request, cast.anna.card.pk, "anna.new@mail.example")
    text = Notice.objects.get(key__startswith="address:").text
    return text.split("/my/address/", 1)[1].split("/", 1)[0]


def _failed_letter() -> UUID:
    letter = Notice.objects.order_by("queued_at").first()
    assert letter is not None, "booking by a request sends letters"
    Notice.objects.filter(pk=letter.pk).update(state="failed", failure="550")
    return letter.pk

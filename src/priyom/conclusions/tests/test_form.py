"""Forming fixes the paper and freezes the chat, both or neither; revising opens both again."""

from __future__ import annotations

import io

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from priyom.conclusions import actions, content, queries
from priyom.conclusions.models import Conclusion
from priyom.conclusions.rules import Incomplete, Stale
from priyom.conclusions.tests.talks import FILLED, Talk
from priyom.consultations import actions as consultations
from priyom.files import actions as files
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.testing.race import race


def text_of(pdf: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.replace("\N{ZERO WIDTH SPACE}", "").split())


@pytest.mark.act("conclusion.form")
@pytest.mark.act("consultation.form")
def test_form_fixes_the_paper_and_freezes_the_chat(talk: Talk) -> None:
    row = talk.formed()
    assert (row.state, talk.now().state) == ("formed", "concluding")
    assert row.formed_pdf is not None
    text = text_of(files.read(row.formed_pdf))
    for part in (talk.row.number, "Иванова Анна Сергеевна", "J06.9", "Климов Борис Андреевич"):
        assert part in text, part
    assert row.certificate_serial in text
    assert "ЧЕРНОВИК" not in text


@pytest.mark.act("conclusion.form")
def test_form_names_every_missing_field(talk: Talk) -> None:
    revision = actions.save(talk.doctor, talk.id, {"temperature": "жар"}, 0).revision
    with pytest.raises(Incomplete) as refused:
        actions.form(talk.doctor, talk.id, revision)
    assert set(refused.value.problems) == {
        "complaints", "diagnosis", "recommendations", "temperature",
    }  # fmt: skip
    assert talk.now().state == "in_progress"


def test_form_of_nothing_names_the_fields(talk: Talk) -> None:
    with pytest.raises(Incomplete):
        actions.form(talk.doctor, talk.id, 0)


def test_form_of_an_older_draft_is_refused(talk: Talk) -> None:
    revision = talk.written()
    actions.save(talk.doctor, talk.id, FILLED | {"anamnesis": "другое"}, revision)
    with pytest.raises(Stale):
        actions.form(talk.doctor, talk.id, revision)


def test_without_an_in_person_visit_the_paper_says_preliminary(talk: Talk) -> None:
    row = talk.formed(is_preliminary="")
    assert row.is_preliminary
    assert row.formed_pdf is not None
    text = text_of(files.read(row.formed_pdf))
    assert "Диагноз предварительный" in text
    assert content.NOT_IN_PERSON in text


def test_with_an_in_person_visit_the_paper_says_where(talk: Talk) -> None:
    day = talk.clock.instant.date().isoformat()
    row = talk.formed(in_person_on=day, in_person_by="Петров П. П.", in_person_place="П-ка № 107")
    assert not row.is_preliminary
    assert row.formed_pdf is not None
    text = text_of(files.read(row.formed_pdf))
    assert "Диагноз установлен на очном приёме" in text
    assert "Петров П. П., П-ка № 107." in text
    assert "предварительный" not in text


def test_treatment_without_an_in_person_visit_is_refused_by_all(talk: Talk) -> None:
    with pytest.raises(Incomplete) as refused:
        talk.formed(treatment="Доза вдвое")
    assert set(refused.value.problems) == {"treatment"}
    assert talk.now().state == "in_progress"
    with pytest.raises(IntegrityError) as kept, transaction.atomic():
        Conclusion.objects.update(state="formed", formed_pdf=files.keep(b"%PDF", "application/pdf"))
    assert "conclusions_treatment" in str(kept.value)


def test_the_paper_has_each_section_that_was_written(talk: Talk) -> None:
    written = {
        "life_anamnesis": "Курит", "pulse": "72 80", "opinion": "Течение лёгкое",
        "nature": "acute", "severity": "satisfactory",
        "complications": "J18.9 Пневмония", "concomitant": "I10\nМиопия",
        "examinations": "Клинический анализ крови", "visit_advice": "Через три дня",
        "urgent": "Судороги", "observed": "Бледен", "treatment": "Доза вдвое",
        "in_person_on": talk.clock.instant.date().isoformat(), "in_person_by": "Петров П. П.",
        "in_person_place": "П-ка № 107", "is_preliminary": "1",
    }  # fmt: skip
    row = talk.formed(**written)
    assert row.formed_pdf is not None
    text = text_of(files.read(row.formed_pdf))
    for part in (
        "Анамнез жизни Курит", "ЧСС 72 → 80 в мин", "Заключение Течение лёгкое",
        "Характер заболевания: острое.", "Осложнения: J18.9 Пневмония.",
        "Сопутствующие: I10; Миопия.", "Рекомендованные обследования Клинический анализ крови",
        "Очный приём Через три дня", "Судороги", "Коррекция лечения Доза вдвое", "Бледен",
        "Диагноз предварительный",
    ):  # fmt: skip
        assert part in text, (part, text)


def test_only_ticked_files_of_this_talk_are_named(talk: Talk) -> None:
    names = ("Анализ.pdf", "Рентген.pdf")
    seen, unseen = (talk.sent(name) for name in names)
    row = talk.formed(materials=f"{seen} {uuid7()}")
    assert row.formed_pdf is not None
    text = text_of(files.read(row.formed_pdf))
    assert "Изученные материалы Анализ.pdf" in text
    assert "Рентген.pdf" not in text
    found, ticked = queries.materials(talk.doctor, talk.id)
    assert [one.key for one in found] == [str(seen), str(unseen)]
    assert str(seen) in ticked
    assert str(unseen) not in ticked
    with pytest.raises(Refusal):
        queries.materials(talk.cast.darya.actor, talk.id)


def test_form_before_the_talk_began_is_refused(talk: Talk) -> None:
    other = talk.cast.consultation(consented=False)
    revision = actions.save(talk.doctor, other.pk, FILLED, 0).revision
    with pytest.raises(Refusal) as refused:
        actions.form(talk.doctor, other.pk, revision)
    assert refused.value.kind == "conflict"
    assert Conclusion.objects.get(consultation=other).state == "draft"


def test_form_twice_is_refused(talk: Talk) -> None:
    row = talk.formed()
    with pytest.raises(Refusal) as refused:
        actions.form(talk.doctor, talk.id, row.revision)
    assert "на подписи" in refused.value.text


def test_form_in_two_tabs_happens_once(committed_talk: Talk) -> None:
    talk = committed_talk
    revision = talk.written()
    outcomes = race(*[lambda: actions.form(talk.doctor, talk.id, revision)] * 3)
    assert sum(isinstance(one, Conclusion) for one in outcomes) == 1
    assert all(isinstance(one, Conclusion | Refusal) for one in outcomes), outcomes


@pytest.mark.act("conclusion.revise")
@pytest.mark.act("consultation.revise")
def test_revise_opens_draft_and_chat_again(talk: Talk) -> None:
    talk.formed()
    row = actions.revise(talk.doctor, talk.id)
    assert (row.state, row.formed_pdf_id, row.signer) == ("draft", None, "")
    assert talk.now().state == "in_progress"
    assert talk.formed(complaints="Кашель прошёл").complaints == "Кашель прошёл"


def test_revise_of_a_draft_is_refused(talk: Talk) -> None:
    talk.written()
    with pytest.raises(Refusal) as refused:
        actions.revise(talk.doctor, talk.id)
    assert refused.value.kind == "conflict"


def test_stranger_can_neither_form_nor_revise(talk: Talk) -> None:
    revision = talk.written()
    for actor in (talk.cast.darya.actor, talk.cast.vera.actor, talk.cast.anna.actor):
        with pytest.raises(Refusal) as refused:
            actions.form(actor, talk.id, revision)
        assert refused.value.kind == "missing"
    actions.form(talk.doctor, talk.id, revision)
    with pytest.raises(Refusal) as refused:
        actions.revise(talk.cast.darya.actor, talk.id)
    assert refused.value.kind == "missing"


def test_preview_is_marked_as_a_draft(talk: Talk) -> None:
    talk.written()
    pdf, name = queries.preview(talk.doctor, talk.id)
    assert "Электронной подписи ещё нет" in text_of(pdf)
    assert name == f"chernovik-{talk.row.number}.pdf"
    with pytest.raises(Refusal):
        queries.preview(talk.cast.darya.actor, talk.id)


def test_handed_over_talk_is_formed_by_the_colleague(talk: Talk) -> None:
    revision = talk.written()
    darya = talk.cast.darya
    consultations.hand_over(talk.doctor, talk.id, darya.doctor.pk, "Смена закончилась")
    row = actions.form(darya.actor, talk.id, revision)
    assert row.signer == str(darya.doctor)

"""Signing closes everything at once, happens once, and its bytes prove themselves."""

from __future__ import annotations

from typing import Any

import pytest

from priyom.audit.models import Event
from priyom.conclusions import actions, queries, signer
from priyom.conclusions.models import Conclusion
from priyom.conclusions.tests.talks import Talk
from priyom.consultations.actions import cancel
from priyom.files import actions as files
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.testing.race import race


@pytest.mark.act("conclusion.sign")
@pytest.mark.act("consultation.complete")
def test_sign_completes_the_consultation(talk: Talk) -> None:
    row = talk.signed()
    assert (row.state, talk.now().state) == ("signed", "completed")
    assert row.signed_at == talk.clock.instant
    kinds = list(talk.now().entries.order_by("seq").values_list("kind", flat=True))
    assert kinds[-2:] == ["formed", "completed"]


def test_signed_bytes_verify_and_begin_with_what_was_read(talk: Talk) -> None:
    row = talk.signed()
    assert row.signed_pdf is not None
    assert row.formed_pdf is not None
    signed = files.read(row.signed_pdf)
    assert signed.startswith(files.read(row.formed_pdf))
    verdict = signer.verify(signed, signer.roots())
    assert verdict.is_genuine
    assert (verdict.signer, verdict.serial) == (row.signer, row.certificate_serial)
    assert verdict.signed_at == row.signed_at


def test_patient_is_told_without_a_medical_word(talk: Talk) -> None:
    talk.signed()
    letter = Notice.objects.get(key__startswith="conclusion-signed:")
    assert letter.to == talk.cast.anna.card.email
    assert f"/my/consultations/{talk.id}/conclusion/" in letter.text
    said = (letter.subject + letter.text + letter.html).lower()
    for word in ("орви", "j06", "иванова", "климов", "терап", "кашель", "диагноз"):
        assert word not in said


def test_wrong_address_does_not_hold_up_the_signature(talk: Talk) -> None:
    card = talk.cast.anna.card
    for address in ("", "не адрес"):
        card.email = address
        card.save()
    talk.signed()
    assert not Notice.objects.filter(key__startswith="conclusion").exists()


def test_sign_twice_is_refused_kindly(talk: Talk) -> None:
    row = talk.signed()
    with pytest.raises(Refusal) as refused:
        actions.sign(talk.doctor, talk.id, row.formed_pdf_id or "")
    assert refused.value.status == 409
    assert "подписано" in refused.value.text


def test_two_tabs_sign_once(committed_talk: Talk) -> None:
    talk = committed_talk
    sha256 = talk.formed().formed_pdf_id or ""
    outcomes = race(*[lambda: actions.sign(talk.doctor, talk.id, sha256)] * 3)
    assert sum(isinstance(one, Conclusion) for one in outcomes) == 1, outcomes
    assert [one.status for one in outcomes if isinstance(one, Refusal)] == [409, 409]
    assert Notice.objects.filter(key__startswith="conclusion").count() == 1


def test_sign_and_revise_at_once_leave_one_truth(committed_talk: Talk) -> None:
    talk = committed_talk
    sha256 = talk.formed().formed_pdf_id or ""
    race(
        lambda: actions.sign(talk.doctor, talk.id, sha256),
        lambda: actions.revise(talk.doctor, talk.id),
    )
    row = Conclusion.objects.get(consultation=talk.row)
    assert (row.state, talk.now().state) in {("signed", "completed"), ("draft", "in_progress")}


def test_only_what_was_read_is_signed(talk: Talk) -> None:
    first = talk.formed().formed_pdf_id or ""
    actions.revise(talk.doctor, talk.id)
    talk.formed(recommendations="Другое")
    with pytest.raises(Refusal) as refused:
        actions.sign(talk.doctor, talk.id, first)
    assert refused.value.code == "conclusion.changed"


def test_draft_cannot_be_signed(talk: Talk) -> None:
    talk.written()
    with pytest.raises(Refusal) as refused:
        actions.sign(talk.doctor, talk.id, "")
    assert refused.value.status == 409


def test_cancelled_meanwhile_cannot_be_signed(talk: Talk) -> None:
    row = talk.formed()
    cancel(talk.cast.vera.actor, talk.id, "Ошибка записи")
    with pytest.raises(Refusal) as refused:
        actions.sign(talk.doctor, talk.id, row.formed_pdf_id or "")
    assert "отменена" in refused.value.text
    assert Conclusion.objects.get().state == "formed"


def test_stranger_cannot_sign(talk: Talk) -> None:
    sha256 = talk.formed().formed_pdf_id or ""
    cast = talk.cast
    for actor in (cast.darya.actor, cast.vera.actor, cast.inna.actor, cast.anna.actor):
        with pytest.raises(Refusal) as refused:
            actions.sign(actor, talk.id, sha256)
        assert refused.value.status == 404


def test_without_a_signer_nothing_is_formed(talk: Talk, settings: Any) -> None:
    revision = talk.written()
    settings.DEMO = False
    with pytest.raises(Refusal) as refused:
        actions.form(talk.doctor, talk.id, revision)
    assert refused.value.code == "conclusion.no_signer"
    assert talk.now().state == "in_progress"


def test_every_act_is_in_the_audit(
    committed_talk: Talk, audit_dsn: str, owner_connection: Any
) -> None:
    committed_talk.signed()
    rows = owner_connection.execute("SELECT action FROM audit_event").fetchall()
    names = {name for (name,) in rows}
    assert {"conclusion.draft", "conclusion.form", "conclusion.sign"} <= names
    assert Event._meta.db_table == "audit_event"


@pytest.mark.act("conclusion.amend")
def test_amend_replaces_by_a_new_signed_version(talk: Talk) -> None:
    first = talk.signed()
    actions.amend(talk.doctor, talk.id, "Опечатка в дозе")
    first.refresh_from_db()
    assert first.state == "signed"
    second = talk.signed(recommendations="Питьё, покой, контроль через 3 дня.")
    first.refresh_from_db()
    assert (first.state, first.reason) == ("amended", "Опечатка в дозе")
    assert (second.version, second.state) == (2, "signed")
    assert second.check_code != first.check_code
    entries = talk.now().entries.order_by("-seq").values_list("kind", flat=True)
    assert entries[0] == "amended"
    assert talk.now().state == "completed"
    for row in (first, second):
        assert row.signed_pdf is not None
        assert signer.verify(files.read(row.signed_pdf), signer.roots()).is_genuine


def test_amend_can_be_revised_before_its_signature(talk: Talk) -> None:
    talk.signed()
    actions.amend(talk.doctor, talk.id, "Опечатка")
    talk.formed(complaints="Исправлено")
    assert actions.revise(talk.doctor, talk.id).state == "draft"
    assert talk.now().state == "completed"


def test_amend_needs_a_reason_and_one_at_a_time(talk: Talk) -> None:
    talk.signed()
    with pytest.raises(Refusal) as refused:
        actions.amend(talk.doctor, talk.id, "  ")
    assert refused.value.field == "reason"
    actions.amend(talk.doctor, talk.id, "Опечатка")
    with pytest.raises(Refusal) as refused:
        actions.amend(talk.doctor, talk.id, "Ещё раз")
    assert refused.value.status == 409


def test_stranger_cannot_amend(talk: Talk) -> None:
    talk.signed()
    for actor in (talk.cast.darya.actor, talk.cast.inna.actor, talk.cast.anna.actor):
        with pytest.raises(Refusal) as refused:
            actions.amend(actor, talk.id, "Опечатка")
        assert refused.value.status == 404


@pytest.mark.act("conclusion.withdraw")
def test_head_withdraws_a_wrong_document(talk: Talk) -> None:
    talk.signed()
    row = actions.withdraw(talk.cast.inna.actor, talk.id, "Документ другого пациента")
    assert (row.state, row.reason) == ("withdrawn", "Документ другого пациента")
    papers = queries.of_consultation(talk.cast.anna.actor, talk.id)
    assert papers is not None
    assert papers.current.state == "withdrawn"
    assert papers.current.withdrawn_at == talk.clock.instant
    told = talk.now().entries.order_by("-seq")[0]
    assert (told.kind, told.body) == ("conclusion_withdrawn", "Документ другого пациента")
    with pytest.raises(Refusal) as refused:
        actions.withdraw(talk.cast.inna.actor, talk.id, "Ещё раз")
    assert refused.value.status == 409


def test_only_the_head_withdraws_and_says_why(talk: Talk) -> None:
    talk.signed()
    cast = talk.cast
    for actor in (cast.boris.actor, cast.vera.actor, cast.anna.actor, cast.nina.actor):
        with pytest.raises(Refusal) as refused:
            actions.withdraw(actor, talk.id, "Ошибка")
        assert refused.value.status == 404
    with pytest.raises(Refusal) as refused:
        actions.withdraw(cast.inna.actor, talk.id, "")
    assert refused.value.field == "reason"


def test_withdraw_of_an_unsigned_is_missing(talk: Talk) -> None:
    talk.formed()
    with pytest.raises(Refusal) as refused:
        actions.withdraw(talk.cast.inna.actor, talk.id, "Ошибка")
    assert refused.value.status == 404


def test_new_version_after_a_withdrawal(talk: Talk) -> None:
    talk.signed()
    actions.withdraw(talk.cast.inna.actor, talk.id, "Не тот диагноз")
    actions.amend(talk.doctor, talk.id, "Исправлен диагноз")
    assert talk.signed(diagnosis="J20.9").version == 2
    states = Conclusion.objects.order_by("version").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "signed"]


def test_the_letter_of_a_withdrawal_says_nothing_but_that(talk: Talk) -> None:
    talk.signed()
    actions.withdraw(talk.cast.inna.actor, talk.id, "Диагноз другого пациента")
    letter = Notice.objects.get(key__startswith="conclusion-withdrawn:")
    assert "отозвала заключение" in letter.text
    for word in ("иагноз", "другого", talk.cast.anna.card.family, "ОРВИ"):
        assert word not in letter.text + letter.subject

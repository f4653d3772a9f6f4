"""The pages: who sees which, what a refused form keeps, what the PDF may do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from priyom.conclusions import actions, content, queries
from priyom.conclusions.models import Conclusion
from priyom.conclusions.tests.talks import FILLED, Talk
from priyom.consultations import actions as consultations
from priyom.kernel.ids import uuid7
from priyom.testing import cast as casting
from priyom.testing.cast import Cast
from priyom.testing.doors import visit

JSON: Any = {"HTTP_ACCEPT": "application/json"}


def desk(talk: Talk, tail: str = "") -> str:
    return f"/desk/consultations/{talk.id}/conclusion/{tail}"


def my(talk: Talk, tail: str = "") -> str:
    return f"/my/consultations/{talk.id}/conclusion/{tail}"


def strangers(cast: Cast) -> list[tuple[str, Client]]:
    """Return everybody who has no business with Анна's paper, with the browser they would use."""
    other = casting.gather()
    return [
        ("Дарья, колега", visit(cast.darya)),
        ("Вера, регистратор", visit(cast.vera)),
        ("Нина, другая МО", visit(cast.nina)),
        ("Инна другой МО", visit(other.inna)),
        ("врач другой МО", visit(other.boris)),
        ("Глеб", visit(cast.gleb)),
        ("никто", Client()),
    ]


DOCTORS = ["", "review/", "preview.pdf", "formed.pdf", "v1.pdf", "v1.xml", "v1.fhir.json"]
POSTS = ["", "form/", "revise/", "sign/", "amend/", "withdraw/"]


def is_shut(response: Any) -> bool:
    return response.status_code == 404 or (
        response.status_code == 302 and "/sign-in/" in response.headers["Location"]
    )


@pytest.mark.parametrize("state", ["written", "formed", "signed"])
def test_stranger_cannot_open_any_page(talk: Talk, state: str) -> None:
    getattr(talk, state)()
    for name, browser in strangers(talk.cast):
        for tail in DOCTORS:
            assert is_shut(browser.get(desk(talk, tail))), (name, tail)
        for tail in POSTS:
            answer = browser.post(desk(talk, tail), FILLED | {"reason": "x"})
            assert is_shut(answer), (name, tail)
        for tail in ("", "v1.pdf"):
            assert is_shut(browser.get(my(talk, tail))), (name, tail)
    row = Conclusion.objects.get()
    assert row.state == {"written": "draft"}.get(state, state)


def test_patient_never_sees_what_is_not_signed(talk: Talk) -> None:
    anna = visit(talk.cast.anna)

    def unseen() -> None:
        for tail in ("", "v1.pdf"):
            assert anna.get(my(talk, tail)).status_code == 404

    unseen()
    talk.written()
    unseen()
    talk.formed()
    unseen()
    actions.revise(talk.doctor, talk.id)
    unseen()
    talk.signed()
    assert anna.get(my(talk)).status_code == 200
    actions.amend(talk.doctor, talk.id, "Опечатка")
    talk.formed(recommendations="СЕКРЕТНЫЙ ЧЕРНОВИК")
    page = anna.get(my(talk)).content.decode()
    assert "СЕКРЕТНЫЙ" not in page
    assert "Питьё, покой" in page
    assert anna.get(my(talk, "v2.pdf")).status_code == 404


def test_representative_reads_the_childs_paper(talk: Talk) -> None:
    cast = talk.cast
    row = cast.consultation(of=cast.petya)
    talk.clock.set(row.starts_at)
    consultations.begin(talk.doctor, row.pk)
    child = Talk(cast, row, talk.clock)
    child.signed()
    assert "Иванов Пётр Алексеевич" in visit(cast.anna).get(my(child)).content.decode()
    assert visit(cast.gleb).get(my(child)).status_code == 404


def test_doctor_writes_without_script(talk: Talk) -> None:
    boris = visit(talk.cast.boris)
    assert "Третий день болит горло" in boris.get(desk(talk)).content.decode()
    answer = boris.post(desk(talk), FILLED | {"revision": "0"})
    assert answer.status_code == 302
    page = boris.get(desk(talk)).content.decode()
    assert "Кашель, температура 38,4" in page
    assert 'name="revision" value="1"' in page


def test_autosave_answers_with_the_next_revision(talk: Talk) -> None:
    boris = visit(talk.cast.boris)
    answer = boris.post(desk(talk), {"complaints": "Каш", "revision": "0"}, **JSON)
    said = json.loads(answer.content)
    assert said["revision"] == 1
    assert said["said"].startswith("Сохранено в ")


def test_older_tab_keeps_its_words_and_sees_the_others(talk: Talk) -> None:
    boris = visit(talk.cast.boris)
    actions.save(talk.doctor, talk.id, {"complaints": "из другой вкладки"}, 0)
    answer = boris.post(desk(talk), {"complaints": "мой текст", "revision": "0"}, **JSON)
    assert (answer.status_code, json.loads(answer.content)["revision"]) == (409, 1)
    answer = boris.post(desk(talk), {"complaints": "мой текст", "revision": "0"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "мой текст" in page
    assert "из другой вкладки" in page
    assert 'name="revision" value="1"' in page
    answer = boris.post(desk(talk), {"complaints": "мой текст", "revision": "1"})
    assert answer.status_code == 302
    assert Conclusion.objects.get().complaints == "мой текст"


def test_forming_names_the_fields_and_loses_nothing(talk: Talk) -> None:
    boris = visit(talk.cast.boris)
    answer = boris.post(
        desk(talk, "form/"), {"anamnesis": "Аллергии нет", "temperature": "жар", "revision": "0"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    for field in ("complaints", "diagnosis", "recommendations", "temperature"):
        assert f'id="{field}-error"' in page
    assert "Аллергии нет" in page
    assert 'value="жар"' in page
    assert Conclusion.objects.get().anamnesis == "Аллергии нет"


def test_too_long_text_is_told_beside_its_field(talk: Talk) -> None:
    boris = visit(talk.cast.boris)
    answer = boris.post(desk(talk), {"complaints": "а" * 10_001, "revision": "0"})
    assert answer.status_code == 400
    assert 'id="complaints-error"' in answer.content.decode()


def test_doctor_forms_reads_and_signs(talk: Talk) -> None:
    boris = visit(talk.cast.boris)
    answer = boris.post(desk(talk, "form/"), FILLED | {"revision": "0"})
    assert answer.headers["Location"] == desk(talk, "review/")
    assert boris.get(desk(talk)).headers["Location"] == desk(talk, "review/")
    page = boris.get(desk(talk, "review/")).content.decode()
    assert 'data-act="conclusion.sign"' in page
    assert 'data-act="conclusion.revise"' in page
    assert content.NOT_IN_PERSON in page
    sha256 = Conclusion.objects.get().formed_pdf_id
    assert boris.post(desk(talk, "sign/"), {"pdf": sha256}).status_code == 302
    assert boris.post(desk(talk, "sign/"), {"pdf": sha256}).status_code == 409
    assert talk.now().state == "completed"
    assert 'data-act="conclusion.amend"' in boris.get(desk(talk)).content.decode()


def test_doctor_returns_to_writing(talk: Talk) -> None:
    talk.formed()
    boris = visit(talk.cast.boris)
    assert boris.post(desk(talk, "revise/")).status_code == 302
    assert 'name="complaints"' in boris.get(desk(talk)).content.decode()


def test_doctor_amends_and_patient_sees_both(talk: Talk) -> None:
    talk.signed()
    boris = visit(talk.cast.boris)
    assert boris.post(desk(talk, "amend/"), {"reason": "Опечатка в дозе"}).status_code == 302
    assert "Опечатка в дозе" in boris.get(desk(talk)).content.decode()
    talk.signed(recommendations="Верная доза")
    page = visit(talk.cast.anna).get(my(talk)).content.decode()
    assert "Верная доза" in page
    assert "заменено новой версией: Опечатка в дозе" in page
    assert visit(talk.cast.anna).get(my(talk, "v1.pdf")).status_code == 200


def test_head_reads_and_withdraws(talk: Talk) -> None:
    talk.signed()
    inna = visit(talk.cast.inna)
    assert 'data-act="conclusion.withdraw"' in inna.get(desk(talk)).content.decode()
    assert inna.get(desk(talk, "v1.pdf")).status_code == 200
    answer = inna.post(desk(talk, "withdraw/"), {"reason": "Не тот пациент"})
    assert answer.status_code == 302
    page = visit(talk.cast.anna).get(my(talk)).content.decode()
    assert "отозвано" in page
    assert "Не тот пациент" in page


def test_head_sees_nothing_unsigned(talk: Talk) -> None:
    talk.formed()
    inna = visit(talk.cast.inna)
    for tail in ("", "review/", "preview.pdf", "formed.pdf", "v1.pdf"):
        assert inna.get(desk(talk, tail)).status_code == 404


def test_pdf_runs_nothing_and_is_not_kept(talk: Talk) -> None:
    talk.signed()
    for browser, address in (
        (visit(talk.cast.boris), desk(talk, "v1.pdf")),
        (visit(talk.cast.anna), my(talk, "v1.pdf")),
    ):
        answer = browser.get(address)
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("inline;")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
        kept = browser.get(address + "?download").headers["Content-Disposition"]
        assert kept.startswith("attachment;")
        assert "%D0" not in kept


def test_preview_before_the_first_save_is_a_draft_too(talk: Talk) -> None:
    answer = visit(talk.cast.boris).get(desk(talk, "preview.pdf"))
    assert answer.content.startswith(b"%PDF-")
    assert not Conclusion.objects.exists()


def test_codes_are_for_doctors(talk: Talk) -> None:
    boris = visit(talk.cast.boris)
    page = boris.get("/desk/icd10/?q=острый бронхит").content.decode()
    assert 'data-line="J20.9 Острый бронхит неуточненный"' in page
    said = json.loads(boris.get("/desk/icd10/?q=j06.9", **JSON).content)
    assert said["found"][0]["code"] == "J06.9"
    assert boris.get("/desk/icd10/?q=<script>").content.strip() == b""
    assert is_shut(Client().get("/desk/icd10/?q=j"))


def test_ones_own_and_usual_diagnoses_are_offered_before_typing(talk: Talk) -> None:
    talk.signed(diagnosis="J20.9 Острый бронхит")
    boris = visit(talk.cast.boris)
    path = "/desk/icd10/favourite/"
    said = boris.post(path, {"code": "M54.5", "wanted": "1"})
    assert json.loads(said.content) == {"is_favourite": True}
    assert _offered(boris) == ["M54.5", "J20.9"]
    assert _offered(visit(talk.cast.darya)) == []
    boris.post(path, {"code": "M54.5", "wanted": "0"})
    assert _offered(boris) == ["J20.9"]
    assert boris.post(path, {"code": "J99.9", "wanted": "1"}).status_code == 404
    assert is_shut(visit(talk.cast.anna).post(path, {"code": "M54.5"}))


def _offered(browser: Client) -> list[str]:
    return [one["code"] for one in json.loads(browser.get("/desk/icd10/", **JSON).content)["found"]]


def test_typed_markup_stays_text(talk: Talk) -> None:
    talk.signed(recommendations="<script>alert(1)</script>")
    page = visit(talk.cast.anna).get(my(talk)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_papers_of_an_earlier_consultation_are_for_who_consults_now(talk: Talk) -> None:
    talk.signed()
    cast = talk.cast
    later = cast.consultation(consented=False)
    address = f"/desk/consultations/{later.pk}/earlier/{talk.id}/conclusion/"
    boris = visit(cast.boris)
    assert "Питьё, покой" in boris.get(address).content.decode()
    assert boris.get(f"{address}v1.pdf").status_code == 200
    assert boris.get(address.replace(str(talk.id), str(uuid7()))).status_code == 404
    assert visit(cast.darya).get(address).status_code == 404


def test_form_tokens_are_checked(talk: Talk) -> None:
    row = talk.formed()
    boris = visit(talk.cast.boris, csrf=True)
    answer = boris.post(desk(talk, "sign/"), {"pdf": row.formed_pdf_id})
    assert answer.status_code == 403
    assert talk.now().state == "concluding"


def test_pages_ask_the_database_little(talk: Talk, django_assert_max_num_queries: Any) -> None:
    talk.written()
    boris = visit(talk.cast.boris)
    with django_assert_max_num_queries(10):
        boris.get(desk(talk))
    with django_assert_max_num_queries(16):
        boris.post(desk(talk), FILLED | {"complaints": "ещё", "revision": "1"}, **JSON)
    talk.formed(complaints="ещё")
    with django_assert_max_num_queries(7):
        boris.get(desk(talk, "review/"))
    actions.sign(talk.doctor, talk.id, Conclusion.objects.get().formed_pdf_id or "")
    with django_assert_max_num_queries(3):
        Client().get(f"/check/{Conclusion.objects.get().check_code}/")


def test_what_was_taken_from_the_chat_leads_back_to_it(talk: Talk) -> None:
    talk.sent("Снимок.pdf")
    seq = queries.materials(talk.doctor, talk.id)[0][0].seq
    actions.save(talk.doctor, talk.id, FILLED | {"sources": f"complaints:{seq} anamnesis:999"}, 0)
    page = visit(talk.cast.boris).get(desk(talk)).content.decode()
    assert page.count(f'href="#m{seq}"') == 2  # the ticked file's own link, and the source
    assert f'<a href="#m{seq}">из чата, ' in page
    assert "#m999" not in page


def test_files_that_came_meanwhile_can_be_ticked(talk: Talk) -> None:
    first = talk.sent("Первый.pdf")
    actions.save(talk.doctor, talk.id, FILLED | {"materials": str(first)}, 0)
    second = talk.sent("Второй.pdf")
    boris, path = visit(talk.cast.boris), desk(talk, "materials/")
    part = boris.get(path).content.decode()
    assert f'value="{first}" checked' in part
    assert f'value="{second}"><span>Второй.pdf' in part
    assert is_shut(visit(talk.cast.darya).get(path))
    pane = boris.get(f"/desk/consultations/{talk.id}/").content.decode()
    assert f'<input type="hidden" name="materials" value="{first}">' in pane
    both = FILLED | {"revision": "1", "materials": [str(first), str(second)]}
    boris.post(desk(talk), both)
    assert Conclusion.objects.get().materials == [str(first), str(second)]

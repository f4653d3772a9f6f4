"""A closed talk to be taken along: who may, how it is made, how long it is kept."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from priyom.archive import actions, checker, jobs, packing
from priyom.archive.models import Bundle
from priyom.archive.queries import attachments_of, own_bundle
from priyom.archive.rules import KEPT_FOR, MADE_WITHIN, BundleKind
from priyom.archive.tests.offline import checked
from priyom.conclusions.tests.talks import Talk
from priyom.consultations import actions as consultations
from priyom.consultations.rules import EntryKind
from priyom.consultations.tests.said import said
from priyom.files import actions as files
from priyom.files import store
from priyom.files.models import Blob
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.testing.doors import visit
from priyom.testing.jobs import deferred, run_deferred

ZIP, TRANSCRIPT = BundleKind.ZIP, BundleKind.TRANSCRIPT


def asked(talk: Talk, who: Any, kind: BundleKind = ZIP) -> Bundle:
    row = actions.ask(who.actor, talk.id, kind)
    run_deferred("archive.pack")
    row.refresh_from_db()
    return row


def body_of(row: Bundle) -> bytes:
    assert row.blob is not None
    return files.read(row.blob)


def unpacked(row: Bundle, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(body_of(row))).extractall(folder)
    return folder


def closed(talk: Talk) -> Talk:
    said(talk.row, "patient")
    talk.sent("Анализ крови.pdf")
    talk.signed()
    return talk


def test_the_zip_holds_everything_and_checks_itself(talk: Talk, tmp_path: Path) -> None:
    row = asked(closed(talk), talk.cast.anna)
    place = unpacked(row, tmp_path)
    names = sorted(one.relative_to(place).as_posix() for one in place.rglob("*") if one.is_file())
    paper = f"zaklyucheniya/{talk.row.number}"
    (file,) = [name for name in names if name.startswith("fajly/")]
    assert file.endswith("-Анализ крови.pdf")
    assert {f"{paper}.xml", f"{paper}.doctor.p7s"} <= set(names)
    assert {f"{paper}.pdf", "rasshifrovka.pdf", "opis.json", "zhurnal.jsonl"} <= set(names)
    code, words = checked(place)
    assert code == 0, words
    assert "Всё сошлось" in words
    readme = (place / "README.txt").read_text(encoding="utf-8-sig")
    assert talk.row.number in readme
    assert "{" not in readme
    packed = tmp_path / "packed.zip"
    packed.write_bytes(body_of(row))
    assert checker.check(checker.read_all(packed)) == [], "without unpacking too"


def _body(place: Path, name: str) -> Path:
    return next(place.glob(name))


def _appended(pattern: str) -> Any:
    def change(place: Path) -> None:
        path = _body(place, pattern)
        path.write_bytes(path.read_bytes() + b"\0")

    return change


def _relisted(pattern: str, old: bytes, new: bytes) -> Any:
    """Change a file and its line in the list, as a careful forger would."""

    def change(place: Path) -> None:
        path, listed = _body(place, pattern), place / "SHA256SUMS"
        was = hashlib.sha256(path.read_bytes()).hexdigest()
        path.write_bytes(path.read_bytes().replace(old, new, 1))
        now = hashlib.sha256(path.read_bytes()).hexdigest()
        assert was != now
        listed.write_text(listed.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")

    return change


def _swapped(place: Path) -> None:
    _body(place, "zaklyucheniya/*.pdf").write_bytes(_body(place, "rasshifrovka.pdf").read_bytes())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_appended("fajly/*"), "файл изменён: fajly/"),
        (lambda place: _body(place, "fajly/*").unlink(), "файла нет: fajly/"),
        (lambda place: _body(place, "fajly/*").unlink(), "файла из описи нет или он изменён"),
        (_relisted("zhurnal.jsonl", "чай".encode(), "мёд".encode()), "цепочка не сходится"),
        (_relisted("zhurnal.jsonl", b'"seq":2', b'"seq":3'), "на месте записи 2 стоит запись 3"),
        (_relisted("opis.json", b'"entries":', b'"entries":1'), "а в описи 1"),
        (_relisted("opis.json", b'"size":', b'"size":1'), "нет или он"),
        (_relisted("opis.json", b"priyom-manifest-1", b"x"), "опись или журнал не читаются"),
        (_swapped, "заключения из описи нет или оно изменено"),
        (_relisted("zaklyucheniya/*.pdf", b"/Type", b"/Typo"), "заключения из описи нет"),
        (lambda place: (place / "fajly" / "new.exe").write_bytes(b"x"), "лишний файл"),
    ],
)
def test_what_was_changed_is_named(talk: Talk, tmp_path: Path, change: Any, what: str) -> None:
    place = unpacked(asked(closed(talk), talk.cast.anna), tmp_path)
    change(place)
    code, words = checked(place)
    assert code == 1
    assert what in words


def test_the_transcript_is_pdf_a_with_the_words(talk: Talk) -> None:
    talk = closed(talk)
    pdf = PdfReader(io.BytesIO(body_of(asked(talk, talk.cast.boris, TRANSCRIPT))))
    catalogue: Any = pdf.root_object
    meta = catalogue["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in meta
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in meta
    words = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for part in ("Можно ли пить чай?", "Врач начал консультацию", "Анализ крови.pdf", "Климов"):
        assert part in words


@pytest.mark.parametrize("who", ["gleb", "darya", "vera", "nina"])
def test_a_stranger_gets_nothing(talk: Talk, who: str) -> None:
    row = asked(closed(talk), talk.cast.anna)
    stranger = getattr(talk.cast, who)
    browser = visit(stranger)
    portal = "my" if who == "gleb" else "desk"
    root = f"/{portal}/consultations/{talk.id}/archive/"
    assert browser.get(root).status_code == 404
    assert browser.post(f"{root}make/zip/").status_code == 404
    assert browser.get(f"{root}{row.pk}/").status_code == 404


def test_somebody_elses_bundle_of_ones_own_talk_is_not_there(talk: Talk) -> None:
    row = asked(closed(talk), talk.cast.anna)
    answer = visit(talk.cast.boris).get(f"/desk/consultations/{talk.id}/archive/{row.pk}/")
    assert answer.status_code == 404


def test_a_talk_that_goes_on_has_no_archive(talk: Talk) -> None:
    with pytest.raises(Refusal) as refused:
        actions.ask(talk.cast.anna.actor, talk.id, ZIP)
    assert refused.value.kind is RefusalKind.CONFLICT


def test_the_page_leads_from_asking_to_the_file(talk: Talk) -> None:
    talk = closed(talk)
    browser = visit(talk.cast.anna)
    root = f"/my/consultations/{talk.id}/archive/"
    assert root in browser.get(f"/my/consultations/{talk.id}/").content.decode()
    assert "Собрать ZIP" in browser.get(root).content.decode()
    assert browser.post(f"{root}make/zip/").headers["Location"] == root
    assert 'hx-trigger="every 2s"' in browser.get(root).content.decode()
    browser.post(f"{root}make/zip/")
    assert len(deferred("archive.pack")) == 1, "asking twice is once"
    run_deferred("archive.pack")
    page = browser.get(root).content.decode()
    assert "Скачать, " in page
    assert "hx-trigger" not in page
    row = Bundle.objects.get()
    where = browser.get(f"{root}{row.pk}/").headers["Location"]
    assert where.startswith(f"{settings.FILES_URL}/f/")
    assert where.endswith(f"/konsultatsiya-{talk.row.number}.zip")
    assert browser.post(f"{root}make/rar/").status_code == 404


def test_after_its_day_it_is_gone_and_can_be_made_again(talk: Talk) -> None:
    talk = closed(talk)
    row = asked(talk, talk.cast.anna)
    place = Path(store.path(settings.FILES_ROOT, row.blob_id or ""))
    assert place.exists()
    talk.clock.set(talk.clock.instant + KEPT_FOR + timedelta(seconds=1))
    with pytest.raises(Refusal) as refused:
        actions.download(talk.cast.anna.actor, talk.id, row.pk)
    assert refused.value.code == "archive.not_ready"
    jobs.forget(0)
    assert not place.exists()
    assert Blob.objects.filter(pk=row.blob_id).exists(), "what was given out stays known"
    assert asked(talk, talk.cast.anna).pk != row.pk


def test_a_longer_log_needs_another_bundle(talk: Talk) -> None:
    talk = closed(talk)
    before = asked(talk, talk.cast.anna)
    consultations.note(talk.doctor, talk.id, EntryKind.AMENDED)
    assert asked(talk, talk.cast.anna).pk != before.pk


def test_what_its_worker_lost_can_be_asked_for_again(talk: Talk) -> None:
    talk = closed(talk)
    row = actions.ask(talk.cast.anna.actor, talk.id, ZIP)
    assert own_bundle(talk.cast.anna.actor, talk.now(), ZIP) == row
    talk.clock.set(talk.clock.instant + MADE_WITHIN + timedelta(seconds=1))
    assert own_bundle(talk.cast.anna.actor, talk.now(), ZIP) is None


def test_a_lost_file_fails_and_says_so(talk: Talk) -> None:
    talk.sent("Пропажа.pdf")
    talk.signed()
    row = actions.ask(talk.cast.anna.actor, talk.id, ZIP)
    blob = _sent_blob(talk)
    Path(store.path(settings.FILES_ROOT, blob.sha256)).unlink()
    jobs.pack(str(row.pk))
    root = f"/my/consultations/{talk.id}/archive/"
    page = visit(talk.cast.anna).get(root).content.decode()
    assert "Собрать не получилось" in page
    assert "Собрать ZIP" in page


def _sent_blob(talk: Talk) -> Blob:
    (one,) = attachments_of(talk.id)
    return one.blob


def test_an_infected_file_stays_behind_and_is_named(talk: Talk, tmp_path: Path) -> None:
    talk.sent("Зараза.pdf")
    talk.signed()
    Blob.objects.filter(pk=_sent_blob(talk).pk).update(scan="infected")
    place = unpacked(asked(talk, talk.cast.anna), tmp_path)
    assert not list(place.glob("fajly/*"))
    code, words = checked(place)
    assert code == 0, words
    assert "не приложен (см. README.txt): Зараза.pdf" in words


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("../../etc/passwd", "fajly/0007-_.._etc_passwd"),
        ("C:\\a.jpg", "fajly/0007-C__a.jpg"),
        ("...", "fajly/0007-fajl"),
        ("а" * 300 + ".jpg", f"fajly/0007-{'а' * 100}.jpg"),
    ],
)
def test_no_name_leads_out_of_the_folder(name: str, inside: str) -> None:
    blob = Blob(sha256="0" * 64)
    assert [made for made, _ in packing.names_of([(7, name, blob)])] == [inside]
    twice = [made for made, _ in packing.names_of([(7, "a.pdf", blob), (7, "a.pdf", blob)])]
    assert twice == ["fajly/0007-a.pdf", "fajly/0007-2-a.pdf"]

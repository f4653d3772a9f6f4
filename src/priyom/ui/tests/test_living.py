"""The living page shows everything, weighs little and keeps the rules of the house."""

import re
from pathlib import Path

import pytest
from django.http import Http404
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from pytest_django import Settings

from priyom.ui import gallery, sheet, vendor, views

pytestmark = pytest.mark.urls("priyom.ui.tests.addresses")
ROOM = Path(sheet.__file__).parent
TEMPLATES = sorted((ROOM / "templates").rglob("*.html"))


@pytest.mark.parametrize("page", sorted(gallery.PAGES))
def test_page_of_the_gallery_opens(page: str, settings: Settings) -> None:
    settings.DEMO = True
    answer = views.living(RequestFactory().get(f"/ui/?page={page}"))
    text = answer.content.decode()
    assert answer.status_code == gallery.PAGES[page].status
    assert 'lang="ru"' in text
    assert text.count("<h1") == 1
    assert not re.search(r"\sstyle=|<style|\son\w+=", text)


def test_gallery_is_closed_in_production(settings: Settings) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(Http404):
        views.living(RequestFactory().get("/ui/"))


def test_error_page_needs_nothing() -> None:
    assert "У нас что-то сломалось" in get_template("500.html").render()
    assert "Файл слишком большой" in render_to_string("413.html")


def test_sheet_is_whole_small_and_kept() -> None:
    found = sheet.build()
    named = {path for path, _ in re.findall(r'url\("([\w/.-]+)"\) layer\((\w+)\)', index())}
    present = {p.relative_to(sheet.FOLDER).as_posix() for p in sheet.FOLDER.rglob("*.css")}
    assert named == present - {"ui.css"}
    assert len(found.packed) < 20_000
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    answer = views.styles(request, found.digest)
    assert "immutable" in answer["Cache-Control"]
    assert views.styles(request, "0")["Cache-Control"] == "no-cache"


def index() -> str:
    return (sheet.FOLDER / "ui.css").read_text(encoding="utf-8")


def test_parts_stay_small() -> None:
    for part in sheet.FOLDER.rglob("*.css"):
        assert len(part.read_text(encoding="utf-8").splitlines()) < 120, part.name
    for module in sheet.FOLDER.glob("**/*.js"):
        if "vendor" not in module.parts:
            assert len(module.read_text(encoding="utf-8").splitlines()) <= 150, module.name


def test_first_visit_of_a_patient_weighs_under_150_kb() -> None:
    fonts = sum(one.stat().st_size for one in (vendor.VENDOR / "golos").glob("*.woff2"))
    modules = [sheet.FOLDER / "app.js", *(sheet.FOLDER / "behaviours").glob("*.js")]
    scripts = sum(one.stat().st_size for one in modules)
    sprite = (vendor.VENDOR / "lucide" / "sprite.svg").stat().st_size
    htmx = (vendor.VENDOR / "htmx" / "htmx.min.js").stat().st_size
    assert fonts <= 60_500
    assert fonts + scripts + sprite + htmx / 2 + len(sheet.build().packed) < 150_000


def test_every_icon_that_templates_name_is_in_the_sprite() -> None:
    sprite = (vendor.VENDOR / "lucide" / "sprite.svg").read_text(encoding="utf-8")
    kept = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    house = ROOM.parent
    used = {
        name
        for template in house.glob("*/templates/**/*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', template.read_text(encoding="utf-8"))
    }
    assert used <= kept
    assert kept == set(vendor.ICONS_USED.split())


def test_vendored_files_ask_for_no_maps() -> None:
    for file in vendor.VENDOR.rglob("*.js"):
        assert "sourceMappingURL" not in file.read_text(encoding="utf-8")
    assert vendor.NOTICE.read_text(encoding="utf-8") == vendor.notice()

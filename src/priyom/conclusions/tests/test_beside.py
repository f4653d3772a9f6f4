"""The XML and the detached signatures of a signed document are there for whoever may read it."""

from __future__ import annotations

from typing import Any

import pytest

from priyom.conclusions import actions, signer
from priyom.conclusions.models import Conclusion
from priyom.conclusions.signing.checking import verify_detached
from priyom.conclusions.tests.talks import Talk
from priyom.files import actions as files
from priyom.testing.doors import visit

WHICH = ("doctor-xml", "organisation-xml", "organisation-pdf")
READERS = {"anna": "my", "boris": "desk", "inna": "desk"}


@pytest.fixture
def row(talk: Talk, settings: Any) -> Conclusion:
    settings.SIGNING_ORGANISATION = "demo"
    signed = talk.signed()
    actions.countersign()
    return signed


def root(talk: Talk, name: str) -> str:
    return f"/{READERS[name]}/consultations/{talk.id}/conclusion/"


@pytest.mark.parametrize("name", READERS)
def test_each_reader_gets_signatures_that_fit(talk: Talk, row: Conclusion, name: str) -> None:
    browser, where = visit(getattr(talk.cast, name)), root(talk, name)
    xml = browser.get(f"{where}v1.xml").content
    assert row.formed_xml is not None
    assert xml == files.read(row.formed_xml)
    documents = {"xml": xml, "pdf": browser.get(f"{where}v1.pdf").content}
    for which in WHICH:
        answer = browser.get(f"{where}v1/{which}.sig")
        assert answer.status_code == 200, which
        assert answer.headers["Content-Type"] == "application/pkcs7-signature"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        kind = which.rpartition("-")[2]
        assert f".{kind}.{which.partition('-')[0]}.sig" in answer.headers["Content-Disposition"]
        verdict = verify_detached(answer.content, documents[kind], signer.roots())
        assert verdict.is_genuine, which
        spoilt = documents[kind].replace(b"1", b"2", 1)
        assert not verify_detached(answer.content, spoilt, signer.roots()).is_genuine


@pytest.mark.parametrize("name", READERS)
def test_the_pages_offer_them_folded_away(talk: Talk, row: Conclusion, name: str) -> None:
    page = visit(getattr(talk.cast, name)).get(root(talk, name)).content.decode()
    assert "Для других систем и проверки" in page
    for path in ("v1.xml", *[f"v1/{which}.sig" for which in WHICH]):
        assert f'href="{root(talk, name)}{path}" download' in page


def test_only_what_is_there_is_offered(talk: Talk) -> None:
    talk.signed()
    page = visit(talk.cast.anna).get(root(talk, "anna")).content.decode()
    assert "doctor-xml.sig" in page
    assert "organisation" not in page


@pytest.mark.parametrize("which", ["organisation-xml", "doctor-pdf", "x", "pades"])
def test_what_is_not_there_is_not_found(talk: Talk, which: str) -> None:
    talk.signed()
    assert visit(talk.cast.anna).get(f"{root(talk, 'anna')}v1/{which}.sig").status_code == 404
    assert visit(talk.cast.anna).get(f"{root(talk, 'anna')}v2/doctor-xml.sig").status_code == 404


def test_strangers_find_nothing(talk: Talk, row: Conclusion) -> None:
    for stranger, portal in ((talk.cast.gleb, "my"), (talk.cast.darya, "desk")):
        for path in ("v1.xml", "v1/doctor-xml.sig"):
            where = f"/{portal}/consultations/{talk.id}/conclusion/{path}"
            assert visit(stranger).get(where).status_code == 404


def test_what_is_not_signed_yet_is_not_given(talk: Talk) -> None:
    talk.formed()
    for name in ("anna", "boris"):
        for path in ("v1.xml", "v1/doctor-xml.sig"):
            assert visit(getattr(talk.cast, name)).get(root(talk, name) + path).status_code == 404

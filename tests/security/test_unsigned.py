"""Whatever was done with a conclusion, the patient's side sees only what was signed (asks.md, 7).

Any walk through the life of a conclusion is made, with a word of its own in each text; then every
address that the patient's side, a link or anybody may open is opened, and nothing of what is not
signed may be in any answer. A new address is opened by itself, a new read must be named below.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import pkgutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from priyom.aftercare import actions as aftercare
from priyom.aftercare.links import seal_of
from priyom.archive import actions as archive
from priyom.archive.queries import own_bundle
from priyom.archive.rules import BundleKind
from priyom.conclusions import actions, queries
from priyom.conclusions.models import Conclusion
from priyom.conclusions.queries.inspecting import inspected
from priyom.conclusions.rules import (
    CONCLUSION,
    PATIENT_SEES,
    ConclusionAct,
    ConclusionState,
    shown_code,
)
from priyom.conclusions.tests.talks import Talk, begun
from priyom.consultations.rules import ConsultationState
from priyom.files import actions as files
from priyom.files.models import Blob
from priyom.kernel.ids import uuid7
from priyom.kernel.refusal import Refusal
from priyom.notices.models import Notice
from priyom.testing import house
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit
from tests.security import table

SHOWN = {
    "drafts": "",
    "papers": "of_consultation of_earlier by_link earlier_pdf signed_version pdf pdf_by_link"
    " signed_for_home genuine checked_of told_of verdict_in papers_of",
    "beside": "beside signature_of",
    "signed": "signed_of sealed_by kept",
    "exchange": "xml signature bundle",
    "inspecting": "inspection key_of inspected",
    "revocation": "standing_of revocation_lists",
    "archive": "signed_versions files_of_closed_talks completed_without_paper",
    "signing": "",
}
"""Reads that give signed versions only: these the patient's side may use."""
DOCTORS = {
    "drafts": "draft_for consulted latest facts_of materials preview formed_pdf diagnoses"
    " templates",
    "signing": "signing_of uncountersigned obstacle_of",
}
"""Reads for who writes, for the head, and for jobs."""
OWN_ROOMS = ("conclusions", "registry", "demo", "testing", "cli")
DESK = {"portal/views/desk.py"}
"""Modules beside the room that show the doctor's own draft."""
OTHERS = frozenset(
    [
        *("consent_id", "attachment_id", "request_id", "proposal_id", "transfer_id", "call_id"),
        *("digest", "token"),
    ]
)
"""Keys of other things than talks: whoever adds one here says that it shows no conclusion."""
ACTS = ("write", "refuse", *ConclusionAct)


@dataclass
class Life:
    """A talk's conclusion on its way; each text that is written has a word of its own."""

    talk: Talk
    head: Any
    words: dict[int, list[str]] = field(default_factory=dict)
    """Version → words of its texts, the newest last."""
    told: int = 0

    def newest(self) -> Conclusion | None:
        return Conclusion.objects.filter(consultation=self.talk.id).order_by("-version").first()

    def act(self, name: str) -> None:
        """Do one act; what its state does not allow is refused and changes nothing."""
        row = self.newest()
        state = ConclusionState(row.state) if row else ConclusionState.DRAFT
        try:
            # One transaction of its own, as the doors have it.
            with transaction.atomic():
                self._act(name, row, state)
        except Refusal:
            allowed = row is not None and name in CONCLUSION.allowed(state)
            assert not allowed, f"{name} in {state}"

    def _act(self, name: str, row: Conclusion | None, state: ConclusionState) -> None:
        doctor, key = self.talk.doctor, self.talk.id
        if name == "write":
            version = row.version if row else 1
            self.talk.written(**self._texts(version))
        elif name == "form":
            actions.form(doctor, key, row.revision if row else 0)
        elif name == "revise":
            actions.revise(doctor, key)
        elif name == "sign":
            actions.sign(doctor, key, (row and row.formed_pdf_id) or "")
        elif name == "amend":
            actions.amend(doctor, key, self._word((row.version if row else 1) + 1))
        elif name == "withdraw":
            actions.withdraw(self.head, key, "Карта другого человека")
        else:
            with pytest.raises(Refusal):  # the page showed another paper: nothing is signed
                actions.sign(doctor, key, "0" * 64)

    def _texts(self, version: int) -> dict[str, str]:
        word = self._word(version)
        return {
            "complaints": word, "recommendations": f"{word}\nПриём через 3 дня: {word}",
            "diagnosis": f"J06.9 {word}", "urgent": word, "observed": word,
        }  # fmt: skip

    def _word(self, version: int) -> str:
        self.told += 1
        word = f"канарейка{self.told:03}"
        self.words.setdefault(version, []).append(word)
        return word

    def versions(self) -> list[Conclusion]:
        return list(Conclusion.objects.filter(consultation=self.talk.id).order_by("version"))


def hidden_from(life: Life) -> tuple[set[str], set[str]]:
    """Return the words that were signed and those that were not, or not in that form."""
    # Why an older version was replaced stands on it once the new one is signed.
    told = " ".join(
        f"{row.complaints} {row.recommendations} {row.reason}"
        for row in life.versions()
        if row.state in PATIENT_SEES
    )
    words = {word for made in life.words.values() for word in made}
    shown = {word for word in words if word in told}
    return shown, words - shown


def addresses(life: Life) -> Iterator[str]:
    """Yield every address of the patient's side and of anybody, with this talk's keys in it."""
    link = _link(life)
    bundles = _bundles(life)
    rows = life.versions()
    keys: dict[str, list[str]] = {
        "consultation_id": [str(life.talk.id)],
        "version": [str(one) for one in range(1, len(rows) + 2)],
        "code": [row.check_code for row in rows],
        "share_id": [str(link[0])], "seal": [link[1]],
        "bundle_id": [str(one) for one in bundles],
        "which": ["doctor-xml", "organisation-xml"],
    }  # fmt: skip
    for route, rule in (table.PUBLIC | table.SIGN_IN | table.PATIENT).items():
        holes = table._HOLE.findall(route)
        if rule.get is None or route.startswith("desk/") or OTHERS & {name for _, name in holes}:
            continue
        paths = ["/" + route]
        for kind, name in holes:
            assert name in keys, f"{route}: say in {__file__} what {name} is"
            paths = [path.replace(f"<{kind}:{name}>", key) for path in paths for key in keys[name]]
        yield from (f"{path}?place=recommendations:1" for path in paths)


def _link(life: Life) -> tuple[Any, str]:
    try:
        made = aftercare.share(life.talk.cast.anna.actor, life.talk.id, 1)
    except Refusal:
        return uuid7(), "0" * 40
    return made.pk, seal_of(made.pk)


def _bundles(life: Life) -> list[Any]:
    if life.talk.now().state != ConsultationState.COMPLETED:
        return []
    made = [archive.ask(life.talk.cast.anna.actor, life.talk.id, kind) for kind in BundleKind]
    for one in made:
        archive.pack(one.pk)
    return [one.pk for one in made]


def answers(life: Life) -> Iterator[tuple[str, bytes]]:
    """Yield address and body of each answer, to the patient and to a browser with a link."""
    browser = visit(life.talk.cast.anna)
    for path in addresses(life):
        if path.startswith("/shared/"):
            Client.post(browser, path.split("v")[0] if ".pdf" in path else path)
        answer = browser.get(path)
        yield path, answer.content + answer.headers.get("Location", "").encode()


def packed(life: Life) -> Iterator[tuple[str, bytes]]:
    """Yield what stands in the archives that the patient may take along."""
    for kind in BundleKind:
        row = own_bundle(life.talk.cast.anna.actor, life.talk.now(), kind)
        if row is None:
            continue
        assert isinstance(row.blob, Blob), "it was made"
        body = files.read(row.blob)
        if kind is BundleKind.TRANSCRIPT:
            yield "transcript", _text_of(body)
            continue
        with zipfile.ZipFile(io.BytesIO(body)) as folder:
            yield "names", "\n".join(folder.namelist()).encode()
            yield from ((name, folder.read(name)) for name in folder.namelist())


def _text_of(pdf: bytes) -> bytes:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).encode()


def _holds(body: bytes, signed: list[bytes]) -> bytes:
    """Return what may be read in a body: of a PDF of a conclusion, that it is a signed one."""
    if body.startswith(b"%PDF-") and body not in signed:
        return _text_of(body)
    return body


WALK = ["write", "form", "sign"]
AGAIN = [*WALK, "amend", "write"]


@settings(
    max_examples=2,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(walk=st.lists(st.sampled_from(ACTS), min_size=4, max_size=9).map(lambda one: WALK[:2] + one))
@example(walk=["write", "form", "refuse"])
@example(walk=["write", "form", "refuse", "revise", "write"])
@example(walk=[*AGAIN, "form", "refuse"])
@example(walk=[*AGAIN, "form", "sign"])
@example(walk=[*WALK, "withdraw", "amend", "write", "form"])
@pytest.mark.django_db
def test_patient_sees_only_what_was_signed(
    cast: Cast, clock: Clock, settings: Any, walk: list[str]
) -> None:
    settings.DEMO, settings.SIGNING = True, "demo"
    with transaction.atomic():
        life = Life(begun(cast, clock), cast.inna.actor)
        for act in walk:
            life.act(act)
        _look(life)
        transaction.set_rollback(True)


def _look(life: Life) -> None:
    shown, hidden = hidden_from(life)
    rows = life.versions()
    signed = [files.read(row.signed_pdf) for row in rows if row.signed_pdf]
    unsigned = [
        key
        for row in rows
        if row.state not in PATIENT_SEES
        for key in (
            shown_code(row.check_code),
            row.check_code,
            row.formed_pdf_id,
            row.formed_xml_id,
            row.prepared_pdf_id,
        )
        if key
    ]
    seen = b""
    for where, body in (*answers(life), *packed(life)):
        told = _holds(body, signed)
        seen += told
        found = [one for one in (*hidden, *unsigned) if one.encode() in told]
        # An address that was asked for may name itself.
        assert not [one for one in found if one not in where], (where, found)
    letters = " ".join(f"{one.subject} {one.text} {one.html}" for one in Notice.objects.all())
    assert not [one for one in (*shown, *hidden) if one in letters]
    assert all(one.encode() in seen for one in shown), "what was signed is seen"
    for row in rows:
        _ask_each(life, row)


def _ask_each(life: Life, row: Conclusion) -> None:
    """Ask the reads of one version by themselves: the machines' forms have no patient's door."""
    asked: tuple[Callable[..., Any], ...] = (queries.pdf, queries.xml, queries.bundle)
    for actor in (life.talk.cast.anna.actor, life.talk.doctor, life.head):
        for read in asked:
            if row.state in PATIENT_SEES:
                assert read(actor, life.talk.id, row.version)[0]
            else:
                with pytest.raises(Refusal) as refused:
                    read(actor, life.talk.id, row.version)
                assert refused.value.status == 404
    for blob in (row.formed_pdf, row.prepared_pdf, row.signed_pdf):
        if blob is not None:
            told = inspected(files.read(blob), row.check_code)
            is_signed = blob == row.signed_pdf
            assert told.conclusion == (row.pk if is_signed else None), told.finding
    known = queries.genuine(row.check_code)
    assert (known is not None) is (row.state in PATIENT_SEES)


def test_each_read_says_for_whom_it_is() -> None:
    for module in pkgutil.iter_modules(queries.__path__):
        read = importlib.import_module(f"{queries.__name__}.{module.name}")
        found = {
            name
            for name, one in inspect.getmembers(read, inspect.isfunction)
            if one.__module__ == read.__name__ and not name.startswith("_")
        }
        known = SHOWN.get(module.name, "").split() + DOCTORS.get(module.name, "").split()
        assert found == set(known), f"{read.__name__}: put it into SHOWN or DOCTORS of {__file__}"


def test_the_patients_side_uses_no_other_read() -> None:
    shown = {name for told in SHOWN.values() for name in told.split()}
    wrong = []
    for path in house.tracked():
        place = path.relative_to(house.SOURCE).as_posix() if house.SOURCE in path.parents else ""
        if path.suffix != ".py" or not place or "/tests/" in place or place in DESK:
            continue
        if place.split("/")[0] not in OWN_ROOMS:
            wrong += [f"{place}: {name}" for name in _reads(path) if name not in shown]
    house.require_none(wrong)


def _reads(path: Any) -> Iterator[str]:
    """Yield the functions of the conclusions' reads that a module names, and its rows' manager."""
    tree = ast.parse(house.text(path))
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "priyom.conclusions.queries"
        ):
            yield from (one.name for one in node.names if one.name[0].islower())
        elif isinstance(node, ast.ImportFrom) and node.module == "priyom.conclusions":
            modules |= {one.asname or one.name for one in node.names if one.name == "queries"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in modules:
                yield node.attr
            elif (node.value.id, node.attr) == ("Conclusion", "objects"):
                yield "Conclusion.objects"

"""Acts on the classification: an edition comes in whole; a doctor marks favourites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from priyom.audit.actions import record
from priyom.icd10 import shipped
from priyom.icd10.models import Code, Favourite, Word
from priyom.icd10.reading import Classification, Named
from priyom.icd10.rules import FULL, TYPO_FROM, WORD_LIMIT, words_of
from priyom.kernel.actor import Actor
from priyom.kernel.refusal import Refusal, RefusalKind, missing

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an edition changed: codes that came, that were there, that left the classification."""

    added: int
    kept: int
    left: int


def load(actor: Actor, read: Classification, *, is_part: bool = False) -> Loaded:
    """Take an edition of the НСИ dictionary into the index, all or nothing; again is harmless.

    A code that the edition does not have is no longer offered, unless the file is a part on
    purpose. Raises Refusal (invalid) for less than the whole classification otherwise.
    """
    if not is_part and len(read.codes) < FULL:
        raise Refusal(
            "icd10.part",
            RefusalKind.INVALID,
            f"It has {len(read.codes)} codes, the classification over {FULL}: say --part if a "
            "part is meant; then nothing that is missing in it is put aside.",
        )
    with transaction.atomic():
        before = set(Code.objects.select_for_update().order_by("code").values_list("pk", flat=True))
        _put(read.codes, read.edition)
        left = 0
        if not is_part:
            gone = before - {one.code for one in read.codes}
            left = Code.objects.filter(pk__in=gone, is_actual=True).update(is_actual=False)
        mark_headings()
        know_words(Code, Word)
        added = len({one.code for one in read.codes} - before)
        done = Loaded(added, len(read.codes) - added, left)
        record(
            actor,
            "icd10.load",
            ("icd10", "all"),
            detail={"edition": read.edition, "added": added, "left": left},
        )
    return done


def know_words(code: Any, word: Any) -> None:
    """Keep each long enough word of the names once, for typos to be compared with.

    The models are given, for a migration has its own.
    """
    keys = code.objects.values_list("key", flat=True)
    words = {one for key in keys for one in key.split() if TYPO_FROM <= len(one) <= WORD_LIMIT}
    word.objects.bulk_create([word(word=one) for one in sorted(words)], ignore_conflicts=True)


def ship(code: Any, synonym: Any, word: Any) -> None:
    """Write the list into the tables of the models, as a migration knows them.

    Codes of an official edition keep its names; what was shipped before and is no longer in the
    list stays.
    """
    known = {
        row.code: row
        for row in code.objects.filter(pk__in=[one for one, _ in shipped.pairs(shipped.CODES)])
    }
    for key, name in shipped.pairs(shipped.CODES):
        row = known.get(key) or code(code=key)
        if not row.edition:
            row.name = name
            row.key = " ".join(words_of(name))
        row.is_common = True
        row.save()
    meant = [(" ".join(words_of(word)), key) for word, key in shipped.pairs(shipped.SYNONYMS)]
    synonym.objects.bulk_create(
        [synonym(key=said, code_id=key) for said, key in meant], ignore_conflicts=True
    )
    know_words(code, word)


def mark_headings() -> None:
    """Mark the codes that have finer ones: they group, they are no diagnoses."""
    codes = Code.objects.filter(is_actual=True).values_list("pk", flat=True)
    heads = {part for code in codes for part in (code[:3], code[:5]) if part != code}
    Code.objects.filter(pk__in=heads).update(is_heading=True)
    Code.objects.filter(is_heading=True).exclude(pk__in=heads).update(is_heading=False)


def favour(actor: Actor, code: str, *, is_wanted: bool) -> None:
    """Mark a code as the doctor's favourite, or no longer; again is harmless.

    Raises Refusal (missing) for a code that is not in the index and for who is no doctor.
    """
    doctor = actor.consultant
    with transaction.atomic():
        if not Code.objects.filter(pk=code).exists():
            raise missing("Код")
        own = Favourite.objects.filter(doctor_id=doctor, code_id=code)
        if is_wanted:
            row = Favourite(doctor_id=doctor, code_id=code)
            Favourite.objects.bulk_create([row], ignore_conflicts=True)
        else:
            own.delete()
        act = "icd10.favour" if is_wanted else "icd10.unfavour"
        record(actor, act, ("icd10", code))


def _put(codes: Iterable[Named], edition: str) -> None:
    rows = [
        Code(
            code=one.code,
            name=one.name,
            key=" ".join(words_of(one.name)),
            edition=edition,
            is_actual=one.is_actual,
        )
        for one in sorted(codes, key=lambda one: one.code)
    ]
    Code.objects.bulk_create(
        rows,
        _BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "key", "edition", "is_actual"],
    )

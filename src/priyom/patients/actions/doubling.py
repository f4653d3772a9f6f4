"""Looks through the whole index for cards that may be one person's; people decide, never this."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients import doubles, likeness
from priyom.patients.models import Double, Patient

_BATCH = 1_000


def find_doubles(actor: Actor) -> int:
    """Propose the pairs that are likely enough; return how many wait for a registrar.

    What registrars decided stays decided; what is likely no longer disappears. Raises Refusal
    (missing) for anybody but the house itself.
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise missing()
    with transaction.atomic():
        # A whole city takes minutes, once a night; pages' own limits stay as they are.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '256MB'")
            # Hash joins whatever the statistics say: a table that was emptied and filled again
            # counts as empty until it is analysed, and a city would be compared card by card.
            cursor.execute("SET LOCAL enable_nestloop = off")
        begun = clock.now()
        cards = Patient.objects.filter(merged_into=None).count()
        batch: list[Double] = []
        for pair in _pairs(cards):
            batch.append(pair)
            if len(batch) == _BATCH:
                _keep(batch)
                batch = []
        _keep(batch)
        Double.objects.filter(verdict="", found_at__lt=begun).delete()
        return Double.objects.filter(verdict="").count()


def _pairs(cards: int) -> Iterator[Double]:
    now = clock.now()
    for pair in doubles.pairs():
        told = likeness.weigh(pair.levels(cards), pair.frequencies(cards), cards)
        if told.chance >= likeness.SURE:
            yield Double(
                one_id=pair.one, other_id=pair.other, chance=told.chance, bits=told.bits,
                levels={one.field: [one.level, round(one.bits, 1)] for one in told.reasons},
                found_at=now,
            )  # fmt: skip


def _keep(batch: list[Double]) -> None:
    Double.objects.bulk_create(
        batch,
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=["chance", "bits", "levels", "found_at"],
    )

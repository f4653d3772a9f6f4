"""Fills the index for measuring it: COPY without indexes, then the indexes.

`./priyom patients import` keeps the indexes and looks at every line; its pace stands in limits.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import UUID

import psycopg
from psycopg import sql

from priyom.demo.city import Citizen, citizens

COLUMNS = (
    "id", "family", "given", "patronymic", "birth_on", "sex", "snils", "enp", "document",
    "address", "phone", "email", "outer_number", "is_temporary", "made_at",
)  # fmt: skip
_EPOCH = 1_767_225_600_000


def key(number: int) -> UUID:
    """Return the card's key: UUIDv7 in the order of the numbers."""
    mixed = number * 0x9E3779B97F4A7C15 & ((1 << 62) - 1)
    return UUID(int=((_EPOCH + number // 100) << 80) | (7 << 76) | (2 << 62) | mixed)


def rows(people: Iterator[Citizen]) -> Iterator[tuple[object, ...]]:
    """Yield the columns of the cards."""
    for one in people:
        yield (
            key(one.number), one.family, one.given, one.patronymic, one.born, one.sex,
            one.snils or None, one.enp or None, one.document, one.address, one.phone, one.email,
            f"mis:{one.number}", False, "2026-01-01",
        )  # fmt: skip


def fill(owner_dsn: str, count: int) -> float:
    """Load `count` cards and the dictionaries; return how many seconds COPY and indexes took."""
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        owner.execute("SET maintenance_work_mem = '1GB'")
        again = _without_indexes(owner)
        begun = time.monotonic()
        names = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        with owner.cursor() as cursor:
            statement = sql.SQL("COPY patients_patient ({}) FROM STDIN").format(names)
            with cursor.copy(statement) as copy:
                for row in rows(citizens(count)):
                    copy.write_row(row)
        for statement in again:
            owner.execute(statement)
        for table, word in (("family", "family_key"), ("given", "given_key")):
            owner.execute(
                sql.SQL(
                    "INSERT INTO {} SELECT {}, count(*) FROM patients_patient GROUP BY 1"
                ).format(sql.Identifier(f"patients_{table}"), sql.Identifier(word))
            )
        took = time.monotonic() - begun
        owner.execute("VACUUM (ANALYZE) patients_patient, patients_family, patients_given")
    return took


def _without_indexes(owner: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """Drop what can be built faster afterwards; return the statements that make it again."""
    again = []
    for name, made in owner.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = 'patients_patient'::regclass AND contype = 'u'"
    ).fetchall():
        owner.execute(f"ALTER TABLE patients_patient DROP CONSTRAINT {name}")
        again.append(f"ALTER TABLE patients_patient ADD CONSTRAINT {name} {made}")
    for name, made in owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'patients_patient' "
        "AND indexname <> 'patients_patient_pkey'"
    ).fetchall():
        owner.execute(f"DROP INDEX {name}")
        again.append(str(made))
    return again

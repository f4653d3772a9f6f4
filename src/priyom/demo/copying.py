"""Rows into tables by COPY, as the web's own role: every constraint and trigger looks at them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models

Row = Mapping[str, Any]


def put(model: type[models.Model], rows: Iterable[Row]) -> int:
    """Copy rows into the model's table; keys are attribute names, what is left out has its default.

    Raises KeyError for a column that has neither value nor default. Returns how many there were.
    """
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    readers = [_reader(field) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    count = 0
    with connection.cursor() as cursor:
        statement = f"COPY {model._meta.db_table} ({columns}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([read(row) for read in readers])
                count += 1
    return count


def _reader(field: models.Field[Any, Any]) -> Any:
    name = field.attname
    is_json = isinstance(field, models.JSONField)
    is_made = not field.has_default() and not field.null and not field.empty_strings_allowed
    default = None if field.primary_key else _default(field)

    def read(row: Row) -> Any:
        value = row[name] if is_made or field.primary_key else row.get(name, default)
        return json.dumps(value, ensure_ascii=False) if is_json else value

    return read


def _default(field: models.Field[Any, Any]) -> Any:
    if field.has_default():
        return field.get_default()
    return None if field.null else ""


def next_numbers(sequence: str, count: int) -> list[int]:
    """Take `count` numbers of a sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [row[0] for row in cursor.fetchall()]

"""A talk of thousands of messages, made at once."""

from __future__ import annotations

from django.db import connection

from priyom.consultations.models import Consultation
from priyom.testing.cast import Cast


def lengthen(cast: Cast, talk: Consultation, count: int) -> int:
    """Write `count` messages, Анна's and Борис's in turn, one each ten minutes; return the last.

    Their words are «Сообщение <number>»; the log stays gapless.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO consultations_entry (consultation_id, seq, organisation_id, kind, author,
                side, author_name, client_key, frame, body, data, at)
            SELECT c.id, c.last_seq + n, c.organisation_id, 'message',
                CASE WHEN n %% 2 = 1 THEN %s ELSE %s END::uuid,
                CASE WHEN n %% 2 = 1 THEN 'patient' ELSE 'doctor' END,
                CASE WHEN n %% 2 = 1 THEN 'Иванова Анна Сергеевна'
                    ELSE 'Климов Борис Андреевич' END,
                'long-' || n, 1, 'Сообщение ' || (c.last_seq + n), '{}',
                now() - (%s - n) * interval '10 minutes'
            FROM consultations_consultation c, generate_series(1, %s) n WHERE c.id = %s
            """,
            [cast.anna.account.pk, cast.boris.account.pk, count, count, talk.pk],
        )
        cursor.execute(
            "UPDATE consultations_consultation SET last_seq = last_seq + %s WHERE id = %s"
            " RETURNING last_seq",
            [count, talk.pk],
        )
        return int(cursor.fetchone()[0])

"""Seals of closed talks: read and hashed without a lock, then stored."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from priyom.archive import manifest
from priyom.archive.manifest import Link, manifest_of
from priyom.conclusions.queries.signed import signed_of
from priyom.consultations import actions as consultations
from priyom.consultations import chain
from priyom.consultations.models import Consultation, Seal
from priyom.consultations.queries import seals
from priyom.files import actions as files

AT_ONCE = 500
"""Seals of one run of the job: the rest has the next minute."""
TRIES = 5
"""How often a talk whose log grows meanwhile is prepared anew within one run."""
logger = logging.getLogger("priyom.archive")


def seal_waiting(limit: int = AT_ONCE) -> int:
    """Make the seals that were asked for; return how many. One that fails holds up no other."""
    done = 0
    for key in seals.waiting_seals(limit):
        try:
            done += seal(key)
        except Exception:
            logger.exception("the seal %s could not be made", key)
    return done


def seal(seal_id: UUID) -> bool:
    """Make one seal: read and hash without a lock, then store it if the log is still as it was.

    A closed log takes no more words of people; what acts may still append asks for a seal again.
    """
    for _ in range(TRIES):
        row, talk = seals.to_seal(seal_id)
        if row.sealed_at is not None:
            return True
        listed: list[dict[str, Any]] = []
        head = chain.start(talk.pk)
        for entry in seals.entries_of(talk.pk, until=talk.last_seq):
            head = chain.follow(head, entry)
            listed += manifest.files_in(entry)
        link = Link(talk.last_seq, head)
        before = seals.seals_of(talk.pk)
        body = manifest_of(talk, link, before, listed, signed_of(talk.pk))
        blob = files.keep(body, manifest.MEDIA_TYPE)
        if consultations.seal(row.pk, link.entries, link.head, blob):
            return True
    return False


def seal_now(consultation_id: UUID) -> tuple[Consultation, Seal]:
    """Return a closed talk with its newest seal, after making one that waits.

    Raises RuntimeError when the log grew each time; the job that called fails and says so.
    """
    for key in seals.waiting_seals(1, consultation_id):
        if not seal(key):
            raise RuntimeError("the log grows faster than it is sealed")
    made = seals.seals_of(consultation_id)
    return seals.to_seal(made[-1].pk)[1], made[-1]

"""Lists of revoked certificates: fetched by a job, asked when a signature is received."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from priyom.conclusions import signer
from priyom.conclusions.models import RevocationList, Revoked
from priyom.conclusions.queries.revocation import standing_of
from priyom.conclusions.signing import refusals
from priyom.conclusions.signing.faults import Fault
from priyom.conclusions.signing.revocation import (
    Link,
    ListFault,
    Revocations,
    Unlisted,
    fetched,
    read_list,
    sources,
)
from priyom.kernel import clock

LOG = logging.getLogger("priyom.conclusions")
EVERY = timedelta(minutes=55)
"""How old a good list's last look may be; one that did not come is tried at each run."""
_AT_ONCE = 5_000


def fault_of(links: Sequence[Link]) -> Fault | None:
    """Return why a signature by this path is not taken now, or None.

    Where no list is good enough to tell, PRIYOM_REVOCATION_STRICT decides.
    """
    standing = standing_of(links)
    if standing.is_revoked(clock.now()):
        return Fault.REVOKED
    if standing.is_asked and settings.REVOCATION_STRICT and not standing.is_known:
        return Fault.UNLISTED
    return None


def refuse_revoked(links: Sequence[Link]) -> None:
    """Raise Refusal for a signature whose certificate is revoked, or cannot be asked for."""
    fault = fault_of(links)
    if fault is not None:
        raise refusals.not_taken(fault)


def load_lists() -> int:
    """Fetch the lists that are due and keep what changed; return how many came. A job calls it."""
    wanted = sources(settings.REVOCATION_LISTS)
    RevocationList.objects.exclude(source__in=wanted).delete()
    done = 0
    for source in wanted:
        now = clock.now()
        row, _ = RevocationList.objects.get_or_create(source=source, defaults={"tried_at": now})
        if row.issued_at and not row.fault and row.tried_at > now - EVERY:
            continue
        try:
            _keep(source, read_list(fetched(source), signer.roots()))
        except Unlisted as unlisted:
            LOG.warning("the list of revoked certificates %s: %s", source, unlisted.fault)
            RevocationList.objects.filter(pk=row.pk).update(fault=unlisted.fault, tried_at=now)
        else:
            done += 1
    return done


def _keep(source: str, found: Revocations) -> None:
    """Store a checked list in the place of the former one: only its changes are written."""
    with transaction.atomic():
        row = RevocationList.objects.select_for_update().get(source=source)
        is_same = row.authority == found.authority
        if is_same and row.issued_at and found.issued_at < row.issued_at:
            raise Unlisted(ListFault.OLDER)
        before = dict(row.revoked.values_list("serial", "revoked_at"))
        gone = [serial for serial, at in before.items() if found.revoked.get(serial) != at]
        row.revoked.filter(serial__in=gone).delete()
        fresh = [
            Revoked(listed_in=row, serial=serial, revoked_at=at)
            for serial, at in found.revoked.items()
            if before.get(serial) != at
        ]
        Revoked.objects.bulk_create(fresh, batch_size=_AT_ONCE)
        row.authority, row.issuer = found.authority, found.issuer[:300]
        row.issued_at, row.until = found.issued_at, found.until
        row.tried_at, row.fault = clock.now(), ""
        row.save()

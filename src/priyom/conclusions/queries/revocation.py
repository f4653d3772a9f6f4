"""Was a certificate revoked? Asked of the lists that a job keeps."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from priyom.conclusions.models import RevocationList, Revoked
from priyom.conclusions.signing.revocation import Link, Standing
from priyom.kernel import clock


def standing_of(links: Sequence[Link]) -> Standing:
    """Return what the lists say of a path: the signer's certificate, and the authorities above it.

    The signer's authority must have a list; of those above one is asked where there is one.
    """
    if not settings.REVOCATION_LISTS or not links:
        return Standing(is_asked=bool(settings.REVOCATION_LISTS))
    kept = {
        row.authority: row
        for row in RevocationList.objects.filter(
            authority__in=[authority for authority, _ in links], issued_at__isnull=False
        ).order_by("issued_at")
    }
    revoked = [
        at
        for authority, serial in links
        if authority in kept
        for at in Revoked.objects.filter(listed_in__authority=authority, serial=serial).values_list(
            "revoked_at", flat=True
        )
    ]
    own = kept.get(links[0][0])
    return Standing(
        is_asked=True,
        revoked_at=min(revoked, default=None),
        listed_at=own.issued_at if own else None,
        is_stale=bool(own and own.until and own.until < clock.now()),
    )


def revocation_lists() -> list[RevocationList]:
    """Return every list as it stands, for the report of the archive and for operators."""
    return list(RevocationList.objects.order_by("source"))

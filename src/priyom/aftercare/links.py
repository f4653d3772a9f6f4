"""The address of a link: its key sealed with the server's secret, so that none can be guessed."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "priyom.aftercare.share"


def seal_of(share: UUID) -> str:
    """Return the seal of a link's key: 40 signs for its address."""
    digest = salted_hmac(_SALT, str(share), algorithm="sha256").hexdigest()
    return digest[:40]


def is_sealed(share: UUID, seal: str) -> bool:
    """Whether the seal is that of the key."""
    return constant_time_compare(seal_of(share), seal)


def address_of(share: UUID) -> str:
    """Return the whole address that the patient passes on."""
    return f"{settings.PUBLIC_URL}/shared/{share}/{seal_of(share)}/"

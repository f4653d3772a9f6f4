"""What may be wrong with a signature, by name: pages say it in words (refusals.py)."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Why a signature is not taken."""

    UNREADABLE = "unreadable"
    """No CMS, no certificate, or a form that is not accepted."""
    HASH = "hash"
    """It was made over other bytes."""
    SIGNATURE = "signature"
    """The key of the certificate did not make it."""
    OTHER_CERTIFICATE = "other_certificate"
    """Another certificate than the one whose stamp is in the document."""
    CHAIN = "chain"
    """It leads to no root that is trusted here."""
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    USAGE = "usage"
    """The certificate is not for signatures, or has a critical part that is not understood."""
    NO_SNILS = "no_snils"
    SNILS = "snils"
    """It is another person's."""
    REVOKED = "revoked"
    UNLISTED = "unlisted"
    """Nothing can tell whether it was revoked, and the installation insists."""
    NO_OGRN = "no_ogrn"
    OGRN = "ogrn"
    """It is another organisation's."""
    CLOCK = "clock"
    """The time inside is not the time of the receipt, or is missing where it must be."""
    SHAPE = "shape"
    """The file: not one signature over every byte with nothing but zeros behind it."""


class Unfit(Exception):
    """A signature or certificate that is not taken; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault

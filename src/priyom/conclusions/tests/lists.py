"""Lists of revoked certificates as the authorities of the tests make them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import core, crl, x509

from priyom.conclusions.signing.keys import digest_of, split
from priyom.conclusions.tests.pki import House


@dataclass
class Listing:
    """A list to be made; instants aware."""

    at: datetime
    until: datetime | None = None
    revoked: dict[int, datetime] = field(default_factory=dict)
    reason: str = ""
    extension: tuple[str, core.Asn1Value] | None = None


def made(own: House, wanted: Listing) -> bytes:
    """Return the list in DER, signed by the authority."""
    entries = []
    for serial, at in wanted.revoked.items():
        entry: dict[str, Any] = {"user_certificate": serial, "revocation_date": _time(at)}
        if wanted.reason:
            reason = {"extn_id": "crl_reason", "extn_value": crl.CRLReason(wanted.reason)}
            entry["crl_entry_extensions"] = [reason]
        entries.append(entry)
    body: dict[str, Any] = {
        "version": "v2",
        "signature": {"algorithm": own.key.algorithm},
        "issuer": own.root.subject,
        "this_update": _time(wanted.at),
        "revoked_certificates": entries,
    }
    if wanted.until:
        body["next_update"] = _time(wanted.until)
    if wanted.extension:
        name, value = wanted.extension
        body["crl_extensions"] = [{"extn_id": name, "critical": True, "extn_value": value}]
    if not entries:
        del body["revoked_certificates"]
    inner = crl.TbsCertList(body)
    _, digest = split(own.key.algorithm)
    signature = own.key.sign(digest_of(digest, inner.dump()))
    outer = {
        "tbs_cert_list": inner, "signature_algorithm": {"algorithm": own.key.algorithm},
        "signature": signature,
    }  # fmt: skip
    return bytes(crl.CertificateList(outer).dump())


def _time(at: datetime) -> x509.Time:
    return x509.Time(name="utc_time", value=at.replace(microsecond=0))

"""Timestamps (RFC 3161): an authority of time says when it saw a signature."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic

import requests
from asn1crypto import tsp, x509

from priyom.conclusions.signing import cms, refusals
from priyom.conclusions.signing.certificates import path_to
from priyom.conclusions.signing.faults import Fault, Unfit
from priyom.conclusions.signing.keys import digest_of

LOG = logging.getLogger("priyom.conclusions")
CONNECTS, ANSWERS = 3.0, 10.0
"""Seconds to reach it and for its whole answer."""
LARGEST = 100_000
_GRANTED = ("granted", "granted_with_mods")


def stamped(signed: cms.Signed, url: str, roots: Sequence[x509.Certificate]) -> cms.Signed:
    """Return the signature with a timestamp over its value, tidied; checking.stamp_of judges it.

    Raises Refusal while the authority does not answer as agreed, Unfit for a token that is none.
    """
    nonce = secrets.randbits(63)
    question = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": signed.digest},
                "hashed_message": digest_of(signed.digest, signed.signature),
            },
            "nonce": nonce,
            "cert_req": True,
        }
    )
    try:
        token = _granted(_ask(url, question.dump()))
    except (requests.RequestException, ValueError, TypeError) as error:
        LOG.warning("the authority of time does not answer as agreed: %s", type(error).__name__)
        raise refusals.silent_time() from None
    found = cms.taken(token, cms.TOKEN)
    info = tsp.TSTInfo.load(found.content)
    if info["nonce"].native != nonce:
        raise Unfit(Fault.HASH)
    at: datetime = info["gen_time"].native
    path = path_to(found.certificate, found.certificates[1:], roots, at)
    return replace(signed, stamp=cms.tidied(found, path).framed())


def _ask(url: str, question: bytes) -> bytes:
    until = monotonic() + ANSWERS
    headers = {"Content-Type": "application/timestamp-query"}
    held = b""
    with requests.post(
        url, data=question, headers=headers, timeout=(CONNECTS, ANSWERS), stream=True,
        allow_redirects=False,
    ) as answer:  # fmt: skip
        if answer.status_code != requests.codes.ok:
            raise ValueError(f"status {answer.status_code}")
        for piece in answer.iter_content(8192):
            held += piece
            if len(held) > LARGEST or monotonic() > until:
                raise ValueError("the answer is too long or too slow")
    return held


def _granted(answer: bytes) -> bytes:
    found = tsp.TimeStampResp.load(answer, strict=True)
    if found["status"]["status"].native not in _GRANTED:
        raise ValueError("the authority of time refused")
    return bytes(found["time_stamp_token"].dump())

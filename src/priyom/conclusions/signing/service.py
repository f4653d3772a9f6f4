"""A signing service outside: it holds the doctors' keys and gets digests, never a document.

Two questions by POST of JSON, `<url>/certificate` and `<url>/signature`, each with the header
`Priyom-Seal: <unix seconds>.<hexadecimal HMAC-SHA256 of "<seconds>.<body>" by the secret>`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from dataclasses import dataclass
from time import monotonic, time
from typing import Any

import requests
from asn1crypto import x509

from priyom.conclusions.signing import refusals
from priyom.conclusions.signing.certificates import parsed
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.ways import Signatory, Task

LOG = logging.getLogger("priyom.conclusions")
LARGEST = 200_000
"""Bytes of an answer: a chain and a signature have a tenth of it."""
_WAITS = 202
_KNOWS_NOT = 404


@dataclass(frozen=True)
class Service:
    """Asks at `url`; seconds: `connects` to reach it, `answers` for the whole answer."""

    url: str
    secret: str
    connects: float = 3
    answers: float = 20
    name: str = "service"

    def certificate_of(self, who: Signatory) -> x509.Certificate:
        """Return the certificate that the service keeps for this СНИЛС. Raises Refusal."""
        said = self._ask("certificate", {"snils": who.snils, "name": who.name, "ogrn": who.ogrn})
        try:
            return parsed(_decoded(said, "certificate"))
        except Unfit as unfit:
            raise refusals.not_taken(unfit.fault) from None

    def sign(self, task: Task, who: Signatory, certificate: x509.Certificate) -> bytes:
        """Return the CMS over the digest. Raises Refusal: silent, or waiting for the doctor.

        `id` is the same when it is asked again: the service answers with what was signed then.
        """
        thumbprint = hashlib.sha1(certificate.dump(), usedforsecurity=False).hexdigest()
        question = {
            "id": task.id,
            "number": task.number,
            "snils": who.snils,
            "certificate": thumbprint,
            "digest": task.digest.hex(),
            "digest_algorithm": task.digest_algorithm,
            "form": "cades" if task.is_detached else "pades",
        }
        return _decoded(self._ask("signature", question), "cms")

    def _ask(self, what: str, question: dict[str, str]) -> Any:
        body = json.dumps(question, ensure_ascii=False).encode()
        now = str(int(time()))
        seal = hmac.new(self.secret.encode(), f"{now}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "Priyom-Seal": f"{now}.{seal.hexdigest()}",
        }
        until = monotonic() + self.answers
        try:
            with requests.post(
                f"{self.url}/{what}",
                data=body,
                headers=headers,
                timeout=(self.connects, self.answers),
                stream=True,
                allow_redirects=False,
            ) as answer:
                return self._read(answer, until)
        except (requests.RequestException, ValueError) as error:
            # No name, number or digest: the log is read by others.
            LOG.warning("the signing service does not answer as agreed: %s", _brief(error))
            raise refusals.silent_service() from None

    def _read(self, answer: requests.Response, until: float) -> Any:
        if answer.status_code == _WAITS:
            raise refusals.service_waits()
        if answer.status_code == _KNOWS_NOT:
            raise refusals.service_has_no_key()
        if answer.status_code != requests.codes.ok:
            raise ValueError(f"status {answer.status_code}")
        held = b""
        for piece in answer.iter_content(8192):
            held += piece
            if len(held) > LARGEST or monotonic() > until:
                raise ValueError("the answer is too long or too slow")
        return json.loads(held)


def _decoded(said: Any, name: str) -> bytes:
    """Return the base64 value of an answer, "-" for another form: it is judged like any other."""
    value = said.get(name) if isinstance(said, dict) else None
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b"-"
    except ValueError:
        return b"-"


def _brief(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else type(error).__name__

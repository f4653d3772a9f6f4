"""The signing key, made at the first start and kept in var/esia for its owner only."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

LIVES = 300
"""Seconds an id_token is good for."""


class Signer:
    """RS256 with one key; `jwks` is what the world may see."""

    def __init__(self, folder: Path) -> None:
        self._key = _kept(folder)

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [dict(self._key.as_dict(private=False), use="sig", alg="RS256")]}

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)


def id_token_claims(issuer: str, client_id: str, oid: str, nonce: str) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": issuer, "aud": client_id, "sub": oid, "nonce": nonce, "iat": now, "exp": now + LIVES,
    }  # fmt: skip


def _kept(folder: Path) -> RSAKey:
    path = folder / "key.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made.as_dict(private=True), file)
    return RSAKey.import_key(json.loads(path.read_text()))

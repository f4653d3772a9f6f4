"""Who proves a patient's identity: today ЕСИА by OpenID Connect, tomorrow perhaps a broker.

New systems may not connect to ЕСИА with own code (domain.md 3.1), so the rest of the house
sees only `IdentityProvider`. Kept apart from the database: the caller holds the sign-in.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from priyom.accounts import rules
from priyom.accounts.rules import Identity, Level, UnderWay
from priyom.kernel import clock, snils

LOG = logging.getLogger("priyom.accounts")
TIMEOUT = (3.05, 8)
"""Seconds to connect and to answer; a person waits for the sum of four such calls at worst."""
SCOPE = "openid fullname birthdate snils email"
LEEWAY = 60
"""Seconds by which our clock and theirs may differ."""


class IdentityProvider(Protocol):
    """Two steps of one sign-in. Both raise Refusal with what to say to the person."""

    def begin(self, sign_in: UnderWay) -> str:
        """Return the address to send the browser to."""

    def finish(self, params: Mapping[str, str], sign_in: UnderWay) -> Identity:
        """Return who came back, from the query of the callback; `sign_in` was claimed before."""


def current() -> IdentityProvider:
    """Return the provider of this installation."""
    return EsiaOidc(
        public=settings.ESIA_URL,
        inner=settings.ESIA_INNER_URL,
        client=(settings.ESIA_CLIENT_ID, settings.ESIA_CLIENT_SECRET),
        callback=f"{settings.PUBLIC_URL}/my/esia/callback/",
    )


class EsiaOidc:
    """Authorization code with PKCE S256, state, nonce; the id_token is checked, not believed."""

    def __init__(self, *, public: str, inner: str, client: tuple[str, str], callback: str) -> None:
        self.public = public
        self.inner = inner
        self.client_id, self._secret = client
        self.callback = callback

    def begin(self, sign_in: UnderWay) -> str:
        """Return ЕСИА's page for this sign-in; ЕСИА is asked first: its silence is ours to say."""
        url, _ = self._session().create_authorization_url(
            self._found()["authorization_endpoint"],
            state=sign_in.state,
            nonce=sign_in.nonce,
            code_verifier=sign_in.verifier,
        )
        return str(url)

    def finish(self, params: Mapping[str, str], sign_in: UnderWay) -> Identity:
        """Exchange the code, check the id_token, read who it is."""
        if params.get("error") == "access_denied":
            raise rules.cancelled()
        if "error" in params or not params.get("code"):
            LOG.warning("esia answered with error %.40r", params.get("error", "no code"))
            raise rules.unavailable()
        found = self._found()
        if params.get("iss", found["issuer"]) != found["issuer"]:
            raise self._untrusted("mix_up")
        session = self._session()
        try:
            token = session.fetch_token(
                self._inner(found["token_endpoint"]),
                code=params["code"],
                code_verifier=sign_in.verifier,
                timeout=TIMEOUT,
            )
        except OAuthError as error:
            LOG.warning("esia refused the code: %.60s", error.error)
            if error.error == "invalid_grant":
                raise rules.foreign() from error
            raise self._silent(error) from error
        except (requests.RequestException, ValueError) as error:
            raise self._silent(error) from error
        oid = self._check(token.get("id_token", ""), found, sign_in.nonce)
        said = self._json(session, self._inner(found["userinfo_endpoint"]))
        if said.get("sub") != oid:
            raise self._untrusted("sub")
        return _identity(oid, said)

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self._secret,
            scope=SCOPE,
            redirect_uri=self.callback,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method's name
        )

    def _found(self) -> dict[str, Any]:
        found = self._json(requests, f"{self.inner}/.well-known/openid-configuration")
        if found.get("issuer") != self.public:
            raise self._untrusted("issuer")
        return found

    def _inner(self, url: str) -> str:
        """Return the address by which this server reaches what `url` names to browsers."""
        return self.inner + url.removeprefix(self.public) if url.startswith(self.public) else url

    def _json(self, client: Any, url: str) -> dict[str, Any]:
        try:
            answer = client.get(url, timeout=TIMEOUT)
            answer.raise_for_status()
            body = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise self._silent(error) from error
        return body if isinstance(body, dict) else {}

    def _check(self, id_token: str, found: Mapping[str, Any], nonce: str) -> str:
        """Return the subject of an id_token that is ЕСИА's, for us, for this sign-in and fresh."""
        keys = self._json(requests, self._inner(found["jwks_uri"]))
        wanted = jwt.JWTClaimsRegistry(
            now=lambda: int(clock.now().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.public},
            aud={"essential": True, "value": self.client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=["RS256"])  # type: ignore[arg-type]
            wanted.validate(token.claims)
        except (JoseError, ValueError, KeyError) as error:
            raise self._untrusted(type(error).__name__) from error
        return str(token.claims["sub"])

    def _untrusted(self, why: str) -> Exception:
        LOG.error("the answer of esia did not pass the check: %s", why)
        return rules.untrusted(why)

    def _silent(self, error: Exception) -> Exception:
        LOG.warning("esia does not answer as agreed: %s", type(error).__name__)
        return rules.unavailable()


def _identity(oid: str, said: Mapping[str, Any]) -> Identity:
    """Return the person of a userinfo answer; what is missing or malformed counts as not said."""
    number = snils.digits(str(said.get("snils", "")))
    try:
        level = Level(str(said.get("level", "")))
    except ValueError:
        level = Level.SIMPLE
    return Identity(
        oid=oid,
        family=str(said.get("family_name", "")),
        given=str(said.get("given_name", "")),
        patronymic=str(said.get("middle_name", "")),
        birth_on=_day(str(said.get("birthdate", ""))),
        snils=number if snils.is_snils(number) else "",
        email=str(said.get("email", "")) if said.get("email_verified") is True else "",
        is_trusted=level is Level.CONFIRMED,
        level=level,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

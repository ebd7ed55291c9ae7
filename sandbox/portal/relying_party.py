"""The portal as OpenID relying party: asks, receives, verifies. What it shows is what it
checked.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from sandbox.people import EMAIL, is_enough, level_of
from sandbox.portal import order
from sandbox.portal.clients import PortalClient, PortalService
from sandbox.portal.order import is_answered
from sandbox.wire import Wire

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class LoginWrong(Exception):
    """The answer of the broker is not acceptable; the text says which check failed."""


@dataclass(frozen=True)
class Asked:
    """What the portal remembers of a login that it asked for."""

    client_id: str
    service: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    details: str | None = None  # authorization_details, where a document was asked about


@dataclass(frozen=True)
class Check:
    """One check with its outcome, for the page."""

    name: str
    value: str


@dataclass
class RelyingParty:
    """The portal's clients at one issuer."""

    issuer: str
    portal: str
    clients: tuple[PortalClient, ...]
    wire: Wire
    gateway: str | None = None  # base URL, for clients that are behind it
    _documents: dict[str, Any] = field(default_factory=dict)

    def ask(
        self, client: PortalClient, service: PortalService, extra: dict[str, str]
    ) -> tuple[Asked, str]:
        """What to remember and where to send the browser."""
        registration = client.registration
        asked = Asked(
            client_id=registration.client_id,
            service=service.uuid,
            state=secrets.token_urlsafe(16),
            nonce=secrets.token_urlsafe(16),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=f"{self._address_of(client)}/callback/{registration.client_id}",
            details=extra.get("authorization_details"),
        )
        query = {
            "client_id": asked.client_id,
            "redirect_uri": asked.redirect_uri,
            "response_type": "code",
            "scope": f"openid urn:uuid:{service.uuid}",
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": create_s256_code_challenge(asked.verifier),
            "code_challenge_method": "S256",
            **extra,
        }
        return asked, f"{self._discovered('authorization_endpoint')}?{urlencode(query)}"

    def receive(self, asked: Asked, query: dict[str, str]) -> tuple[dict[str, Any], list[Check]]:
        """Redeem and verify. Raises LoginWrong."""
        checks = [
            _check("state", query.get("state") == asked.state, "komt overeen"),
            _check("iss", query.get("iss") == self.issuer, self.issuer),
        ]
        client = next(c for c in self.clients if c.registration.client_id == asked.client_id)
        answer = self._redeem(client, asked, query.get("code", ""))
        claims = self._verified(client, answer["id_token"])
        checks.append(Check("handtekening", client.registration.id_token_alg))
        service = next(s for s in client.registration.services if s.uuid == asked.service)
        checks += _check_claims(claims, self.issuer, client, asked, service)
        if asked.details is not None:
            told = claims.get("authorization_details")
            checks.append(_check("document", is_answered(asked.details, told), order.TITLE))
            checks.append(Check("antwoord", str(told[0]["answer"].get("decision"))))
        return claims, checks

    def logout_url(self, client_id: str) -> str:
        """Where the user logs out of the broker and everything that builds on it."""
        client = next(c for c in self.clients if c.registration.client_id == client_id)
        done = f"{self._address_of(client)}/"
        query = urlencode({"client_id": client_id, "post_logout_redirect_uri": done})
        return f"{self._discovered('end_session_endpoint')}?{query}"

    def receive_logout(self, client: PortalClient, token: str) -> str:
        """The ``sid`` of a session that ended (Back-Channel Logout §2.6). Raises LoginWrong."""
        claims, header = self._verified(client, token), jwt_header(token)
        now = time.time()
        _check("typ", header.get("typ") == "logout+jwt", "")
        _check("issuer", claims.get("iss") == self.issuer, "")
        _check("audience", claims.get("aud") == client.registration.client_id, "")
        _check("tijd", claims.get("iat", 0) - 5 <= now < claims.get("exp", 0), "")
        _check("events", LOGOUT_EVENT in claims.get("events", {}), "")
        _check("nonce", "nonce" not in claims, "")
        return str(claims["sid"])

    def _address_of(self, client: PortalClient) -> str:
        """The base URL that the broker knows."""
        behind = client.registration.is_behind_gateway and self.gateway is not None
        return self.gateway or "" if behind else self.portal

    def _redeem(self, client: PortalClient, asked: Asked, code: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.redirect_uri,
            "code_verifier": asked.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if client.key is not None:
            form |= {
                "client_assertion_type": ASSERTION,
                "client_assertion": self._assertion(client),
            }
        else:
            pair = f"{quote(asked.client_id)}:{quote(client.secret or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        place = self._discovered("token_endpoint")
        answer = self.wire.request("POST", place, urlencode(form), headers)
        if answer.status != 200:
            raise LoginWrong(f"token endpoint: {answer.body.decode()}")
        found: dict[str, Any] = answer.json()
        return found

    def _assertion(self, client: PortalClient) -> str:
        assert client.key is not None
        algorithm = str(client.key.as_dict(private=False)["alg"])
        now = int(time.time())
        identifier = client.registration.client_id
        claims = {
            "iss": identifier,
            "sub": identifier,
            "aud": self.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        header = {"alg": algorithm, "kid": client.key.kid}
        return jwt.encode(header, claims, client.key, algorithms=[algorithm])

    def _verified(self, client: PortalClient, token: str) -> dict[str, Any]:
        for again in (False, True):
            keys = KeySet.import_key_set(self._document(self._discovered("jwks_uri"), again))
            try:
                algorithm = client.registration.id_token_alg
                return dict(jwt.decode(token, keys, algorithms=[algorithm]).claims)
            except (JoseError, ValueError):
                continue
        raise LoginWrong("de handtekening van het ID-token klopt niet")

    def _discovered(self, name: str) -> str:
        return str(self._document(f"{self.issuer}/.well-known/openid-configuration")[name])

    def _document(self, url: str, again: bool = False) -> Any:
        if again or url not in self._documents:
            answer = self.wire.request("GET", url)
            if answer.status != 200:
                raise LoginWrong(f"{url} antwoordt met {answer.status}")
            self._documents[url] = answer.json()
        return self._documents[url]


def jwt_header(token: str) -> dict[str, Any]:
    """The header of a token, not verified."""
    part = token.partition(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _check(name: str, passed: bool, value: str) -> Check:
    if not passed:
        raise LoginWrong(f"{name} klopt niet")
    return Check(name, value)


def _check_claims(
    claims: dict[str, Any], issuer: str, client: PortalClient, asked: Asked, service: PortalService
) -> list[Check]:
    now = time.time()
    level = level_of(str(claims.get("acr"))) or ""
    is_email = "acr" not in claims and claims.get("loa") == EMAIL
    represents = claims.get("represents")
    must = service.mandate == "required"
    return [
        _check("issuer", claims.get("iss") == issuer, issuer),
        _check("audience", claims.get("aud") == client.registration.client_id, asked.client_id),
        _check("nonce", claims.get("nonce") == asked.nonce, "komt overeen"),
        _check("tijd", claims.get("iat", 0) - 5 <= now < claims.get("exp", 0), "geldig"),
        _check(
            "niveau",
            (bool(level) and is_enough(level, service.level)) or (is_email and service.takes_email),
            f"{level or 'account met e-mailadres'} (nodig {service.level})",
        ),
        _check("represents", not must or bool(represents), _named(represents)),
    ]


def _named(represents: Any) -> str:
    """Who is acted for: the deepest party, and through whom."""
    if not isinstance(represents, dict):
        return "voor zichzelf"
    inner = represents.get("represents")
    name = f"{represents.get('name', '')} (KvK {represents.get('sub')})".strip()
    return f"{_named(inner)} via {name}" if inner else name

"""The portal as OpenID relying party: asks, receives, verifies. What it shows is what it
checked.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from sandbox.language import DUTCH
from sandbox.people import EMAIL, is_enough, level_of
from sandbox.portal import order
from sandbox.portal.claims import mandate_fits, party
from sandbox.portal.clients import PortalClient, PortalService
from sandbox.portal.order import is_answered
from sandbox.texts import said
from sandbox.wire import Wire

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
FAILED: Final = "Deze controle mislukte: {name}."
REQUEST: Final = "Het antwoord hoort bij onze vraag"
SENDER: Final = "Het antwoord komt van Sluis"
REACHED: Final = "{level} (nodig {wanted})"
BY_EMAIL: Final = "account met e-mailadres (nodig {wanted})"
MANDATE: Final = "De machtiging is er"
NO_MANDATE: Final = "Een machtiging is hier niet nodig"
ALONE: Final = "voor zichzelf"
SIGNATURE: Final = "De handtekening klopt"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class LoginWrong(Exception):
    """The answer of the broker is not acceptable. ``dutch`` says which check failed, a text with
    room for ``values``.
    """

    def __init__(self, dutch: str, **values: object) -> None:
        super().__init__(said(dutch, DUTCH, **values))
        self.dutch = dutch
        self.values = values

    def text(self, language: str) -> str:
        """The sentence in this language; a check that it names as well."""
        values = {name: said(str(value), language) for name, value in self.values.items()}
        return said(self.dutch, language, **values)


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
    """One check that was passed, for the page. ``name`` is a Dutch text; ``value`` what was found,
    with room for ``values``.
    """

    name: str
    value: str
    values: Mapping[str, str] = field(default_factory=dict)


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
        _check(REQUEST, query.get("state") == asked.state, "state")
        _check(SENDER, query.get("iss") == self.issuer, "iss")
        client = next(c for c in self.clients if c.registration.client_id == asked.client_id)
        answer = self._redeem(client, asked, query.get("code", ""))
        claims = self._verified(client, answer["id_token"])
        key = str(jwt_header(answer["id_token"]).get("kid"))[:8]
        signed = {"alg": client.registration.id_token_alg, "key": f"{key}…"}
        checks = [
            Check(REQUEST, "state"),
            Check(SENDER, "iss"),
            Check("De code hoort bij deze browser en deze vraag", "PKCE S256"),
            Check(SIGNATURE, "{alg}, sleutel {key}", signed),
        ]
        service = next(s for s in client.registration.services if s.uuid == asked.service)
        checks += _check_claims(claims, self.issuer, client, asked, service)
        if asked.details is not None:
            told = claims.get("authorization_details")
            fits = is_answered(asked.details, told)
            checks.append(_check("Het antwoord gaat over dit document", fits, order.TITLE))
            decision = str(told[0]["answer"].get("decision"))  # type: ignore[index]
            checks.append(Check("Er is geantwoord", "{decision}", {"decision": decision}))
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
        _check("iat, exp", claims.get("iat", 0) - 5 <= now < claims.get("exp", 0), "")
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
            raise LoginWrong(
                "Sluis wil de code niet inwisselen: {answer}", answer=answer.body.decode()
            )
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
        raise LoginWrong(FAILED, name=SIGNATURE)

    def _discovered(self, name: str) -> str:
        return str(self._document(f"{self.issuer}/.well-known/openid-configuration")[name])

    def _document(self, url: str, again: bool = False) -> Any:
        if again or url not in self._documents:
            answer = self.wire.request("GET", url)
            if answer.status != 200:
                raise LoginWrong("{url} antwoordt met {status}", url=url, status=answer.status)
            self._documents[url] = answer.json()
        return self._documents[url]


def jwt_header(token: str) -> dict[str, Any]:
    """The header of a token, not verified."""
    part = token.partition(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _check(name: str, passed: bool, value: str, **values: str) -> Check:
    if not passed:
        raise LoginWrong(FAILED, name=name)
    return Check(name, value, values)


def _check_claims(
    claims: dict[str, Any], issuer: str, client: PortalClient, asked: Asked, service: PortalService
) -> list[Check]:
    now = time.time()
    level = level_of(str(claims.get("acr"))) or ""
    is_email = "acr" not in claims and claims.get("loa") == EMAIL
    is_high_enough = bool(level) and is_enough(level, service.level)
    represents = claims.get("represents")
    must = service.mandate == "required"
    return [
        _check("Sluis maakte het token", claims.get("iss") == issuer, "iss"),
        _check(
            "Het token is voor dit portaal",
            claims.get("aud") == client.registration.client_id,
            "aud",
        ),
        _check("De nonce is die van onze vraag", claims.get("nonce") == asked.nonce, "nonce"),
        _check(
            "Het token is nog geldig",
            claims.get("iat", 0) - 5 <= now < claims.get("exp", 0),
            "iat, exp",
        ),
        _check(
            "Het niveau is hoog genoeg",
            is_high_enough or (is_email and service.takes_email),
            REACHED if level else BY_EMAIL,
            level=level,
            wanted=service.level,
        ),
        _check(
            MANDATE if must else NO_MANDATE,
            not must or bool(represents),
            _named(represents),
        ),
        _check("De machtiging is voor deze dienst", mandate_fits(claims, service), "service_uuid"),
    ]


def _named(represents: Any) -> str:
    """Who is acted for: the deepest party, and through whom."""
    if not isinstance(represents, dict):
        return ALONE
    inner = represents.get("represents")
    name = party(represents)
    return f"{_named(inner)} via {name}" if inner else name

"""A makelaar that speaks OpenID Connect on loopback; every part of its answers can be spoiled."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from joserfc import jws

from assurance.levels import AssuranceLevel
from keys.jwks import as_joserfc
from keys.keyring import AnyPrivateKey
from providers.interface import (
    AuthenticationRequest,
    Callback,
    Departure,
    Identity,
    ProviderRefused,
)
from providers.oidc.provider import OidcProvider
from providers.registry import OidcSettings, ProviderRecord
from state.outgoing import OutgoingClient
from tests.clocks import START
from tests.keys_for_tests import ec_key, make_keyring, rsa_key
from tests.listener import Listener, Said, Seen, listening

REDIRECT_URI = "https://login.example/oidc/callback/zekerweg"
SERVICE = "7f4a3c1e-5d2b-4b7e-9f53-0d8c6a1b2e34"
CODE = "a-code-of-the-makelaar"
ACCESS_TOKEN = "an-access-token"
PUSHED = "urn:ietf:params:oauth:request_uri:a-request"
EIDAS = "http://eidas.europa.eu/LoA/"


def public_jwk(key: AnyPrivateKey, kid: str | None, **more: str) -> dict[str, Any]:
    wrapped = as_joserfc(key, None)
    named = {"kid": kid} if kid is not None else {}
    return {**wrapped.as_dict(private=False), "use": "sig", **named, **more}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def half_hash(value: str) -> str:
    return b64(hashlib.sha256(value.encode()).digest()[:16])


def compact(header: Mapping[str, Any], payload: bytes, key: AnyPrivateKey) -> str:
    """A signed token with exactly this header and payload."""
    alg = str(header["alg"])
    wrapped = as_joserfc(key, None)
    registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    return jws.serialize_compact(dict(header), payload, wrapped, registry=registry)


def changed(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``None`` takes a member away."""
    return {name: v for name, v in {**base, **changes}.items() if v is not None}


@dataclass
class Makelaar:
    """What it answers and was asked. The dictionaries hold what is not as it should be."""

    listener: Listener | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(default_factory=dict)
    id_token: Callable[[dict[str, Any]], str] | None = None
    keys: list[dict[str, Any]] = field(
        default_factory=lambda: [public_jwk(rsa_key("makelaar"), "m1")]
    )
    signing_key: AnyPrivateKey = field(default_factory=lambda: rsa_key("makelaar"))
    userinfo: Callable[[], Said] | None = None
    spoiled: dict[str, Said] = field(default_factory=dict)  # path -> the whole answer
    query: dict[str, str] = field(default_factory=dict)  # of the authorization request

    @property
    def issuer(self) -> str:
        assert self.listener is not None
        return f"http://{self.listener.authority}/zekerweg"

    def paths(self) -> list[str]:
        """The last words of the addresses that were called."""
        assert self.listener is not None
        return [seen.path.rsplit("/", 1)[-1] for seen in self.listener.seen]

    def form(self, endpoint: str = "token") -> dict[str, str]:
        """What was posted to this endpoint last."""
        assert self.listener is not None
        posted = [seen for seen in self.listener.seen if seen.path.endswith(f"/{endpoint}")]
        return dict(parse_qsl(posted[-1].body.decode()))

    def answer(self, seen: Seen) -> Said:
        word = seen.path.rsplit("/", 1)[-1]
        if word in self.spoiled:
            return self.spoiled[word]
        answers: dict[str, Callable[[Seen], Said]] = {
            "openid-configuration": lambda _: as_json(self.document()),
            "jwks": lambda _: as_json({"keys": self.keys}),
            "token": self._token,
            "par": self._push,
            "userinfo": lambda _: self.userinfo() if self.userinfo else Said(status=404),
        }
        return answers[word](seen) if word in answers else Said(status=404)

    def document(self) -> dict[str, Any]:
        good = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "authorization_response_iss_parameter_supported": True,
        }
        return changed(good, self.metadata)

    def _push(self, seen: Seen) -> Said:
        self.query = dict(parse_qsl(seen.body.decode(), strict_parsing=True))
        return as_json({"request_uri": PUSHED, "expires_in": 60}, status=201)

    def _token(self, seen: Seen) -> Said:
        form = parse_qs(seen.body.decode())
        verifier = form["code_verifier"][0]
        challenge = b64(hashlib.sha256(verifier.encode()).digest())
        if challenge != self.query["code_challenge"] or form["code"] != [CODE]:
            return as_json({"error": "invalid_grant"}, status=400)
        good = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": self.make_token()}
        return as_json(changed(good, self.token))

    def good_claims(self) -> dict[str, Any]:
        now = int(START.timestamp())
        return {
            "iss": self.issuer,
            "aud": "sluis",
            "sub": "person-1",
            "nonce": self.query.get("nonce"),
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "acr": f"{EIDAS}substantial",
        }

    def make_token(self) -> str:
        claims = changed(self.good_claims(), self.claims)
        if self.id_token is not None:
            return self.id_token(claims)
        alg = "ES256" if hasattr(self.signing_key, "curve") else "RS256"
        header = changed({"alg": alg, "kid": "m1"}, self.header)
        return compact(header, json.dumps(claims).encode(), self.signing_key)


def as_json(document: object, status: int = 200) -> Said:
    body = json.dumps(document).encode()
    return Said(body, status=status, headers={"Content-Type": "application/json"})


def record_of(makelaar: Makelaar, **changes: Any) -> ProviderRecord:
    """Settings by the names of OidcSettings or of ProviderRecord."""
    ours = {n: v for n, v in changes.items() if n in ProviderRecord.model_fields}
    oidc = {n: v for n, v in changes.items() if n not in ProviderRecord.model_fields}
    settings = OidcSettings.model_validate(
        {"issuer": makelaar.issuer, "client_id": "sluis", **oidc}
    )
    base = {"id": "zekerweg", "name": "Zekerweg", "level_ceiling": "EH3", "oidc": settings}
    return ProviderRecord.model_validate({**base, **ours})


def provider_for(makelaar: Makelaar, **changes: Any) -> OidcProvider:
    assert makelaar.listener is not None
    return OidcProvider(
        record=record_of(makelaar, **changes),
        keyring=make_keyring(),
        outgoing=OutgoingClient([makelaar.listener.authority]),
        redirect_uri=REDIRECT_URI,
    )


def ask(**changes: Any) -> AuthenticationRequest:
    base: dict[str, Any] = {
        "relay_state": "a-login.1",
        "level": AssuranceLevel.EH3,
        "service_uuid": SERVICE,
        "service_name": "Bronhouderportaal",
    }
    return AuthenticationRequest(**{**base, **changes})


def callback(*parameters: tuple[str, str], at: datetime = START, **changes: str) -> Callback:
    base = {"method": "GET", "url": REDIRECT_URI}
    return Callback(parameters=parameters, received_at=at, **{**base, **changes})


def leave(
    makelaar: Makelaar, provider: OidcProvider, at: datetime = START, **asked: Any
) -> Departure:
    """Begin, and let the makelaar see the request."""
    departure = provider.begin(ask(**asked), at)
    query = dict(parse_qsl(urlsplit(departure.url).query, strict_parsing=True))
    if "request_uri" not in query:  # else it was brought
        makelaar.query = query
    return departure


def good_answer(makelaar: Makelaar) -> tuple[tuple[str, str], ...]:
    return (("code", CODE), ("state", "a-login.1"), ("iss", makelaar.issuer))


def login(makelaar: Makelaar, at: datetime = START, **changes: Any) -> Identity:
    """A whole login; names of an AuthenticationRequest are asked, the others are settings."""
    asked = {n: changes.pop(n) for n in ("level", "force_authn", "max_age") if n in changes}
    provider = provider_for(makelaar, **changes)
    departure = leave(makelaar, provider, **asked)
    return provider.finish(departure.remembered, callback(*good_answer(makelaar), at=at))


@contextmanager
def running() -> Iterator[Makelaar]:
    """A makelaar that answers well, until it is spoiled."""
    makelaar = Makelaar()
    with listening(makelaar.answer) as listener:
        makelaar.listener = listener
        yield makelaar


def es256(makelaar: Makelaar) -> None:
    """Let it sign with a P-256 key."""
    makelaar.signing_key = ec_key("makelaar")
    makelaar.keys = [public_jwk(ec_key("makelaar"), "m1")]


def refused(makelaar: Makelaar, reason: str, **changes: Any) -> None:
    """The login with these changes is refused for this reason."""
    with pytest.raises(ProviderRefused) as caught:
        login(makelaar, **changes)
    assert caught.value.reason == reason

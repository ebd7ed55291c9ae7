"""A portal of tests: asks as it is told, and redeems nothing by itself."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import yaml
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet

from sandbox.browser import Browser, Page
from sandbox.portal.clients import PortalService
from sandbox.wire import Answer
from tests.broker.clients import HOST, OTHER_HOST, REDIRECT_URI, SECRET, clients, portal_key
from tests.world import ADDRESSES, World, make_world

ISSUER: Final = ADDRESSES.broker
VERIFIER: Final = "a-verifier-with-as-many-characters-as-the-rules-ask"
CHALLENGE: Final = create_s256_code_challenge(VERIFIER)
STATE: Final = "state-of-the-portal"
NONCE: Final = "nonce-of-the-portal"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}

Pairs = list[tuple[str, str]]


def make_portal_world(
    directory: Path, *, has_own_keys: bool = False, **sections: Mapping[str, object]
) -> World:
    """A world with the clients of tests in it, and a place where their answers arrive."""
    documents = yaml.safe_dump_all(clients())
    world = make_world(directory, documents=documents, has_own_keys=has_own_keys, **sections)
    for host in (HOST, OTHER_HOST, "127.0.0.1:9000"):
        world.wire.applications[host] = landing()
    return world


def set_clock(world: World) -> None:
    """Now: the makelaars know no other time, and a world lives as long as its module."""
    world.clock.now = datetime.now(UTC)
    world.process.holder.refresh()


def landing() -> Flask:
    """A portal that looks at no answer."""
    app = Flask("landing")

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def anything(path: str) -> str:
        return "<html><title>Portal</title><h1>Portal</h1></html>"

    return app


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address, each of which must occur once."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs), url
    return dict(pairs)


@dataclass
class Portal:
    """One client in one world."""

    world: World
    client_id: str = "by-basic"
    redirect_uri: str = REDIRECT_URI

    # The authorization endpoint.

    def request(self, **changes: str | None) -> dict[str, str]:
        """A request in order; ``None`` leaves a parameter out."""
        good: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": STATE,
            "nonce": NONCE,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def url(self, **changes: str | None) -> str:
        return f"{ISSUER}/authorize?{urlencode(self.request(**changes))}"

    def ask(self, pairs: Mapping[str, str] | Pairs, method: str = "GET") -> Answer:
        """The bare answer of the authorization endpoint, without a browser."""
        body = urlencode(list(pairs.items()) if isinstance(pairs, Mapping) else pairs)
        if method == "POST":
            return self.world.wire.request("POST", f"{ISSUER}/authorize", body, FORM)
        return self.world.wire.request("GET", f"{ISSUER}/authorize?{body}")

    # A whole login.

    def at_makelaar(
        self, makelaar: str = "zekerweg", browser: Browser | None = None, **changes: str | None
    ) -> Browser:
        """A browser that stands at the login page of the makelaar."""
        browser = browser or self.world.browser()
        page = browser.open(self.url(**{"idp_hint": makelaar, **changes}))
        assert page.url.startswith(ADDRESSES.makelaars), f"{page.status} {page.text}"
        return browser

    def log_in(
        self,
        person: str = "jan",
        makelaar: str = "zekerweg",
        browser: Browser | None = None,
        **changes: str | None,
    ) -> dict[str, str]:
        """What the portal hears after the person logged in and agreed where that was asked."""
        browser = self.at_makelaar(makelaar, browser, **changes)
        page = browser.press("person", person)
        if _asks(page, "agree"):
            page = browser.press("agree", "yes")
        return self.heard(page)

    def code(self, person: str = "jan", makelaar: str = "zekerweg", **changes: str | None) -> str:
        return self.log_in(person, makelaar, **changes)["code"]

    def heard(self, page: Page) -> dict[str, str]:
        """The answer in the address where the browser now is, which must be the portal's."""
        assert page.url.startswith(self.redirect_uri.partition("?")[0]), f"{page.url}\n{page.text}"
        return query_of(page.url)

    # The token endpoint.

    def redemption(self, code: str, **changes: str | None) -> dict[str, str]:
        """The form that redeems a code, without client authentication."""
        good: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def token(
        self, form: Mapping[str, str] | Pairs, headers: Mapping[str, str] = {}, query: str = ""
    ) -> Answer:
        """The bare answer of the token endpoint."""
        body = urlencode(list(form.items()) if isinstance(form, Mapping) else form)
        return self.world.wire.request("POST", f"{ISSUER}/token{query}", body, {**FORM, **headers})

    def proof(self) -> tuple[dict[str, str], dict[str, str]]:
        """Form fields and headers with which this client authenticates."""
        known = self.world.runtime.configuration.oidc_clients.get(self.client_id)
        if known is None:  # withdrawn, which a portal does not know
            return {}, {"Authorization": basic(self.client_id, SECRET)}
        match known.token_endpoint_auth_method:
            case "client_secret_basic":
                return {}, {"Authorization": basic(self.client_id, SECRET)}
            case "client_secret_post":
                return {"client_id": self.client_id, "client_secret": SECRET}, {}
            case "private_key_jwt":
                return by_assertion(assertion(self.client_id)), {}
            case _:
                return {"client_id": self.client_id}, {}

    def redeem(self, code: str, **changes: str | None) -> Answer:
        """The answer to a redemption by the right client."""
        fields, headers = self.proof()
        return self.token({**self.redemption(code, **changes), **fields}, headers)

    def tokens(self, code: str) -> dict[str, Any]:
        """The token response, which must be one."""
        answer = self.redeem(code)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.json()
        return found

    def claims(self, id_token: str) -> dict[str, Any]:
        """The claims of an ID token, its signature checked with the published keys."""
        keys = KeySet.import_key_set(self.world.wire.request("GET", f"{ISSUER}/jwks").json())
        client = self.world.runtime.configuration.oidc_clients[self.client_id]
        algorithm = client.id_token_signed_response_alg
        return dict(jwt.decode(id_token, keys, algorithms=[algorithm]).claims)

    def userinfo(self, access_token: str | None, method: str = "GET") -> Answer:
        headers = {} if access_token is None else {"Authorization": f"Bearer {access_token}"}
        return self.world.wire.request(method, f"{ISSUER}/userinfo", None, headers)


def scope_of(service: PortalService) -> str:
    return f"openid urn:uuid:{service.uuid}"


def basic(client_id: str, secret: str) -> str:
    """RFC 6749 §2.3.1."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def assertion(client_id: str = "by-key", *, key: Any = None, **changes: Any) -> str:
    """A client assertion in order but for ``changes``; ``None`` leaves a claim out, ``header`` is
    merged into the header.
    """
    now = int(time.time())
    header = {"alg": "RS256", "kid": "portal-1", **changes.pop("header", {})}
    good = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "jti": f"jti-{time.perf_counter_ns()}",
        "iat": now,
        "exp": now + 60,
    }
    claims = {name: value for name, value in (good | changes).items() if value is not None}
    return jwt.encode(header, claims, key or portal_key(), algorithms=[header["alg"]])


def by_assertion(made: str) -> dict[str, str]:
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": made}


def payload(token: str) -> dict[str, Any]:
    """The claims of a token, nothing checked."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _asks(page: Page, button: str) -> bool:
    return any(b.get("name") == button for form in page.forms for b in form.iter("button"))

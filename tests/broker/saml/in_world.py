"""A SAML portal in a whole world: its requests in a browser, and what arrives at its address."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import yaml
from flask import Flask, request
from lxml import etree

from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, BODEMKAART, GRONDWATER, IDEEEN, LOZING
from sandbox.walk import MOST_PAGES, Walk
from sandbox.wire import Answer
from tests.broker.portal import set_clock
from tests.broker.saml.portals import (
    NAMES,
    Asked,
    acs,
    certificate,
    form,
    key_descriptor,
    metadata,
    query,
    signed,
    status_in,
    verified,
)
from tests.world import ADDRESSES, World, make_world

HOST: Final = "127.0.0.6:9001"
ENTITY: Final = "urn:waterkaart:portaal"
ACS: Final = f"http://{HOST}/acs"
SECOND: Final = f"http://{HOST}/tweede?x=1"
SSO: Final = f"{ADDRESSES.broker}/saml/idp/sso"
METADATA: Final = f"{ADDRESSES.broker}/saml/idp/metadata"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
RELAY: Final = 'kaart?laag=3&x="1"<b>&amp;\'é'
CLAIMS: Final = ("represents", "mandate", "idp", "assurance", "name", "email")
SERVICES: Final = (BODEM, BODEMKAART, LOZING, GRONDWATER, IDEEEN)


def portal_metadata(**changes: Any) -> str:
    """Of the portal in these worlds: it signs, decrypts, and names services by number."""
    numbered = "".join(
        f'<md:AttributeConsumingService index="{number}"><md:RequestedAttribute Name="{one.uuid}"/>'
        "</md:AttributeConsumingService>"
        for number, one in enumerate(SERVICES)
    )
    keys = key_descriptor(certificate("portal")) + key_descriptor(
        certificate("portal"), "encryption"
    )
    addresses = acs(ACS, 0, more='isDefault="true"') + acs(SECOND, 1)
    facts = {
        "entity_id": ENTITY,
        "role": 'AuthnRequestsSigned="true"',
        "keys": keys,
        "addresses": addresses,
        "services": numbered,
    }
    return metadata(**{**facts, **changes})


def document(**changes: Any) -> dict[str, Any]:
    """What registers it."""
    section = {"metadata": portal_metadata(), "entity_id": ENTITY, **changes.pop("saml", {})}
    return {
        "kind": "Client",
        "client_id": "waterkaart",
        "name": {"nl": "Waterkaart", "en": "Water map"},
        "services": [one.uuid for one in SERVICES],
        "default_service": BODEM.uuid,
        "home_url": f"http://{HOST}/",
        "claims": [
            {"name": name, "purpose": {"nl": "Om u te helpen", "en": "To help you"}}
            for name in CLAIMS
        ],
        "saml": section,
        **changes,
    }


def unsigned_document() -> dict[str, Any]:
    """Another portal, which signs nothing."""
    plain = portal_metadata(entity_id="urn:stil", role="", keys="")
    return document(client_id="stil", saml={"metadata": plain, "entity_id": "urn:stil"})


def make_saml_world(directory: Path, **sections: Mapping[str, object]) -> World:
    """A world with both portals in it, and a place where their answers arrive."""
    documents = yaml.safe_dump_all([document(), unsigned_document()])
    world = make_world(directory, documents=documents, **sections)
    world.wire.applications[HOST] = landing()
    return world


def landing() -> Flask:
    """The portal: shows what it got, and keeps it."""
    app = Flask("waterkaart")
    arrived: list[tuple[str, dict[str, str]]] = []
    app.extensions["arrived"] = arrived

    @app.get("/")
    def front() -> str:
        return "<html><title>Waterkaart</title><h1>Waterkaart</h1></html>"

    @app.post("/acs")
    @app.post("/tweede")
    def answer() -> str:
        arrived.append((request.url, dict(request.form.items())))
        return "<html><title>Waterkaart</title><h1>Terug bij Waterkaart</h1></html>"

    return app


@dataclass
class SamlPortal:
    """Asks in one browser."""

    world: World
    browser: Browser = field(init=False)
    entity_id: str = ENTITY

    def __post_init__(self) -> None:
        set_clock(self.world)
        self.browser = self.world.browser()

    def asked(self, attributes: Mapping[str, str | None] | None = None, inner: str = "") -> Asked:
        return Asked(attributes or {}, inner, issuer=self.entity_id, sso=SSO, at=self.world.clock())

    def by_redirect(self, asked: Asked, relay: str | None = RELAY, **how: Any) -> Page:
        self.browser.open(f"http://{HOST}/")
        return self.browser.open(f"{SSO}?{query(asked.text(), relay, **how)}")

    def by_post(self, asked: Asked, relay: str | None = RELAY, key: str | None = "portal") -> Page:
        self.browser.open(f"http://{HOST}/")
        text = asked.text() if key is None else signed(asked.text(), key)
        return self.browser.post(SSO, form(text, relay))

    def bare(self, asked: Asked, relay: str | None = RELAY, **how: Any) -> Answer:
        """The bare answer of the endpoint to a redirect, without a browser."""
        return self.world.wire.request("GET", f"{SSO}?{query(asked.text(), relay, **how)}")

    def bare_post(self, fields: list[tuple[str, str]]) -> Answer:
        return self.world.wire.request("POST", SSO, urlencode(fields), FORM)

    def walk(
        self, page: Page, person: str = "jan", makelaar: str = "Polderpoort", **how: Any
    ) -> Page:
        """Answer every question from this page on, until the portal or a page that stops."""
        walk = Walk(self.world.demo, "", makelaar, person, browser=self.browser, **how)
        for _ in range(MOST_PAGES):
            answer = walk._answer_to(page) if page.status == 200 else None
            if answer is None:
                break
            page = answer()
        self.pages = walk.pages
        return page

    def arrived(self) -> Arrived:
        """The last answer at the portal, with its signatures checked."""
        url, fields = self.world.wire.applications[HOST].extensions["arrived"][-1]
        return Arrived(self.world, url, fields)

    def count(self) -> int:
        return len(self.world.wire.applications[HOST].extensions["arrived"])


@dataclass(frozen=True)
class Arrived:
    """What the browser brought. ``response`` is what signxml verified."""

    world: World
    url: str
    fields: Mapping[str, str]

    @property
    def response(self) -> etree._Element:
        raw = base64.b64decode(self.fields["SAMLResponse"])
        return verified(raw, self._certificate())

    @property
    def status(self) -> tuple[str, ...]:
        return status_in(self.response)

    @property
    def message(self) -> str:
        return str(self.response.findtext(".//samlp:StatusMessage", "", NAMES))

    @property
    def assertion(self) -> etree._Element:
        """The assertion, verified by itself."""
        raw = base64.b64decode(self.fields["SAMLResponse"])
        inner = etree.fromstring(raw).find("saml:Assertion", NAMES)
        assert inner is not None
        return verified(etree.tostring(inner), self._certificate())

    @property
    def values(self) -> dict[str, list[str]]:
        return {
            str(one.get("Name")): [str(v.text) for v in one.findall("saml:AttributeValue", NAMES)]
            for one in self.assertion.iterfind(".//saml:Attribute", NAMES)
        }

    def text(self, name: str) -> str:
        return str(self.assertion.findtext(f".//saml:{name}", "", NAMES))

    def _certificate(self) -> str:
        """From our metadata, as a portal takes it."""
        root = etree.fromstring(self.world.wire.request("GET", METADATA).body)
        body = str(root.findtext(".//ds:X509Certificate", "", NAMES))
        return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


Send = Callable[[SamlPortal, Asked], Page]


def numbered(service: Any) -> dict[str, str | None]:
    """The attribute that names this service."""
    return {"AttributeConsumingServiceIndex": str(SERVICES.index(service))}


def of(asked: Asked, **changes: Any) -> Asked:
    return replace(asked, **changes)

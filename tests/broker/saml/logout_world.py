"""A world for logging out: a SAML portal, the OpenID Connect portal of the demo, and a makelaar
that offers logout by SAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from lxml import etree

from admin.operations.worker import adapter_of
from sandbox import prepare
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM
from tests.broker.portal import set_clock
from tests.broker.saml.in_world import (
    ACS,
    ENTITY,
    HOST,
    SECOND,
    SamlPortal,
    document,
    landing,
    portal_metadata,
)
from tests.broker.saml.logging_out import SamlParty, single_logout
from tests.broker.saml.portals import NAMES, acs, private_key
from tests.deliveries import deliver_due
from tests.world import ADDRESSES, make_world

MAKELAAR_HOST: Final = "127.0.0.7:9002"
POLDERPOORT: Final = f"{ADDRESSES.makelaars}/polderpoort/metadata"
PORTAL_SLO: Final = f"http://{HOST}/slo"
MAKELAAR_SLO: Final = f"http://{MAKELAAR_HOST}/slo"
IDP_SLO: Final = f"{ADDRESSES.broker}/saml/idp/slo"
SP_SLO: Final = f"{ADDRESSES.broker}/saml/slo"
ALL: Final = ("HTTP-Redirect", "HTTP-POST", "SOAP")
BROWSER: Final = ("HTTP-Redirect", "HTTP-POST")


class LogoutWorld:
    """``portal`` and ``makelaar``: the bindings that each offers. ``how``: more of the portal's
    registration.
    """

    def __init__(
        self,
        directory: Path,
        *,
        portal: tuple[str, ...] = ALL,
        makelaar: tuple[str, ...] = (),
        settings: Mapping[str, Mapping[str, object]] | None = None,
        **how: Any,
    ) -> None:
        addresses = single_logout(PORTAL_SLO, *portal)
        addresses += acs(ACS, 0, more='isDefault="true"') + acs(SECOND, 1)
        metadata = portal_metadata(addresses=addresses)
        documents = yaml.safe_dump_all([document(saml={"metadata": metadata, **how})])
        self.world = make_world(directory, documents=documents, **(settings or {}))
        set_clock(self.world)
        broker = ADDRESSES.broker
        self.portal = SamlParty(
            self.world,
            ENTITY,
            cast(rsa.RSAPrivateKey, private_key("portal")),
            PORTAL_SLO,
            IDP_SLO,
            f"{broker}/saml/idp/metadata",
        )
        there = next(m for m in prepare.makelaars(self.world.demo) if m.entity_id == POLDERPOORT)
        self.makelaar = SamlParty(
            self.world,
            POLDERPOORT,
            cast(rsa.RSAPrivateKey, there.pair.key),
            MAKELAAR_SLO,
            SP_SLO,
            f"{broker}/saml/metadata",
        )
        app = landing()
        self.portal.add_to(app)
        self.world.wire.applications[HOST] = app
        other = Flask("polderpoort-slo")
        self.makelaar.add_to(other)

        @other.get("/")
        def front() -> str:
            return "<html><title>Polderpoort</title><h1>Polderpoort</h1></html>"

        self.world.wire.applications[MAKELAAR_HOST] = other
        if makelaar:
            self.offer_at_makelaar(makelaar)

    def offer_at_makelaar(self, bindings: tuple[str, ...], **fields: Any) -> None:
        """Polderpoort offers logout by these bindings from now on."""
        record = self.world.runtime.configuration.providers["polderpoort"]
        assert record.saml is not None and record.saml.metadata is not None
        root = etree.fromstring(record.saml.metadata.encode())
        for signature in root.findall("ds:Signature", NAMES):
            root.remove(signature)
        text = etree.tostring(root).decode()
        services = single_logout(MAKELAAR_SLO, *bindings)
        text = text.replace("<md:NameIDFormat>", f"{services}<md:NameIDFormat>", 1)
        saml = {"entity_id": record.saml.entity_id, "metadata": text, "require_signed": "both"}
        found = {
            "kind": "IdentityProvider",
            "id": "polderpoort",
            "name": "Polderpoort",
            "level_ceiling": "EH4",
            "speaks_for": "register",
            "saml": saml,
            **fields,
        }
        self.world.apply(yaml.safe_dump(found), "polderpoort-logout.yaml")

    def log_in(self, *, openid: bool = True, browser: Browser | None = None) -> Browser:
        """At the SAML portal, and with ``openid`` at the other one in the same browser."""
        there = SamlPortal(self.world)
        if browser is not None:
            there.browser = browser
        page = there.walk(there.by_redirect(there.asked()), "jan", on_behalf_of="Korenmolen")
        assert page.heading == "Terug bij Waterkaart", page.text
        self.last = there.arrived()
        if openid:
            page = self.world.walk(BODEM.name, "Polderpoort", "jan", browser=there.browser).run()
            assert page.heading == "U bent ingelogd", page.text
        self.portal.heard.clear()
        return there.browser

    @property
    def name(self) -> tuple[str, dict[str, str], str]:
        """NameID, its attributes and SessionIndex of the last login at the portal."""
        name_id = self.last.assertion.find(".//saml:NameID", NAMES)
        said = self.last.assertion.find(".//saml:AuthnStatement", NAMES)
        assert name_id is not None and said is not None
        about = {str(k): str(v) for k, v in name_id.attrib.items()}
        return str(name_id.text), about, str(said.get("SessionIndex"))

    def log_out(self, browser: Browser) -> Page:
        """At our own page."""
        browser.open(f"{ADDRESSES.broker}/uitloggen")
        return browser.click("Log overal uit")

    def deliver(self) -> int:
        parts = self.world.process
        return deliver_due(parts.sessions, parts.sealer, adapter_of(parts), parts.clock)

    def ended_at_openid_portal(self) -> list[str]:
        found = self.world.wire.request("GET", f"{ADDRESSES.portal}/ended").json()
        return list(found)

    def sessions(self) -> int:
        """How many stand of Jan."""
        from assurance import session_lifetime

        with self.world.session() as session:
            return len(session_lifetime.standing(session, "jan", self.world.clock()))

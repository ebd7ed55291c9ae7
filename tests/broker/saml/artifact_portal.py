"""A portal of tests that has its answers by artifact: it resolves them with other libraries than
the product, signs with its own key, and is told to do so wrongly.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from flask import Flask, request
from lxml import etree

from sandbox.wire import Answer
from tests.broker.saml.in_world import (
    ACS,
    ENTITY,
    HOST,
    METADATA,
    SamlPortal,
    document,
    portal_metadata,
)
from tests.broker.saml.portals import NAMES, SAML, SAMLP, acs, signed, status_in, verified
from tests.world import ADDRESSES, World, make_world

RESOLUTION: Final = f"{ADDRESSES.broker}/saml/idp/artifact"
FETCHED: Final = f"http://{HOST}/opgehaald?taal=nl"
ONLY: Final = "urn:alleen:artifact"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
XML: Final = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '"http://www.oasis-open.org/committees/security"',
}
ARTIFACT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
BOTH: Final = acs(ACS, 0, more='isDefault="true"') + acs(FETCHED, 2, "HTTP-Artifact")


def make_artifact_world(directory: Path) -> World:
    """A world with a portal that knows both bindings, one that knows artifacts alone and signs no
    requests, and one that knows none.
    """
    both = portal_metadata(addresses=BOTH)
    only = portal_metadata(entity_id=ONLY, role="", addresses=acs(FETCHED, 0, "HTTP-Artifact"))
    plain = portal_metadata(entity_id="urn:andere")
    documents = [
        document(saml={"metadata": both}),
        document(client_id="alleen", saml={"metadata": only, "entity_id": ONLY}),
        document(client_id="andere", saml={"metadata": plain, "entity_id": "urn:andere"}),
    ]
    world = make_world(directory, documents=yaml.safe_dump_all(documents))
    world.wire.applications[HOST] = landing()
    return world


def landing() -> Flask:
    """The portal: keeps what it got, by whichever way."""
    app = Flask("waterkaart")
    arrived: list[tuple[str, str, dict[str, str]]] = []
    app.extensions["arrived"] = arrived

    @app.get("/")
    def front() -> str:
        return "<html><title>Waterkaart</title><h1>Waterkaart</h1></html>"

    @app.route("/acs", methods=["POST"])
    @app.route("/opgehaald", methods=["GET", "POST"])
    def answer() -> str:
        fields = {**request.args.to_dict(), **request.form.to_dict()}
        arrived.append((request.method, request.path, fields))
        return "<html><title>Waterkaart</title><h1>Terug bij Waterkaart</h1></html>"

    return app


@dataclass
class ArtifactPortal(SamlPortal):
    """Asks, and fetches."""

    def last(self) -> tuple[str, str, dict[str, str]]:
        """Method, path and fields of what arrived last."""
        found: tuple[str, str, dict[str, str]]
        found = self.world.wire.applications[HOST].extensions["arrived"][-1]
        return found

    @property
    def artifact(self) -> str:
        return self.last()[2]["SAMLart"]

    def question(self, artifact: str, **changes: str | None) -> bytes:
        """An ArtifactResolve, unsigned."""
        values: dict[str, str | None] = {
            "ID": f"_{secrets.token_hex(16)}",
            "Version": "2.0",
            "IssueInstant": self.world.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": RESOLUTION,
            **changes,
        }
        said = " ".join(f'{n}="{v}"' for n, v in values.items() if v is not None)
        return (
            f'<samlp:ArtifactResolve xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" {said}>'
            f"<saml:Issuer>{self.entity_id}</saml:Issuer>"
            f"<samlp:Artifact>{artifact}</samlp:Artifact></samlp:ArtifactResolve>"
        ).encode()

    def sent(self, message: bytes, **how: Any) -> Answer:
        """The bare answer to this message in an envelope."""
        return self.bare_soap(envelope(message), **how)

    def bare_soap(self, body: bytes, headers: dict[str, str] = XML) -> Answer:
        return self.world.wire.request("POST", RESOLUTION, body.decode(), headers)

    def asks(self, artifact: str, key: str | None = "portal", **changes: str | None) -> Answer:
        message = self.question(artifact, **changes)
        return self.sent(message if key is None else signed(message, key))

    def fetched(self, artifact: str | None = None) -> Fetched:
        """As a portal does it: signed, and everything verified."""
        message = self.question(artifact or self.artifact)
        answer = self.sent(signed(message))
        assert answer.status == 200, answer.body
        asked = str(etree.fromstring(message).get("ID"))
        return Fetched(self.world, answer, asked)


@dataclass(frozen=True)
class Fetched:
    """An ArtifactResponse that signxml verified."""

    world: World
    answer: Answer
    asked: str

    @property
    def message(self) -> etree._Element:
        root = etree.fromstring(self.answer.body)
        assert root.tag == f"{{{SOAP}}}Envelope"
        (inner,) = root[0]
        found = verified(etree.tostring(inner), self.certificate())
        assert found.tag == f"{{{SAMLP}}}ArtifactResponse"
        assert found.get("InResponseTo") == self.asked
        assert found.findtext("saml:Issuer", "", NAMES) == METADATA
        assert status_in(found)[0] == "Success"
        return found

    @property
    def response(self) -> etree._Element | None:
        """The Response in it, verified by itself."""
        inner = self.message.find("samlp:Response", NAMES)
        return None if inner is None else verified(etree.tostring(inner), self.certificate())

    @property
    def status(self) -> tuple[str, ...]:
        assert self.response is not None
        return status_in(self.response)

    def text(self, name: str) -> str:
        assert self.response is not None
        assertion = self.response.find("saml:Assertion", NAMES)
        assert assertion is not None
        whole = verified(etree.tostring(assertion), self.certificate())
        return str(whole.findtext(f".//saml:{name}", "", NAMES))

    def certificate(self) -> str:
        """From our metadata, as a portal takes it."""
        root = etree.fromstring(self.world.wire.request("GET", METADATA).body)
        body = str(root.findtext(".//ds:X509Certificate", "", NAMES))
        return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def envelope(message: bytes, header: str = "", space: str = SOAP) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{space}">{header}<s:Body>'.encode()
        + message
        + b"</s:Body></s:Envelope>"
    )


def made_up(entity_id: str = METADATA) -> str:
    """An artifact of ours that was never given."""
    source = hashlib.sha1(entity_id.encode(), usedforsecurity=False).digest()
    return base64.b64encode(b"\x00\x04\x00\x00" + source + secrets.token_bytes(20)).decode()


__all__ = ["ENTITY", "ArtifactPortal", "make_artifact_world"]

"""A makelaar rolls its key while people log in: nobody applies anything, nobody is refused, and the
old key proves nothing once it is withdrawn.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response
from lxml import etree

from admin.metadata import refreshing
from admin.registrations import metadata_sources
from keys.certificates import to_pem
from sandbox import prepare
from sandbox.keys import Pair, new_pair
from sandbox.makelaar.metadata import NAMES, identity_provider_metadata
from state import party_metadata
from state.db import writing
from state.registrations import Kind
from tests.providers.saml import in_world
from tests.providers.saml.in_world import CONSENT, GOOD, IN, Visit, made, rejections
from tests.providers.saml.maker import certificate
from tests.providers.saml.signing import Signing, sign
from tests.world import World

HOST: Final = "metadata.polderpoort.example"


@dataclass
class Rolling:
    """Polderpoort, registered with the address where it publishes its metadata."""

    world: World
    first: Pair
    second: Pair
    document: bytes = b""
    is_down: bool = False

    def publish(self, *pairs: Pair) -> None:
        """Metadata with these keys, signed by the federation; a worker looks an hour later."""
        there = next(
            m for m in prepare.makelaars(self.world.demo) if m.profile.name == "Polderpoort"
        )
        root = etree.fromstring(identity_provider_metadata(there, self.world.clock()))
        for old in root.findall("ds:Signature", NAMES):
            root.remove(old)
        role = root.find("md:IDPSSODescriptor", NAMES)
        assert role is not None
        shape = role.find("md:KeyDescriptor", NAMES)
        assert shape is not None
        role.remove(shape)
        for pair in reversed(pairs):
            one = deepcopy(shape)
            text = one.find(".//ds:X509Certificate", NAMES)
            assert text is not None
            text.text = pair.certificate_base64
            role.insert(0, one)
        sign(root, Signing(key="federation"))
        self.document = etree.tostring(root)

    def look(self) -> str:
        """What the worker of this process makes of it when it is due; other processes follow.

        An hour goes by at this address alone: the portal has a clock of its own.
        """
        process = self.world.process
        with process.sessions() as session, writing(session):
            row = party_metadata.row_of(session, Kind.IDENTITY_PROVIDER, "polderpoort")
            assert row is not None and row.due_at is not None
            row.due_at = process.clock()
        (look,) = refreshing.refresh_due(process)
        process.holder.refresh()
        return str(look.judgement.verdict)

    def begun(self) -> Visit:
        """Somebody who is at the makelaar."""
        return made(self.world, GOOD)

    def answered(self, visit: Visit, pair: Pair) -> bool:
        """The makelaar answers with this key: is the user in?"""
        assert isinstance(pair.key, rsa.RSAPrivateKey) and visit.request is not None
        raw = self._response(str(visit.request.get("ID")), pair.key)
        fields = [("SAMLResponse", base64.b64encode(raw).decode())]
        page = visit.bring([*fields, ("RelayState", visit.relay_state)])
        if page.heading == CONSENT:
            page = visit.browser.press("agree", "yes")
        return page.heading == IN

    def _response(self, request: str, key: rsa.RSAPrivateKey) -> bytes:
        there = next(
            m for m in prepare.makelaars(self.world.demo) if m.profile.name == "Polderpoort"
        )
        words = replace(
            GOOD.words,
            issuer=there.entity_id,
            subject=in_world.JAN,
            request=request,
            acs=in_world.ACS,
            sp=f"{self.world.demo.addresses.broker}/saml/metadata",
            name=f"r{request[-12:]}",
            at=self.world.clock(),
        )
        signing = Signing(private_key=key)
        return replace(GOOD, words=words, signing=signing, outer=signing).raw()


@pytest.fixture
def rolling(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rolling]:
    there = next(m for m in prepare.makelaars(world.demo) if m.profile.name == "Polderpoort")
    party = Rolling(world, there.pair, new_pair("next"))
    app = Flask("metadata")

    @app.get("/metadata")
    def metadata() -> Response:
        status = 503 if party.is_down else 200
        return Response(party.document, status, mimetype="application/samlmetadata+xml")

    world.wire.applications[HOST] = app
    monkeypatch.setattr(metadata_sources, "outgoing_client", lambda _: world.process.outgoing)
    party.publish(party.first)
    before = yaml.safe_dump(registered(world))
    world.apply(before)
    world.apply(registration(world))
    yield party
    world.apply(before)


def registered(world: World) -> dict[str, Any]:
    """Polderpoort as the demo has it."""
    text = (world.demo.registrations / "30-makelaars.yaml").read_text(encoding="utf-8")
    return next(d for d in yaml.safe_load_all(text) if d["id"] == "polderpoort")


def registration(world: World) -> str:
    document = registered(world)
    saml = {
        "entity_id": document["saml"]["entity_id"],
        "metadata_url": f"https://{HOST}/metadata",
        "metadata_signing_certificate": to_pem(certificate("federation")),
    }
    return yaml.safe_dump({**document, "saml": saml})


def test_a_makelaar_rolls_its_key_while_people_log_in(rolling: Rolling) -> None:
    assert rolling.answered(rolling.begun(), rolling.first)
    rolling.publish(rolling.first, rolling.second)
    early = rolling.begun()
    assert rolling.look() == "taken"
    assert rolling.answered(early, rolling.second)  # asked before, answered under those of now
    assert rolling.answered(rolling.begun(), rolling.first)
    rolling.publish(rolling.second)
    under_way, stolen = rolling.begun(), rolling.begun()
    assert rolling.look() == "taken"
    assert rolling.answered(under_way, rolling.second)
    before = len(rejections(rolling.world))
    assert not rolling.answered(stolen, rolling.first)
    assert not rolling.answered(rolling.begun(), rolling.first)
    refused = rejections(rolling.world)[before:]
    assert [one.reason for one in refused] == ["signature_invalid"] * 2
    assert rolling.answered(rolling.begun(), rolling.second)


def test_an_address_that_fails_stops_no_login(rolling: Rolling) -> None:
    rolling.is_down = True
    assert rolling.look() == "refused"
    assert rolling.answered(rolling.begun(), rolling.first)
    rolling.is_down = False
    rolling.publish(rolling.second)
    assert rolling.look() == "taken"
    assert rolling.answered(rolling.begun(), rolling.second)


def test_applying_the_same_files_again_undoes_no_roll(rolling: Rolling) -> None:
    rolling.publish(rolling.second)
    assert rolling.look() == "taken"
    rolling.publish(rolling.first)  # whatever is published now, apply does not ask
    rolling.world.apply(registration(rolling.world))
    assert rolling.answered(rolling.begun(), rolling.second)

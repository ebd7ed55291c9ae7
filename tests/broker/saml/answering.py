"""Answers to a portal of tests, as ``broker.saml.downstream`` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from assurance.levels import AssuranceLevel
from broker.configuration import Configuration
from broker.downstream import DownstreamName, Prepared
from broker.saml.downstream import SamlDownstream
from broker.saml.reply_to import SamlReplyTo
from broker.settings import Settings
from directory.services import RelyingParty
from keys.keyring import KeyUse
from tests.broker.examples import (
    ISSUER,
    a_request,
    a_result,
    a_service,
    both,
)
from tests.broker.runtimes import make_configuration
from tests.broker.saml.portals import (
    ACS,
    NAMES,
    RELAY,
    a_portal,
    response_in,
)
from tests.clocks import START
from tests.keys_for_tests import make_keyring, make_sealer

L = AssuranceLevel
SEALER = make_sealer()
SETTINGS = Settings.model_validate({"web": {"base_url": ISSUER}})
TO = SamlReplyTo(acs_url=ACS, request_id="_asked", relay_state=RELAY)
ALL = ("represents", "mandate", "idp", "assurance", "name", "email")
CLAIMS = tuple({"name": name, "purpose": both("Daarom")} for name in ALL)


def configuration(**service: Any) -> Configuration:
    return make_configuration(services=(a_service(**service),))


def downstream(known: Configuration | None = None) -> SamlDownstream:
    found = known or configuration()
    return SamlDownstream(SETTINGS, SEALER, lambda: found, lambda: START)


def prepared(
    portal: RelyingParty | None = None,
    to: SamlReplyTo = TO,
    known: Configuration | None = None,
    **result: Any,
) -> Prepared:
    request = a_request(downstream=DownstreamName.SAML, client_id="waterkaart")
    request = replace(request, reply_to=to.stored())
    facts = a_result(request=request, **result)
    return downstream(known).prepare(portal or a_portal(), facts, START)


def answered(*args: Any, **more: Any) -> etree._Element:
    return response_in(prepared(*args, **more).reply.fields)


def values(response: etree._Element) -> Mapping[str, list[str]]:
    return {
        str(one.get("Name")): [str(v.text) for v in one.findall("saml:AttributeValue", NAMES)]
        for one in response.iterfind(".//saml:Attribute", NAMES)
    }


def our_certificate() -> str:
    key = make_keyring().active(KeyUse.SAML_IDP_SIGNING, "RSA")
    assert key.certificate is not None
    return key.certificate.public_bytes(Encoding.PEM).decode()

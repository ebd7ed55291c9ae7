"""Requests of a portal of tests, read over both bindings."""

from __future__ import annotations

from typing import Any

from assurance.levels import AssuranceLevel
from broker.downstream import LoginRequest
from broker.saml import messages
from broker.saml.authn_request import parse
from broker.saml.messages import ReceivedRequest
from broker.saml.reply_to import SamlReplyTo
from broker.saml.request_target import RequestTarget, request_target
from directory.saml_portals import SamlServiceProvider
from providers.members import Makelaars
from tests.broker.examples import OTHER_SERVICE, SERVICE, a_record, a_service
from tests.broker.saml.portals import (
    IDP,
    RELAY,
    SSO,
    Asked,
    a_portal,
    form,
    metadata,
    query,
    signed,
)
from tests.clocks import START

L = AssuranceLevel
PORTAL = a_portal()
SIGNING = a_portal(metadata(role='AuthnRequestsSigned="true"'))
SERVICES = {
    SERVICE: a_service(level="EH2"),
    OTHER_SERVICE: a_service(uuid=OTHER_SERVICE, service_id="urn:etoegang:DV:1:services:2"),
}
GOOD = Asked()


def by_redirect(asked: Asked = GOOD, relay: str | None = RELAY, **how: Any) -> ReceivedRequest:
    return messages.from_redirect(query(asked.text(), relay, **how).encode())


def by_post(
    asked: Asked = GOOD, relay: str | None = RELAY, key: str | None = "portal"
) -> ReceivedRequest:
    text = asked.text() if key is None else signed(asked.text(), key)
    return messages.from_post(form(text, relay))


BINDINGS = (by_redirect, by_post)


def target(
    received: ReceivedRequest, portal: SamlServiceProvider = PORTAL, **more: Any
) -> RequestTarget:
    facts = {"sso_url": SSO, "now": START, **more}
    return request_target(received, {portal.entity_id: portal}, **facts)


def asked(request: Asked, portal: SamlServiceProvider = PORTAL, **services: Any) -> LoginRequest:
    makelaars = {
        one.id: one
        for one in (
            a_record(),
            a_record(
                id="rust", state="paused", oidc={"issuer": "https://r.example", "client_id": "s"}
            ),
        )
    }
    return parse(
        target(by_redirect(request), portal),
        {**SERVICES, **services},
        Makelaars(makelaars),
        idp_entity_id=IDP,
        now=START,
    )


def to(request: Asked, portal: SamlServiceProvider = PORTAL) -> SamlReplyTo:
    return SamlReplyTo.of(asked(request, portal))

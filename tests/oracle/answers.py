"""Our answer to a portal that somebody else plays."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime

from broker.downstream import DownstreamName
from broker.saml.downstream import SamlDownstream
from tests.broker.examples import a_request, a_result
from tests.broker.saml import answering
from tests.broker.saml.portals import a_portal
from tests.oracle.parties import PORTAL, PORTAL_ACS


def answer_at(at: datetime, metadata: str, *, named: bool) -> bytes:
    """The Response of a login at this moment, to a portal with these metadata."""
    known = answering.configuration()
    downstream = SamlDownstream(answering.SETTINGS, answering.SEALER, lambda: known, lambda: at)
    portal = a_portal(
        metadata,
        client_id="oracle",
        saml={"entity_id": PORTAL, "sends_key_name": named},
    )
    to = replace(answering.TO, acs_url=PORTAL_ACS)
    request = a_request(downstream=DownstreamName.SAML, client_id="oracle")
    request = replace(request, reply_to=to.stored())
    result = a_result(request=request, authenticated_at=at)
    prepared = downstream.prepare(portal, result, at)
    assert prepared.reply.fields is not None
    return base64.b64decode(prepared.reply.fields["SAMLResponse"])

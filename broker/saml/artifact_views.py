"""The endpoint where portals resolve artifacts."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from broker.runtime import runtime
from broker.saml import artifact_resolution
from broker.saml.addresses import ARTIFACT_PATH
from broker.saml.refusals import NoteRefusal
from broker.web.endpoints import Audience, Endpoint
from providers.saml.wire import soap
from providers.saml.wire.soap import FaultCode

# Of SOAP 1.1, and what products send in its place; a form or a text is what a page can send.
MEDIA_TYPES: Final = frozenset({"", "text/xml", "application/xml", "application/soap+xml"})


def add_to(blueprint: Blueprint, note: NoteRefusal) -> None:
    """``note`` keeps what is refused."""

    @blueprint.post(ARTIFACT_PATH)
    @Endpoint(
        limit="artifact",
        csrf=False,
        because="a portal's server; a signature proves who asks, and no cookie is read",
        per_portal=True,
        audience=Audience.SOAP,
        sets_language=False,
    )
    def resolve_artifact() -> Response:
        """Artifact resolution service, SOAP 1.1."""
        if request.mimetype not in MEDIA_TYPES:
            body = soap.fault(FaultCode.CLIENT, f"Content-Type must be {soap.CONTENT_TYPE}")
            return Response(body, 415, content_type=soap.CONTENT_TYPE)
        raw = request.stream.read(artifact_resolution.READ)
        found = artifact_resolution.answer(runtime(), raw, note)
        return Response(found.body, found.status, content_type=soap.CONTENT_TYPE)

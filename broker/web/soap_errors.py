"""Errors for who speaks SOAP 1.1: the fault that it can read, with the code and the reference."""

from __future__ import annotations

from flask import current_app
from werkzeug.wrappers import Response

from broker.web import json_errors
from broker.web.endpoints import Audience, endpoints_of
from providers.saml.wire import soap
from providers.saml.wire.soap import FaultCode


def ask() -> bool:
    """Is this request for an endpoint that speaks SOAP?"""
    return endpoints_of(current_app).asked().audience is Audience.SOAP


def told(status: int, key: str, reference: str) -> Response:
    """What went wrong. The status stays: it says what to do before anybody reads the fault."""
    is_ours = status >= 500 or status == 429
    code = FaultCode.SERVER if is_ours else FaultCode.CLIENT
    body = soap.fault(code, json_errors.described(key, reference))
    return Response(body, status, content_type=soap.CONTENT_TYPE)

"""What can be in the way when an answer is fetched by artifact, as ``trouble_cases``."""

from __future__ import annotations

from typing import Any, Final

from providers.trouble import Trouble
from sandbox.wire import Answer
from state.outgoing import OutgoingFailed
from tests.journeys.spoiled import Spoil
from tests.journeys.trouble_cases import Case
from tests.providers.saml.back_channel import fault
from tests.world import ADDRESSES

T = Trouble
PATH: Final = "/waterpoort/artifact"
CALLED: Final = {
    "endpoint": "ArtifactResolutionService",
    "called": f"{ADDRESSES.makelaars}{PATH}",
}


def _case(
    trouble: Trouble, measured: dict[str, Any], spoil: Spoil | None, **registered: Any
) -> Case:
    spoils = {} if spoil is None else {PATH: spoil}
    return Case(trouble, measured, spoils, registered, makelaar="Waterpoort", section="saml")


def _faulted(code: str) -> Answer:
    found = fault(code, "de handtekening klopt niet")
    return Answer(found.status, (), found.body)


ARTIFACT_CASES: Final[dict[str, Case]] = {
    "an artifact service that is silent": _case(
        T.UNAVAILABLE, {"failure": "timeout", **CALLED}, OutgoingFailed("timeout")
    ),
    "an artifact service in trouble": _case(
        T.UNAVAILABLE, {"http_status": 503, **CALLED}, Answer(503, (), b"")
    ),
    "an artifact service that shows a page": _case(
        T.ANSWER, CALLED, Answer(200, (), b"<!DOCTYPE html><title>Onderhoud</title>")
    ),
    "an artifact service whose name is not known": _case(
        T.NAME,
        {"failure": "name_not_found", "setting": "saml.metadata", **CALLED},
        OutgoingFailed("name_not_found"),
    ),
    "an artifact service that wants another certificate of ours": _case(
        T.TLS_CLIENT, {"failure": "tls_client", **CALLED}, OutgoingFailed("tls_client")
    ),
    "an artifact service that refuses our server": _case(
        T.ENDPOINT_REFUSED,
        {"http_status": 403, "setting": "saml.metadata", **CALLED},
        Answer(403, (), b""),
    ),
    "an artifact service that does not take our question": _case(
        T.REQUEST_REFUSED,
        {
            "makelaar_error": "Client",
            "makelaar_says": "de handtekening klopt niet",
            "http_status": 500,
            **CALLED,
        },
        _faulted("soap:Client"),
    ),
    "a certificate of ours that is not there": _case(
        T.CERTIFICATE_FILE,
        {
            "setting": "saml.tls_certificate_file",
            "registered": "/nergens/sluis.pem",
            "seen": "FileNotFoundError",
        },
        None,
        tls_certificate_file="/nergens/sluis.pem",
    ),
}

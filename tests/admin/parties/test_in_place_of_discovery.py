"""What stands where a discovery document or keys should: called by its name, and mended by whose
it is.
"""

from __future__ import annotations

import pytest

from state.outgoing import OutgoingFailed
from tests.admin.parties.test_makelaars_and_portals import oidc, said

DISCOVERY, KEYS = "openid-configuration", "jwks"


@pytest.mark.parametrize(
    ("body", "seen", "remedy"),
    [
        (b"<!DOCTYPE html>", "gives a web page (HTML), and no JSON object", "correct the address"),
        (b"<?xml version='1.0'?>\n<html xmlns='x'/>", "gives a web page (HTML)", "correct the"),
        (b" ", "gives nothing", "correct the address"),
        (b"<x/>", "gives XML", "correct the address"),
        (b"Not found", "gives no JSON object", "correct the address"),
        (
            b"<?xml version='1.0'?><md:EntityDescriptor/>",
            "gives metadata of SAML",
            "this party speaks SAML: write saml in place of oidc",
        ),
    ],
)
def test_what_is_no_discovery_is_called_by_its_name(body: bytes, seen: str, remedy: str) -> None:
    (trouble,), _ = oidc({DISCOVERY: said(body)})
    assert trouble.field == "oidc.issuer"
    assert seen in trouble.seen and trouble.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (said(b"<html>"), "web page"),
        (said(b"[]"), "no JSON object"),
        (said(b"{}", 404), "status 404"),
        (said(b"{}", 403), "status 403"),
        (OutgoingFailed("name_not_found"), "DNS"),
        (OutgoingFailed("redirected"), "sends us on"),
    ],
)
def test_an_address_that_the_makelaar_names_is_the_makelaars_to_mend(
    answer: object, seen: str
) -> None:
    """``jwks_uri`` stands in no registration, so no operator can correct it."""
    (trouble,), _ = oidc({KEYS: answer})  # type: ignore[dict-item]
    assert seen in trouble.seen
    assert trouble.remedy.startswith("let the makelaar mend jwks_uri in its discovery")


@pytest.mark.parametrize("status", [500, 503])
def test_a_makelaar_that_fails_by_itself_looks_at_its_server(status: int) -> None:
    (trouble,), _ = oidc({KEYS: said(b"", status)})
    assert trouble.remedy == "let the party look at its server"

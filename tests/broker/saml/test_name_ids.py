"""Formats of a NameID that products ask without being told to."""

from __future__ import annotations

import pytest

from broker.saml.errors import StatusRefused
from directory.saml_portals import SamlServiceProvider
from tests.broker.saml.asking import asked, to
from tests.broker.saml.portals import PERSISTENT, Asked, a_portal, policy


def told(request: Asked, portal: SamlServiceProvider) -> tuple[str, str]:
    with pytest.raises(StatusRefused) as caught:
        asked(request, portal)
    status = caught.value.status
    return status.first.rpartition(":")[2], (status.second or "").rpartition(":")[2]


def test_a_format_that_a_product_sends_unasked_is_passed_over_where_that_is_registered() -> None:
    email = policy(Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")
    for registered in ("persistent", "transient"):
        portal = a_portal(saml={"name_id": registered, "ignore_name_id_format": True})
        assert to(Asked(inner=email), portal).name_id == registered
    portal = a_portal(saml={"name_id": "transient", "ignore_name_id_format": True})
    refused = (policy(Format=PERSISTENT), policy(SPNameQualifier="urn:x:affiliation"))
    for inner in refused:  # what could be given and is not wanted, and names of others
        assert told(Asked(inner=inner), portal) == ("Requester", "InvalidNameIDPolicy")


def test_an_address_that_is_asked_as_a_name_is_explained() -> None:
    email = policy(Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")
    with pytest.raises(StatusRefused) as caught:
        asked(Asked(inner=email), a_portal())
    message = caught.value.status.message
    for part in ("persistent or transient", "attribute", "saml.ignore_name_id_format"):
        assert part in message

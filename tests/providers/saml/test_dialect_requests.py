"""What makelaars of the Dutch schemes are asked: the service by its index or in Extensions, and
never more than the catalogue has it at.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from lxml import etree

from assurance.levels import AssuranceLevel
from directory.services import Service
from keys.xml.schema import check_metadata, check_protocol
from providers.interface import ProviderUnavailable
from providers.saml.metadata import sp_metadata
from providers.trouble import Trouble
from tests.keys_for_tests import make_keyring
from tests.providers.saml.maker import ACS, NAMES, SERVICE, SERVICE_ID, SLO, SP
from tests.providers.saml.test_request import leave, request_in

L = AssuranceLevel
INDEX: Final = "AttributeConsumingServiceIndex"
ETD: Final = {"preset": "eherkenning"}
DIGID: Final = {"preset": "digid"}
AUDIENCE: Final = {"preset": "digid", "extensions": "audience"}


@pytest.mark.parametrize(
    ("settings", "own", "index"),
    [
        (ETD, 7, "7"),
        (ETD, 0, "0"),
        (ETD, None, None),
        ({**ETD, "attribute_consuming_service_index": 3}, None, "3"),
        ({**ETD, "attribute_consuming_service_index": 3}, 7, "7"),
        (DIGID, 7, "7"),
        (AUDIENCE, 7, None),
        ({}, 7, None),  # who speaks no scheme knows our services by no number
        ({"preset": "keycloak"}, 7, None),
        ({"attribute_consuming_service_index": 3}, 7, "3"),
    ],
)
def test_the_service_is_asked_by_its_own_index(
    settings: dict[str, Any], own: int | None, index: str | None
) -> None:
    request = request_in(leave(settings, service_index=own))
    check_protocol(request)
    assert request.get(INDEX) == index
    assert request.get("AssertionConsumerServiceIndex") == ("1" if "preset" in settings and
        settings["preset"] != "keycloak" else None)  # fmt: skip


def test_st_saml_takes_audience_and_service_in_place_of_an_index() -> None:
    request = request_in(leave(AUDIENCE, service_index=7))
    check_protocol(request)
    said = {
        one.get("Name"): one.findtext("saml:AttributeValue", None, NAMES)
        for one in request.iterfind("samlp:Extensions/saml:Attribute", NAMES)
    }
    assert said == {
        "urn:nl-eid-gdi:1.0:IntendedAudience": SP,
        "urn:nl-eid-gdi:1.0:ServiceUUID": SERVICE,
    }


@pytest.mark.parametrize("settings", [ETD, DIGID])
def test_nobody_is_asked_more_than_the_catalogue_says(settings: dict[str, Any]) -> None:
    assert leave(settings, level=L.EH3, most=L.EH3).url
    assert leave(settings, level=L.EH2, most=L.EH3).url
    assert leave(settings, level=L.EH4, most=None).url
    with pytest.raises(ProviderUnavailable) as caught:
        leave(settings, level=L.EH4, most=L.EH3)
    assert caught.value.trouble is Trouble.CATALOGUE
    assert caught.value.measured == {
        "setting": "catalogue_level",
        "seen": "EH4",
        "registered": "EH3",
    }


def test_the_catalogue_is_of_the_schemes() -> None:
    assert leave({"preset": "keycloak"}, level=L.EH4, most=L.EH3).url


def a_service(number: int, **more: Any) -> Service:
    return Service.model_validate(
        {
            "uuid": SERVICE[:-1] + str(number),
            "service_id": SERVICE_ID[:-1] + str(number),
            "name": {"nl": f"Dienst {number}", "en": f"Service {number}"},
            "provider_name": {"nl": "Waterschap", "en": "Water board"},
            "provider_oin": "00000004000000001000",
            "level": "EH3",
            **more,
        }
    )


def test_our_metadata_have_the_services_with_an_index() -> None:
    services = [
        a_service(2, attribute_consuming_service_index=12),
        a_service(3),
        a_service(1, attribute_consuming_service_index=4),
    ]
    root = etree.fromstring(sp_metadata(make_keyring(), SP, ACS, SLO, services))
    check_metadata(root)
    found = root.findall("md:SPSSODescriptor/md:AttributeConsumingService", NAMES)
    assert [(one.get("index"), one.get("isDefault")) for one in found] == [
        ("4", "true"),
        ("12", "false"),
    ]
    first = [one.get("Name") for one in found[0].findall("md:RequestedAttribute", NAMES)]
    assert first == [SERVICE_ID[:-1] + "1", "urn:nl-eid-gdi:1.0:ServiceUUID"]
    assert found[0].findtext(".//saml:AttributeValue", None, NAMES) == SERVICE[:-1] + "1"


def test_our_keys_have_the_name_by_which_parties_choose_them() -> None:
    root = etree.fromstring(sp_metadata(make_keyring(), SP, ACS, SLO))
    names = [one.text or "" for one in root.iterfind(".//ds:KeyInfo/ds:KeyName", NAMES)]
    assert len(names) == len(set(names)) == 2
    assert all(len(name) == 64 for name in names)

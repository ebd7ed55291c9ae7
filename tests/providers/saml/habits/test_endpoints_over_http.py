"""Endpoints over http beside others over https: Shibboleth's generator writes both for a portal
that answers to both, and SimpleSAMLphp behind a proxy the one that it sees itself.
"""

from __future__ import annotations

from typing import Final

import pytest

from broker.saml.portal_metadata import PortalMetadataRefused, read_portal_metadata
from providers.saml.metadata import MetadataRefused, read_metadata
from providers.saml.wire.names import POST, REDIRECT
from tests.broker.saml.portals import ACS, ENTITY, acs
from tests.broker.saml.portals import metadata as of_portal
from tests.providers.saml.habits.documents import GOOD, with_

PLAIN: Final = "http://makelaar.example/sso"
HTTP_ACS: Final = "http://waterkaart.example/saml/acs"
SSO_POST: Final = "https://makelaar.example/sso/POST?tenant=1"


def of_makelaar(binding: str, location: str) -> str:
    more = f'<md:SingleSignOnService Binding="{binding}" Location="{location}"/>'
    return with_("<md:SingleSign", f"{more}<md:SingleSign")


@pytest.mark.parametrize("binding", [REDIRECT, POST])
@pytest.mark.parametrize("written", [PLAIN, PLAIN.replace("http", "HTTP"), f" {PLAIN}\n"])
def test_simplesamlphp_names_its_makelaar_over_http_first(binding: str, written: str) -> None:
    found = read_metadata(of_makelaar(binding, written))
    assert found.sso == read_metadata(GOOD).sso
    assert found.location(binding) == read_metadata(GOOD).location(binding)
    assert found.left_out == (f"SingleSignOnService {written.strip()}",)
    assert read_metadata(GOOD).left_out == ()


def test_a_makelaar_over_http_alone_is_refused() -> None:
    alone = GOOD.replace("https://makelaar.example/sso", PLAIN)
    assert read_metadata(GOOD).sso
    with pytest.raises(MetadataRefused, match="over http"):
        read_metadata(alone)


def test_a_binding_over_http_alone_is_none() -> None:
    found = read_metadata(with_(SSO_POST, PLAIN))
    assert found.location(POST) is None and found.location(REDIRECT) is not None


@pytest.mark.parametrize("written", [f"{PLAIN}#x", "http://u@makelaar.example/", "http:///x"])
def test_what_is_wrong_besides_is_not_passed_over(written: str) -> None:
    assert read_metadata(of_makelaar(POST, PLAIN)).sso
    with pytest.raises(MetadataRefused, match="no https address"):
        read_metadata(of_makelaar(POST, written))


def test_a_logout_over_http_is_told_too() -> None:
    service = '<md:SingleLogoutService Binding="{}" Location="{}" ResponseLocation="{}"/>'
    plain = "http://makelaar.example/slo"
    more = service.format(REDIRECT, "https://makelaar.example/slo", plain)
    found = read_metadata(with_("<md:SingleSign", f"{more}<md:SingleSign"))
    assert found.logouts == () and found.left_out == (f"SingleLogoutService {plain}",)


def test_shibboleth_names_its_portal_over_http_too() -> None:
    """The one over http is the default there; an answer goes to the other."""
    both = acs(HTTP_ACS, 0, more='isDefault="true"') + acs(ACS, 1)
    found = read_portal_metadata(of_portal(addresses=both), ENTITY)
    assert [one.url for one in found.answers] == [ACS] == [found.default_answer.url]
    assert found.left_out == (f"AssertionConsumerService {HTTP_ACS}",)


def test_a_number_over_http_takes_no_number_from_another() -> None:
    both = acs(HTTP_ACS, 0) + acs(ACS, 0)
    assert read_portal_metadata(of_portal(addresses=both), ENTITY).answers[0].index == 0
    with pytest.raises(PortalMetadataRefused, match="index 0"):
        read_portal_metadata(of_portal(addresses=both.replace("http:", "https:")), ENTITY)


def test_a_portal_over_http_alone_is_refused() -> None:
    alone = of_portal(addresses=acs(HTTP_ACS, 0) + acs(f"{HTTP_ACS}/2", 1))
    with pytest.raises(PortalMetadataRefused, match="over http"):
        read_portal_metadata(alone, ENTITY)

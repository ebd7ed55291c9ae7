"""From a registration to something that can be asked for a login."""

from __future__ import annotations

import pytest

from providers import factory
from providers.factory import adapter_factory, departure_urls
from providers.interface import AuthenticationRequest
from providers.oidc.provider import OidcProvider
from providers.registry import ProviderRecord
from providers.saml.provider import SamlProvider
from state.outgoing import OutgoingFailed
from tests.broker.examples import ISSUER, SERVICE, L, a_record
from tests.called import Called
from tests.clocks import START
from tests.keys_for_tests import make_keyring
from tests.providers.saml.maker import certificate, metadata_of, record_of

METADATA = metadata_of(certificate()).decode()
SSO = "https://makelaar.example/sso/"


def test_our_addresses_are_below_ours_and_each_makelaar_has_its_own_callback() -> None:
    assert factory.sp_entity_id(ISSUER) == f"{ISSUER}/saml/metadata"
    assert factory.acs_url(ISSUER) == f"{ISSUER}/saml/acs"
    callbacks = {factory.oidc_callback_url(ISSUER, name) for name in ("one", "two")}
    assert callbacks == {f"{ISSUER}/oidc/callback/one", f"{ISSUER}/oidc/callback/two"}


def test_a_record_gets_the_adapter_of_its_protocol_and_nobody_is_called() -> None:
    called = Called(OutgoingFailed("nobody"))
    make = adapter_factory(ISSUER, called)
    assert isinstance(make(record_of(metadata=METADATA), make_keyring()), SamlProvider)
    assert isinstance(make(a_record(), make_keyring()), OidcProvider)
    assert called.calls == []


def test_a_browser_leaves_for_an_address_that_our_forms_may_lead_to() -> None:
    record = record_of(metadata=METADATA)
    adapter = adapter_factory(ISSUER, Called(OutgoingFailed("nobody")))(record, make_keyring())
    ask = AuthenticationRequest("a-login.1", L.EH3, SERVICE, "Meldpunt")
    url = adapter.begin(ask, START).url
    assert any(url.startswith(known) for known in departure_urls(record))


@pytest.mark.parametrize(
    ("record", "urls"),
    [
        (a_record(), ("https://makelaar.example",)),
        (
            a_record(
                oidc={
                    "issuer": "https://makelaar.example",
                    "client_id": "sluis",
                    "endpoint_hosts": ["login.makelaar.example"],
                }
            ),
            ("https://makelaar.example", "https://login.makelaar.example"),
        ),
        (record_of(metadata=METADATA), (f"{SSO}Redirect?tenant=1", f"{SSO}POST?tenant=1")),
    ],
    ids=["issuer", "approved hosts", "metadata"],
)
def test_the_addresses_of_a_departure_are_those_that_were_registered(
    record: ProviderRecord, urls: tuple[str, ...]
) -> None:
    assert departure_urls(record) == urls

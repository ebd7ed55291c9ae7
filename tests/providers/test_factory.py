"""From a registration to something that can be asked for a login."""

from __future__ import annotations

from providers import factory
from providers.factory import adapter_factory
from providers.oidc.provider import OidcProvider
from providers.saml.provider import SamlProvider
from state.outgoing import OutgoingFailed
from tests.broker.examples import ISSUER, a_record
from tests.called import Called
from tests.keys_for_tests import make_keyring
from tests.providers.saml.maker import certificate, metadata_of, record_of

METADATA = metadata_of(certificate()).decode()


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

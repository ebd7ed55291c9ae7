"""A registration runs on the metadata that were taken from its own source."""

from __future__ import annotations

from directory.portals import portal_model
from providers.saml.metadata_party import in_use, party_of
from providers.saml.wire.metadata_changes import Voucher
from providers.saml_settings import SamlSettings
from state.party_metadata import KeptCopy
from state.registrations import Kind
from tests.broker.examples import both
from tests.broker.saml import portals
from tests.providers.saml.maker import record_of

URL = "https://makelaar.example/metadata.xml"
KEY = (Kind.IDENTITY_PROVIDER, "polderpoort")


def metadata_of_record(**saml: object) -> str | None:
    record = record_of(metadata_url=URL, **saml)
    party = party_of(record_of(metadata_url=URL))
    assert party is not None
    settings = in_use(record, {KEY: KeptCopy(party.origin, "<taken/>")}).saml
    assert settings is not None
    return settings.metadata


def test_what_was_taken_holds() -> None:
    assert metadata_of_record() == "<taken/>"
    assert metadata_of_record(metadata_trust_tls=True) == "<taken/>"


def test_a_copy_of_another_source_does_not_hold() -> None:
    """Nor one that another signer vouched for, or that stood beside another file."""
    assert metadata_of_record(metadata_signing_certificate="pem") is None
    assert metadata_of_record(metadata_signing_fingerprints=["0" * 64]) is None
    assert metadata_of_record(entity_id="https://other.example") is None
    assert metadata_of_record(metadata="<given/>") == "<given/>"


def test_without_a_copy_the_registration_holds_its_own() -> None:
    record = record_of(metadata="<given/>")
    assert in_use(record, {}) is record


def test_a_portal_has_metadata_only_over_saml() -> None:
    party = party_of(portals.a_portal())
    assert party is not None
    assert (party.kind, party.name, party.entity_id) == (Kind.CLIENT, "waterkaart", portals.ENTITY)
    document = {
        "client_id": "portaal",
        "name": both("Portaal"),
        "services": ["11111111-2222-4333-8444-555555555555"],
        "redirect_uris": ["https://portaal.example/terug"],
    }
    assert party_of(portal_model(document).model_validate(document)) is None


def test_who_vouches() -> None:
    for fields, voucher in (
        ({}, Voucher.NOBODY),
        ({"metadata_trust_tls": True}, Voucher.TLS),
        ({"metadata_signing_certificate": "pem"}, Voucher.SIGNER),
        ({"metadata_signing_fingerprints": ("0" * 64,)}, Voucher.SIGNER),
        ({"metadata_signing_certificate": "pem", "metadata_trust_tls": True}, Voucher.SIGNER),
    ):
        record = record_of(saml=SamlSettings(entity_id="urn:m", metadata_url=URL, **fields))  # type: ignore[arg-type]
        party = party_of(record)
        assert party is not None and party.voucher is voucher

"""A registered party that speaks SAML, makelaar or portal, as far as its metadata go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import BaseModel

from directory.saml_metadata import MetadataSettings
from directory.saml_portals import SamlServiceProvider
from providers.registry import ProviderRecord
from providers.saml.wire.entities import IDP, SP
from providers.saml.wire.metadata_changes import Voucher
from providers.saml.wire.metadata_document import Signers
from providers.saml.wire.metadata_facts import MetadataFacts, read_facts
from providers.saml.wire.metadata_refused import MetadataRefused
from state.party_metadata import KeptCopy
from state.registrations import Kind

_ROLES: Final[Mapping[Kind, str]] = {Kind.IDENTITY_PROVIDER: IDP, Kind.CLIENT: SP}
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class MetadataParty:
    """Whose metadata, and where they come from."""

    kind: Kind
    name: str
    entity_id: str
    settings: MetadataSettings

    @property
    def address(self) -> str | None:
        """Where the metadata are published, if that is registered."""
        return self.settings.metadata_address(self.entity_id)

    @property
    def origin(self) -> str:
        """What a copy must be of to be this party's."""
        return self.settings.metadata_origin(self.entity_id)

    @property
    def voucher(self) -> Voucher:
        """Who says that what the address publishes is of this party."""
        settings = self.settings
        if settings.metadata_signing_certificate or settings.metadata_signing_fingerprints:
            return Voucher.SIGNER
        return Voucher.TLS if settings.metadata_trust_tls else Voucher.NOBODY

    def facts(self, document: bytes | str) -> MetadataFacts:
        """Raises MetadataRefused; also where the registered signer did not sign it."""
        try:
            signers = Signers.of(self.settings)
        except ValueError:
            raise MetadataRefused(
                "metadata_signing_certificate cannot be read as a certificate",
                "paste it whole, from -----BEGIN CERTIFICATE----- on",
                reason="signer",
            ) from None
        return read_facts(document, self.entity_id, _ROLES[self.kind], signers)


def party_of(model: BaseModel) -> MetadataParty | None:
    """None for what has no SAML metadata."""
    if isinstance(model, ProviderRecord) and model.saml is not None:
        return MetadataParty(Kind.IDENTITY_PROVIDER, model.id, model.saml.entity_id, model.saml)
    if isinstance(model, SamlServiceProvider):
        return MetadataParty(Kind.CLIENT, model.client_id, model.entity_id, model.saml)
    return None


def with_metadata(model: M, document: str) -> M:
    """The same registration, with these metadata in place of its own."""
    party = party_of(model)
    if party is None:
        return model
    return model.model_copy(
        update={"saml": party.settings.model_copy(update={"metadata": document})}
    )


def in_use(model: M, copies: Mapping[tuple[Kind, str], KeptCopy]) -> M:
    """The registration with the metadata that hold now: what was fetched last and taken, or what
    it holds itself.
    """
    party = party_of(model)
    if party is None:
        return model
    copy = copies.get((party.kind, party.name))
    if copy is None or copy.origin != party.origin:
        return model
    return with_metadata(model, copy.document)

"""Adapters: a registered makelaar becomes something that can be asked for a login."""

from __future__ import annotations

from keys.keyring import KeyRing
from providers.interface import AdapterFactory, RedirectProvider
from providers.oidc.provider import OidcProvider
from providers.registry import ProviderRecord
from providers.saml.provider import SamlProvider
from state.outgoing import OutgoingClient


def sp_entity_id(base_url: str) -> str:
    """Our SAML entity id, which is also the address of our metadata."""
    return f"{base_url}/saml/metadata"


def acs_url(base_url: str) -> str:
    return f"{base_url}/saml/acs"


def slo_url(base_url: str) -> str:
    """Where SAML makelaars send logouts, and browsers bring their answers."""
    return f"{base_url}/saml/slo"


def logged_out_url(base_url: str, provider_id: str) -> str:
    """Where a browser comes back that logged out at an OpenID Connect makelaar."""
    return f"{base_url}/oidc/logged-out/{provider_id}"


def oidc_callback_url(base_url: str, provider_id: str) -> str:
    """Distinct per makelaar, so that an answer cannot be taken for another's (mix-up)."""
    return f"{base_url}/oidc/callback/{provider_id}"


def adapter_factory(base_url: str, outgoing: OutgoingClient) -> AdapterFactory:
    """How this process makes an adapter from a record and the keys of the moment."""

    def make(record: ProviderRecord, keyring: KeyRing) -> RedirectProvider:
        if record.saml is not None:
            return SamlProvider(
                record=record,
                metadata=record.saml.metadata or "",
                keyring=keyring,
                outgoing=outgoing,
                sp_entity_id=record.saml.our_entity_id or sp_entity_id(base_url),
                acs_url=acs_url(base_url),
            )
        return OidcProvider(
            record=record,
            keyring=keyring,
            outgoing=outgoing,
            redirect_uri=oidc_callback_url(base_url, record.id),
        )

    return make

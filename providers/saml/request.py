"""The AuthnRequest (Core §3.4.1): what is asked of the makelaar, in the words of its record."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from lxml import etree

from assurance import acr
from assurance.levels import AssuranceLevel, highest, suffices
from keys.keyring import PrivateKey
from keys.xml.signature import sign_enveloped
from providers.registry import ProviderRecord
from providers.saml.request_extensions import EXTENSIONS, Asking
from providers.saml.wire.key_descriptors import key_name
from providers.saml.wire.names import ARTIFACT, NAME_ID, POST, SAML, SAMLP, saml, samlp
from providers.saml_settings import NameIdPolicy, SamlSettings

# Our consumers, by how the answer comes: their binding, and their index in our metadata.
CONSUMERS: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {"post": (POST, 0), "artifact": (ARTIFACT, 1)}
)


@dataclass(frozen=True)
class AuthnRequestFacts:
    """What an AuthnRequest says. ``contexts``: the level classes to ask for, least first."""

    destination: str
    issuer: str
    acs_url: str
    contexts: tuple[str, ...]
    force_authn: bool
    service_uuid: str
    now: datetime
    settings: SamlSettings
    service_index: int | None = None  # of the service itself


def new_id() -> str:
    """A message id: 160 random bits behind an underscore, because an ID may not begin with a
    digit.
    """
    return "_" + secrets.token_hex(20)


def contexts_for(
    level: AssuranceLevel, own: Mapping[str, AssuranceLevel], scheme: str = "etd"
) -> tuple[str, ...]:
    """The class that will do: the makelaar's own name where its record maps one, else that of a
    scheme (``etd``, ``eidas`` or ``digid``).
    """
    names = {value: name for name, value in reversed(list(own.items()))}
    return (names.get(level) or acr.name_of(level, scheme) or level.loa,)


def requested_contexts(level: AssuranceLevel, record: ProviderRecord) -> tuple[str, ...]:
    """The classes that are asked of this makelaar, least first; none where nothing is asked."""
    assert record.saml is not None
    settings, scheme = record.saml, record.saml.authn_context_names
    comparison = settings.authn_context_comparison
    if comparison == "none":
        return ()
    if level.label in settings.authn_context_classes:
        return settings.authn_context_classes[level.label]
    if comparison == "exact":
        own = ((known, name) for name, known in record.levels.items())
        enough = tuple(acr.sufficient(own, level))
        return enough or contexts_for(level, record.levels, scheme)
    if comparison == "better":
        below = [one for one in AssuranceLevel if one.is_of_a_scheme and not suffices(one, level)]
        return contexts_for(highest(*below), record.levels, scheme) if below else ()
    return contexts_for(level, record.levels, scheme)


def authn_request(facts: AuthnRequestFacts, identifier: str) -> etree._Element:
    """The message, not yet signed."""
    settings = facts.settings
    root = etree.Element(
        samlp("AuthnRequest"),
        {
            "ID": identifier,
            "Version": "2.0",
            "IssueInstant": facts.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": facts.destination,
            **_consumer(facts),
            **({"ForceAuthn": "true"} if facts.force_authn else {}),
            **({"ProviderName": settings.provider_name} if settings.provider_name else {}),
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
    etree.SubElement(root, saml("Issuer")).text = facts.issuer
    EXTENSIONS[settings.extensions](root, Asking(facts.issuer, facts.service_uuid))
    _name_id_policy(root, settings.name_id_policy)
    if facts.contexts:
        comparison = settings.authn_context_comparison
        wanted = etree.SubElement(root, samlp("RequestedAuthnContext"), Comparison=comparison)
        for context in facts.contexts:
            etree.SubElement(wanted, saml("AuthnContextClassRef")).text = context
    return root


def _consumer(facts: AuthnRequestFacts) -> dict[str, str]:
    """Where the answer goes; an index excludes an address and its binding (Core §3.4.1)."""
    wanted = _service_index(facts)
    service = {} if wanted is None else {"AttributeConsumingServiceIndex": str(wanted)}
    binding, index = CONSUMERS[facts.settings.response_binding]
    if facts.settings.acs == "index":
        return {"AssertionConsumerServiceIndex": str(index), **service}
    return {"AssertionConsumerServiceURL": facts.acs_url, "ProtocolBinding": binding, **service}


def _service_index(facts: AuthnRequestFacts) -> int | None:
    """The service's own in a scheme that asks so, else that of the record; none beside Extensions
    that name the service (ST-SAML).
    """
    settings = facts.settings
    if settings.extensions == "audience":
        return None
    if settings.speaks.asks_by_index and facts.service_index is not None:
        return facts.service_index
    return settings.attribute_consuming_service_index


def _name_id_policy(root: etree._Element, policy: NameIdPolicy) -> None:
    said = {}
    if policy.format != "none":
        said["Format"] = NAME_ID.get(policy.format, policy.format)
    if policy.allow_create:
        said["AllowCreate"] = "true"
    if said:
        etree.SubElement(root, samlp("NameIDPolicy"), said)


def serialised(request: etree._Element) -> bytes:
    return bytes(etree.tostring(request))


def signed(request: etree._Element, key: PrivateKey, *, names_key: bool = False) -> bytes:
    """The message with an enveloped signature behind its Issuer, for HTTP-POST. ``names_key``: it
    says which key of our metadata signed.
    """
    sign_enveloped(request, key, position=1, key_name=key_name(key) if names_key else None)
    return serialised(request)

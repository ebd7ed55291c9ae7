"""The mandate that a makelaar asserts with the attributes of the scheme (eTD, attribute
catalogue).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assurance.levels import AssuranceLevel
from consent.authority import Authority, PartyIdType
from providers.authority import (
    BRANCH,
    AskedService,
    AssertedMandate,
    AssertedParty,
    Dialect,
    build_authority,
    restrictions_in,
)
from providers.interface import ProviderRefused
from providers.registry import ProviderRecord
from providers.saml.assertion import Attributes, Value
from providers.saml.names import (
    COMPANY_NAME,
    INTERMEDIARY,
    INTERMEDIARY_NAME,
    KVK_QUALIFIER,
    LEGAL_SUBJECT,
    RSIN_QUALIFIER,
    SERVICE_ID,
    SERVICE_UUID,
)

DIALECT: Final = Dialect(
    party="legal_subject", intermediary="intermediary", branch="branch", names_service=True
)
_KINDS: Final = {KVK_QUALIFIER: PartyIdType.KVK, RSIN_QUALIFIER: PartyIdType.RSIN}


def asserted_services(attributes: Attributes) -> tuple[str, ...]:
    """The services that the message names, by UUID or by id."""
    return tuple(v.text for name in (SERVICE_UUID, SERVICE_ID) for v in attributes.all(name))


def asserted_authority(
    attributes: Attributes,
    record: ProviderRecord,
    *,
    source: str,
    level: AssuranceLevel,
    service: AskedService,
) -> tuple[Authority, ...]:
    """The authority in this message; none where it names no organisation.

    Raises ProviderRefused: service_mismatch, legal_subject, not_trusted, branch, intermediary,
    attribute_values.
    """
    said = _mandate(attributes, source)
    if said is None:
        return ()
    return (build_authority(said, record=record, level=level, service=service, dialect=DIALECT),)


def _mandate(attributes: Attributes, source: str) -> AssertedMandate | None:
    if LEGAL_SUBJECT not in attributes.values:
        return None
    values = attributes.all(LEGAL_SUBJECT)  # none where it is there and empty: refused as no number
    uuid = attributes.one(SERVICE_UUID)
    between = [value.text for name in INTERMEDIARY for value in attributes.all(name)]
    restrictions = restrictions_in(attributes.values)
    return AssertedMandate(
        represented=_party(values, attributes.one(COMPANY_NAME)),
        source=source,
        intermediary=AssertedParty(
            tuple((PartyIdType.KVK, number) for number in between),
            attributes.one(INTERMEDIARY_NAME),
        )
        if any(name in attributes.values for name in INTERMEDIARY)
        else None,
        branches=tuple(v.text for v in attributes.all(BRANCH)) if BRANCH in restrictions else None,
        restrictions=restrictions,
        service_uuids=() if uuid is None else (uuid,),
        service_ids=tuple(value.text for value in attributes.all(SERVICE_ID)),
    )


def _party(values: Sequence[Value], name: str | None) -> AssertedParty:
    """The kind of a number stands in the qualifier of its NameID."""
    kinds = [_KINDS.get(value.qualifier or "") for value in values]
    numbers = tuple(
        (kind, value.text) for kind, value in zip(kinds, values, strict=True) if kind is not None
    )
    if len(numbers) != len(values):
        raise ProviderRefused(DIALECT.party, "unknown identifier")
    return AssertedParty(numbers, name)

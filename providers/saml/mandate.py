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
from providers.received import MAX_VALUES, MAX_WORD
from providers.registry import ProviderRecord
from providers.saml.assertion import Attributes, Value
from providers.saml.names import (
    COMPANY_NAME,
    INTERMEDIARY,
    INTERMEDIARY_NAME,
    KVK_QUALIFIER,
    LEGAL_SUBJECT,
    LEGAL_SUBJECT_GDI,
    REPRESENTATION,
    RSIN_QUALIFIER,
    SERVICE_ID,
    SERVICE_UUID,
)

SCHEMES: Final = ("urn:etoegang:", "urn:nl-eid-gdi:")
DIALECT: Final = Dialect(
    party="legal_subject", intermediary="intermediary", branch="branch", names_service=True
)
_KVK_WORDS: Final = ("KvKnr", "KvK")  # the last word of a name or qualifier, as texts spell it
_KINDS: Final = {KVK_QUALIFIER: PartyIdType.KVK, RSIN_QUALIFIER: PartyIdType.RSIN}


def asserted_services(attributes: Attributes) -> tuple[str, ...]:
    """The services that the message names, by UUID or by id. Raises ProviderRefused."""
    _check_types(attributes)
    found = [v.text for name in (SERVICE_UUID, SERVICE_ID) for v in attributes.all(name)]
    if len(found) > MAX_VALUES or any(len(text) > MAX_WORD for text in found):
        raise ProviderRefused("attribute_values", "services without end")
    return tuple(found)


def asserted_authority(
    attributes: Attributes,
    record: ProviderRecord,
    *,
    source: str,
    level: AssuranceLevel,
    service: AskedService,
) -> tuple[Authority, ...]:
    """The authority in this message; none where it names no organisation, and limits nothing.

    Raises ProviderRefused: service_mismatch, legal_subject, not_trusted, branch, intermediary,
    attribute_values.
    """
    _check_types(attributes)
    said = _mandate(attributes, source)
    if said is None:
        return ()
    return (build_authority(said, record=record, level=level, service=service, dialect=DIALECT),)


def _check_types(attributes: Attributes) -> None:
    """What the schemes say of a mandate is of no schema of others; passed over it would be no
    limit.
    """
    for name, values in attributes.values.items():
        if name.startswith(SCHEMES) and any(v.foreign is not None for v in values):
            raise ProviderRefused("attribute_values", "of a type that is not known")


def _mandate(attributes: Attributes, source: str) -> AssertedMandate | None:
    restrictions = _restrictions(attributes)
    intermediary = _intermediary(attributes)
    if LEGAL_SUBJECT not in attributes.values:
        _check_personal(attributes, restrictions, intermediary)
        return None
    uuid = attributes.one(SERVICE_UUID)
    return AssertedMandate(
        represented=_party(attributes.written(LEGAL_SUBJECT), attributes.one(COMPANY_NAME)),
        source=source,
        intermediary=intermediary,
        branches=tuple(v.text for v in attributes.written(BRANCH))
        if BRANCH in attributes.values
        else None,
        restrictions=restrictions,
        service_uuids=() if uuid is None else (uuid,),
        service_ids=tuple(value.text for value in attributes.all(SERVICE_ID)),
    )


def _restrictions(attributes: Attributes) -> tuple[str, ...]:
    """Every restriction, one under a format that we do not know as one that we do not know."""
    if BRANCH in attributes.repeated:
        raise ProviderRefused(DIALECT.branch, "a restriction that stands twice")
    elsewhere = restrictions_in(attributes.others)
    return (*restrictions_in(attributes.values), *(f"{name} elsewhere" for name in elsewhere))


def _intermediary(attributes: Attributes) -> AssertedParty | None:
    """Who stands between. Whatever else speaks of an intermediary is not understood: without it the
    chain would be a mandate of one's own.
    """
    said = [n for n in (*attributes.values, *attributes.others) if "intermediate" in n.casefold()]
    known = [name for name in INTERMEDIARY if name in attributes.values]
    others = [name for name in said if name not in (*INTERMEDIARY, INTERMEDIARY_NAME)]
    misplaced = [name for name in INTERMEDIARY if name in attributes.others]
    named = any(value.text.strip() for value in attributes.all(INTERMEDIARY_NAME))
    if others or misplaced or (named and not known):
        raise ProviderRefused(DIALECT.intermediary, "named in a way that is not understood")
    if not known:
        return None
    values = [value for name in known for value in attributes.written(name)]
    if any((v.qualifier or KVK_QUALIFIER).rpartition(":")[2] not in _KVK_WORDS for v in values):
        raise ProviderRefused(DIALECT.intermediary, "unknown identifier")
    return AssertedParty(
        tuple((PartyIdType.KVK, value.text) for value in values), attributes.one(INTERMEDIARY_NAME)
    )


def _check_personal(
    attributes: Attributes, restrictions: Sequence[str], intermediary: AssertedParty | None
) -> None:
    """No organisation is named: then nothing may speak of acting for one."""
    if restrictions:
        raise ProviderRefused(DIALECT.branch, "a restriction without an organisation")
    if intermediary is not None:
        raise ProviderRefused(DIALECT.intermediary, "an intermediary without an organisation")
    acts = any(v.text.strip().lower() in ("true", "1") for v in attributes.all(REPRESENTATION))
    if acts or LEGAL_SUBJECT_GDI in attributes.values:
        raise ProviderRefused(DIALECT.party, "acts for somebody who cannot be read")


def _party(values: Sequence[Value], name: str | None) -> AssertedParty:
    """The kind of a number stands in the qualifier of its NameID."""
    kinds = [_KINDS.get(value.qualifier or "") for value in values]
    numbers = tuple(
        (kind, value.text) for kind, value in zip(kinds, values, strict=True) if kind is not None
    )
    if len(numbers) != len(values):
        raise ProviderRefused(DIALECT.party, "unknown identifier")
    return AssertedParty(numbers, name)

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
from providers.received import MAX_VALUES, MAX_WORD, masked, told
from providers.registry import ProviderRecord
from providers.saml.assertion import Attributes, Value
from providers.saml.wire.names import (
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
_EIDAS: Final = "http://eidas.europa.eu/attributes/"
_KVK_WORDS: Final = ("KvKnr", "KvK")  # the last word of a name or qualifier, as texts spell it
_KINDS: Final = {KVK_QUALIFIER: PartyIdType.KVK, RSIN_QUALIFIER: PartyIdType.RSIN}


def asserted_services(attributes: Attributes) -> tuple[str, ...]:
    """The services that the message names, by UUID or by id. Raises ProviderRefused."""
    _check_types(attributes)
    found = [v.text for name in (SERVICE_UUID, SERVICE_ID) for v in attributes.all(name)]
    if len(found) > MAX_VALUES or any(len(text) > MAX_WORD for text in found):
        raise ProviderRefused(
            "attribute_values",
            "services without end",
            element=f"{SERVICE_UUID}, {SERVICE_ID}",
            seen=f"{len(found)} values",
            expected=f"{MAX_VALUES} of {MAX_WORD} signs",
        )
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
            raise ProviderRefused(
                "attribute_values",
                "of a type that is not known",
                element=told(name),
                seen="a type of another schema",
                expected="a text or a NameID",
            )


def _mandate(attributes: Attributes, source: str) -> AssertedMandate | None:
    restrictions = _restrictions(attributes)
    intermediary = _intermediary(attributes)
    _check_party_is_read(attributes)
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
        raise ProviderRefused(
            DIALECT.branch,
            "a restriction that stands twice",
            element=BRANCH,
            seen="two attributes",
            expected="one",
        )
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
        raise ProviderRefused(
            DIALECT.intermediary,
            "named in a way that is not understood",
            element=told(", ".join((*others, *misplaced)) or INTERMEDIARY_NAME),
            seen="an intermediary without a number that we know",
            expected=INTERMEDIARY[0],
        )
    if not known:
        return None
    values = [value for name in known for value in attributes.written(name)]
    kinds = [value.qualifier or KVK_QUALIFIER for value in values]
    unknown = [kind for kind in kinds if kind.rpartition(":")[2] not in _KVK_WORDS]
    if unknown:
        raise _unknown(DIALECT.intermediary, known[0], unknown, KVK_QUALIFIER)
    return AssertedParty(
        tuple((PartyIdType.KVK, value.text) for value in values), attributes.one(INTERMEDIARY_NAME)
    )


def _check_party_is_read(attributes: Attributes) -> None:
    """Who is represented under another format or spelling is not understood; without it a login for
    an organisation would be a personal one.
    """
    known = (LEGAL_SUBJECT, LEGAL_SUBJECT_GDI)
    said = (*(name for name in attributes.values if name not in known), *attributes.others)
    if any("legalsubjectid" in name.casefold() for name in said):
        raise ProviderRefused(
            DIALECT.party,
            "named in a way that is not understood",
            element="Attribute",
            seen="LegalSubjectID under another name or format",
            expected=LEGAL_SUBJECT,
        )


def _check_personal(
    attributes: Attributes, restrictions: Sequence[str], intermediary: AssertedParty | None
) -> None:
    """No organisation is named: then nothing may speak of acting for one."""
    if restrictions:
        what = "a restriction without an organisation"
        raise _alone(DIALECT.branch, what, told(", ".join(restrictions)))
    if intermediary is not None:
        what = "an intermediary without an organisation"
        raise _alone(DIALECT.intermediary, what, INTERMEDIARY[0])
    eidas = [name for name in (*attributes.values, *attributes.others) if name.startswith(_EIDAS)]
    if any("/representative/" in name or "/legalperson/" in name for name in eidas):
        raise ProviderRefused(
            DIALECT.party,
            "acts for somebody in a way that is not read",
            element="Attribute",
            seen="a representative, or a legal person (eIDAS)",
            expected="a natural person who acts for nobody",
        )
    acts = any(v.text.strip().lower() in ("true", "1") for v in attributes.all(REPRESENTATION))
    if acts or LEGAL_SUBJECT_GDI in attributes.values:
        what = "acts for somebody who cannot be read"
        raise _alone(DIALECT.party, what, REPRESENTATION if acts else LEGAL_SUBJECT_GDI)


def _alone(reason: str, what: str, element: str) -> ProviderRefused:
    """Something about acting for an organisation, where none is named."""
    expected = f"{LEGAL_SUBJECT} beside it"
    return ProviderRefused(reason, what, element=element, seen=what, expected=expected)


def _unknown(reason: str, element: str, kinds: Sequence[str], expected: str) -> ProviderRefused:
    """A number of another kind; the number itself is nobody's business."""
    seen = ", ".join(masked(kind or None) for kind in kinds)
    return ProviderRefused(
        reason, "unknown identifier", element=element, seen=seen, expected=expected
    )


def _party(values: Sequence[Value], name: str | None) -> AssertedParty:
    """The kind of a number stands in the qualifier of its NameID."""
    kinds = [_KINDS.get(value.qualifier or "") for value in values]
    numbers = tuple(
        (kind, value.text) for kind, value in zip(kinds, values, strict=True) if kind is not None
    )
    if len(numbers) != len(values):
        unknown = [value.qualifier or "" for value in values if value.qualifier not in _KINDS]
        raise _unknown(DIALECT.party, LEGAL_SUBJECT, unknown, ", ".join(_KINDS))
    return AssertedParty(numbers, name)

"""The mandate that a makelaar asserts, with the attributes of the dialect that it speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assurance.levels import AssuranceLevel
from consent.authority import Authority, PartyIdType
from providers.authority import (
    AskedService,
    AssertedMandate,
    AssertedParty,
    Dialect,
    build_authority,
    check_service,
    restrictions_in,
)
from providers.interface import ProviderRefused
from providers.received import MAX_VALUES, MAX_WORD, masked, told
from providers.registry import ProviderRecord
from providers.saml.assertion import Attributes, Value
from providers.saml.dialects.dialect import SamlDialect
from providers.saml.dialects.etd import UNNAMED
from providers.saml.other_dialects import check_dialect, says_represented
from providers.saml.wire.names import KVK_QUALIFIER

_SCHEMES: Final = ("urn:etoegang:", "urn:nl-eid-gdi:")
DIALECT: Final = Dialect(
    party="legal_subject", intermediary="intermediary", branch="branch", names_service=True
)
_EIDAS: Final = "http://eidas.europa.eu/attributes/"


def asserted_authority(
    attributes: Attributes,
    record: ProviderRecord,
    *,
    source: str,
    level: AssuranceLevel,
    service: AskedService,
    dialect: SamlDialect = UNNAMED,
) -> tuple[Authority, ...]:
    """The authority in this message; none where it names no organisation, and limits nothing.

    Raises ProviderRefused: service_mismatch, legal_subject, not_trusted, branch, intermediary,
    attribute_values.
    """
    _check_types(attributes)
    check_dialect(attributes, dialect, DIALECT)
    said = _mandate(attributes, dialect, source)
    if said is None:
        if dialect.service_fits:
            uuids, ids = _services(attributes, dialect)
            check_service(uuids, ids, service, must_be_named=False)
        return ()
    return (build_authority(said, record=record, level=level, service=service, dialect=DIALECT),)


def _check_types(attributes: Attributes) -> None:
    """What the schemes say of a mandate is of no schema of others; passed over it would be no
    limit.
    """
    for name, values in attributes.values.items():
        if name.startswith(_SCHEMES) and any(v.foreign is not None for v in values):
            raise ProviderRefused(
                "attribute_values",
                "of a type that is not known",
                element=told(name),
                seen="a type of another schema",
                expected="a text or a NameID",
            )


def _mandate(attributes: Attributes, dialect: SamlDialect, source: str) -> AssertedMandate | None:
    restrictions = _restrictions(attributes, dialect)
    intermediary = _intermediary(attributes, dialect)
    if not any(name in attributes.values for name in dialect.legal):
        _check_personal(attributes, dialect, restrictions, intermediary)
        return None
    values = [value for name in dialect.legal for value in attributes.written(name)]
    uuids, ids = _services(attributes, dialect)
    limited = dialect.branch is not None and dialect.branch in attributes.values
    return AssertedMandate(
        represented=_party(values, attributes.first_of(dialect.company_names), dialect),
        source=source,
        intermediary=intermediary,
        branches=tuple(v.text for v in attributes.written(dialect.branch or ""))
        if limited
        else None,
        restrictions=restrictions,
        service_uuids=uuids,
        service_ids=ids,
    )


def _services(
    attributes: Attributes, dialect: SamlDialect
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Services by UUID, one in each attribute for that, and by id. Raises ProviderRefused."""
    uuids = (attributes.one(name) for name in dialect.service_uuids)
    ids = [value.text for name in dialect.service_ids for value in attributes.all(name)]
    if len(ids) > MAX_VALUES or any(len(text) > MAX_WORD for text in ids):
        raise ProviderRefused(
            "attribute_values",
            "services without end",
            element=", ".join(dialect.service_ids),
            seen=f"{len(ids)} values",
            expected=f"{MAX_VALUES} of {MAX_WORD} signs",
        )
    return tuple(uuid for uuid in uuids if uuid is not None), tuple(ids)


def _restrictions(attributes: Attributes, dialect: SamlDialect) -> tuple[str, ...]:
    """Every restriction, one under a format that we do not know as one that we do not know."""
    if dialect.branch in attributes.repeated:
        raise ProviderRefused(
            DIALECT.branch,
            "a restriction that stands twice",
            element=dialect.branch or "",
            seen="two attributes",
            expected="one",
        )
    elsewhere = restrictions_in(attributes.others)
    return (*restrictions_in(attributes.values), *(f"{name} elsewhere" for name in elsewhere))


def _intermediary(attributes: Attributes, dialect: SamlDialect) -> AssertedParty | None:
    """Who stands between. Whatever else speaks of an intermediary is not understood: without it the
    chain would be a mandate of one's own.
    """
    said = [n for n in (*attributes.values, *attributes.others) if "intermediate" in n.casefold()]
    known = [name for name in dialect.intermediary if name in attributes.values]
    names = dialect.intermediary_names
    others = [name for name in said if name not in (*dialect.intermediary, *names)]
    misplaced = [name for name in dialect.intermediary if name in attributes.others]
    named = any(value.text.strip() for name in names for value in attributes.all(name))
    if others or misplaced or (named and not known):
        raise ProviderRefused(
            DIALECT.intermediary,
            "named in a way that is not understood",
            element=told(", ".join((*others, *misplaced)) or ", ".join(names)),
            seen="an intermediary without a number that we know",
            expected=", ".join(dialect.intermediary[:1]) or "none",
        )
    if not known:
        return None
    values = [value for name in known for value in attributes.written(name)]
    kinds = [value.qualifier or KVK_QUALIFIER for value in values]
    unknown = [kind for kind in kinds if kind.rpartition(":")[2] not in dialect.intermediary_kinds]
    if unknown:
        raise _unknown(DIALECT.intermediary, known[0], unknown, KVK_QUALIFIER)
    return AssertedParty(
        tuple((PartyIdType.KVK, value.text) for value in values), attributes.first_of(names)
    )


def _check_personal(
    attributes: Attributes,
    dialect: SamlDialect,
    restrictions: Sequence[str],
    intermediary: AssertedParty | None,
) -> None:
    """No organisation is named: then nothing may speak of acting for one."""
    if restrictions:
        what = "a restriction without an organisation"
        raise _alone(DIALECT.branch, what, told(", ".join(restrictions)), dialect)
    if intermediary is not None:
        what = "an intermediary without an organisation"
        raise _alone(DIALECT.intermediary, what, dialect.intermediary[0], dialect)
    eidas = [name for name in (*attributes.values, *attributes.others) if name.startswith(_EIDAS)]
    if any("/representative/" in name or "/legalperson/" in name for name in eidas):
        raise ProviderRefused(
            DIALECT.party,
            "acts for somebody in a way that is not read",
            element="Attribute",
            seen="a representative, or a legal person (eIDAS)",
            expected="a natural person who acts for nobody",
        )
    for name in says_represented(attributes, dialect.representation):
        raise _alone(DIALECT.party, "acts for somebody who cannot be read", told(name), dialect)


def _alone(reason: str, what: str, element: str, dialect: SamlDialect) -> ProviderRefused:
    """Something about acting for an organisation, where none is named."""
    expected = f"{', '.join(dialect.legal)} beside it"
    return ProviderRefused(reason, what, element=element, seen=what, expected=expected)


def _unknown(reason: str, element: str, kinds: Sequence[str], expected: str) -> ProviderRefused:
    """A number of another kind; the number itself is nobody's business."""
    seen = ", ".join(masked(kind or None) for kind in kinds)
    return ProviderRefused(
        reason, "unknown identifier", element=element, seen=seen, expected=expected
    )


def _party(values: Sequence[Value], name: str | None, dialect: SamlDialect) -> AssertedParty:
    """The kind of a number stands in the qualifier of its NameID."""
    known = dialect.legal_kinds
    kinds = [known.get(value.qualifier or "") for value in values]
    numbers = tuple(
        (kind, value.text) for kind, value in zip(kinds, values, strict=True) if kind is not None
    )
    if len(numbers) != len(values):
        unknown = [value.qualifier or "" for value in values if value.qualifier not in known]
        raise _unknown(DIALECT.party, dialect.legal[0], unknown, ", ".join(known))
    return AssertedParty(numbers, name)

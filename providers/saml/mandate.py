"""The mandate that a makelaar asserts with the attributes of the scheme (eTD, attribute
catalogue).
"""

from __future__ import annotations

from collections.abc import Sequence

from stdnum.nl import bsn

from assurance.levels import AssuranceLevel
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from providers.interface import ProviderRefused
from providers.registry import ProviderRecord
from providers.saml.assertion import Attributes, Value
from providers.saml.names import (
    BRANCH,
    COMPANY_NAME,
    INTERMEDIARY,
    INTERMEDIARY_NAME,
    KVK_QUALIFIER,
    LEGAL_SUBJECT,
    RSIN_QUALIFIER,
    SERVICE_ID,
    SERVICE_UUID,
)


def asserted_services(attributes: Attributes) -> tuple[str, ...]:
    """The services that the message names, by UUID or by id."""
    return tuple(v.text for name in (SERVICE_UUID, SERVICE_ID) for v in attributes.all(name))


def asserted_authority(
    attributes: Attributes,
    record: ProviderRecord,
    *,
    source: str,
    level: AssuranceLevel,
    service_uuid: str,
    service_id: str | None,
) -> tuple[Authority, ...]:
    """The authority in this message; none where it names no organisation.

    Raises ProviderRefused: service_mismatch, legal_subject, not_trusted, branch, intermediary.
    """
    values = attributes.all(LEGAL_SUBJECT)
    if not values:
        return ()
    _check_service(attributes, service_uuid, service_id)
    represented = _party(values, attributes.one(COMPANY_NAME))
    _check_trust(record, represented)
    intermediary = _intermediary(attributes)
    branches = _branches(attributes)
    if intermediary is not None:
        if branches:
            raise ProviderRefused("branch", "a chain holds for the whole organisation")
        _check_trust(record, intermediary)
    return (
        Authority(
            represented=represented,
            kind=AuthorityKind.CHAIN if intermediary else AuthorityKind.DIRECT,
            level=level,
            source=source,
            intermediary=intermediary,
            branches=branches,
            service_uuid=service_uuid,
        ),
    )


def _check_service(attributes: Attributes, service_uuid: str, service_id: str | None) -> None:
    """A mandate is for a service; one that names another, or none, is not for this one."""
    named = attributes.one(SERVICE_UUID), attributes.all(SERVICE_ID)
    if named[0] is not None:
        if named[0] != service_uuid:
            raise ProviderRefused("service_mismatch")
        return
    if service_id is None or service_id not in [value.text for value in named[1]]:
        raise ProviderRefused("service_mismatch")


def _party(values: Sequence[Value], name: str | None) -> Party:
    """KvK number first; an RSIN beside it is the same organisation under its other number."""
    kvk = [v.text for v in values if v.qualifier == KVK_QUALIFIER]
    rsin = [v.text for v in values if v.qualifier == RSIN_QUALIFIER]
    if len(kvk) + len(rsin) != len(values) or len(kvk) > 1 or len(rsin) > 1:
        raise ProviderRefused("legal_subject", "unknown or double identifier")
    if any(not _is_digits(number, 8) for number in kvk):
        raise ProviderRefused("legal_subject", "not a KvK number")
    if any(not (_is_digits(number, 9) and bsn.is_valid(number)) for number in rsin):
        raise ProviderRefused("legal_subject", "not an RSIN")
    alternative = (PartyIdType.RSIN, rsin[0]) if kvk and rsin else None
    if kvk:
        return Party(PartyIdType.KVK, kvk[0], name, alternative)
    return Party(PartyIdType.RSIN, rsin[0], name)


def _is_digits(number: str, length: int) -> bool:
    return len(number) == length and number.isascii() and number.isdigit()


def _check_trust(record: ProviderRecord, party: Party) -> None:
    """A makelaar speaks for the organisations in its record; an RSIN alone only where it speaks for
    all.
    """
    by_kvk = party.id_type is PartyIdType.KVK and record.may_speak_for(party.value)
    if not by_kvk and record.speaks_for != "register":
        raise ProviderRefused("not_trusted", "the makelaar may not speak for this organisation")


def _intermediary(attributes: Attributes) -> Party | None:
    found = [value for name in INTERMEDIARY for value in attributes.all(name)]
    if not found:
        return None
    if len(found) > 1 or not _is_digits(found[0].text, 8):
        raise ProviderRefused("intermediary")
    return Party(PartyIdType.KVK, found[0].text, attributes.one(INTERMEDIARY_NAME))


def _branches(attributes: Attributes) -> tuple[str, ...]:
    found = tuple(value.text for value in attributes.all(BRANCH))
    if any(not _is_digits(number, 12) for number in found):
        raise ProviderRefused("branch", "not an establishment number")
    return found

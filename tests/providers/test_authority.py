"""What a makelaar may assert: one table, read from the messages of either protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest

from assurance.levels import AssuranceLevel
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from providers.authority import BRANCH, AskedService, Dialect
from providers.interface import ProviderRefused
from providers.oidc import representation
from providers.registry import ProviderRecord
from providers.saml import mandate
from providers.saml.assertion import Attributes, Value
from providers.saml.wire import names

KVK, RSIN = PartyIdType.KVK, PartyIdType.RSIN
UUID: Final = "7f4a3c1e-5d2b-4b7e-9f53-0d8c6a1b2e34"
SERVICE: Final = AskedService(UUID, "urn:etoegang:DV:1:services:1")
OTHER_UUID: Final = "11111111-0000-4000-8000-000000000000"
SOURCE: Final = "urn:etoegang:MR:1"
FULL: Final = "000012345678"


@dataclass(frozen=True)
class Said:
    """What a message says, whatever its form."""

    numbers: tuple[tuple[PartyIdType, str], ...] = ((KVK, "90001201"),)
    name: str | None = None
    between: str | None = None
    branches: tuple[str, ...] | None = None
    unknown: str | None = None  # one more restriction, by its name
    uuid: str | None = SERVICE.uuid
    service_id: str | None = None
    speaks_for: Any = "register"
    known: AskedService = SERVICE  # the service of the login


def record_of(said: Said) -> ProviderRecord:
    section = {"issuer": "https://m.example", "client_id": "sluis"}
    return ProviderRecord.model_validate(
        {
            "id": "zekerweg",
            "name": "Zekerweg",
            "level_ceiling": "EH3",
            "speaks_for": said.speaks_for,
            "oidc": section,
        }
    )


def by_saml(said: Said) -> tuple[Authority, ...]:
    qualifiers = {KVK: names.KVK_QUALIFIER, RSIN: names.RSIN_QUALIFIER}
    values = {
        names.LEGAL_SUBJECT: tuple(Value(n, qualifiers[kind]) for kind, n in said.numbers),
        names.COMPANY_NAME: said.name and (Value(said.name),),
        names.INTERMEDIARY[0]: said.between and (Value(said.between),),
        BRANCH: None if said.branches is None else tuple(Value(b) for b in said.branches),
        names.SERVICE_UUID: said.uuid and (Value(said.uuid),),
        names.SERVICE_ID: said.service_id and (Value(said.service_id),),
        said.unknown or "": said.unknown and (Value("1"),),
    }
    return mandate.asserted_authority(
        Attributes({name: value for name, value in values.items() if value is not None and name}),
        record_of(said),
        source=SOURCE,
        level=AssuranceLevel.EH3,
        service=said.known,
    )


def by_oidc(said: Said) -> tuple[Authority, ...]:
    def identified(kind: PartyIdType, number: str) -> dict[str, Any]:
        return {"sub": number, "sub_id_type": representation.ID_TYPE + kind, "iss": SOURCE}

    first, *others = said.numbers
    deepest = {
        **identified(*first),
        "name": said.name,
        "alt_sub": [identified(*one) for one in others] or None,
        BRANCH: None if said.branches is None else list(said.branches),
        said.unknown or "": "1",
    }
    party = {name: value for name, value in deepest.items() if value is not None and name}
    chained = {**identified(KVK, said.between), "represents": party} if said.between else party
    services = {
        representation.SERVICE_UUID: said.uuid,
        representation.SERVICE_ID: said.service_id,
    }
    return representation.asserted_authority(
        {"represents": chained, **{name: v for name, v in services.items() if v is not None}},
        record_of(said),
        level=AssuranceLevel.EH3,
        service=said.known,
    )


Reader = Callable[[Said], tuple[Authority, ...]]
PROTOCOLS: Final = [
    pytest.param(by_saml, mandate.DIALECT, id="saml"),
    pytest.param(by_oidc, representation.DIALECT, id="oidc"),
]
GOOD: Final = Authority(
    represented=Party(KVK, "90001201"),
    kind=AuthorityKind.DIRECT,
    level=AssuranceLevel.EH3,
    source=SOURCE,
    service_uuid=SERVICE.uuid,
)
BOTH: Final = Party(KVK, "90001201", alternative=(RSIN, "123456782"))


@pytest.mark.parametrize(("read", "dialect"), PROTOCOLS)
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Said(), GOOD),
        (Said(speaks_for=("90001201",)), GOOD),
        (Said(name="Bakkerij"), replace(GOOD, represented=Party(KVK, "90001201", "Bakkerij"))),
        (Said(name="x" * 201), GOOD),
        (Said(((RSIN, "123456782"),)), replace(GOOD, represented=Party(RSIN, "123456782"))),
        (Said(((KVK, "90001201"), (RSIN, "123456782"))), replace(GOOD, represented=BOTH)),
        (Said(((RSIN, "123456782"), (KVK, "90001201"))), replace(GOOD, represented=BOTH)),
        (Said(branches=(FULL,)), replace(GOOD, branches=(FULL,))),
        (
            Said(between="90001542", speaks_for=("90001201", "90001542")),
            replace(GOOD, kind=AuthorityKind.CHAIN, intermediary=Party(KVK, "90001542")),
        ),
        (Said(uuid=None, service_id=SERVICE.service_id), GOOD),
        (Said(service_id=SERVICE.service_id), GOOD),
        (
            Said(name=" Bakke\u202erij\n"),
            replace(GOOD, represented=Party(KVK, "90001201", "Bakkerij")),
        ),
        (Said(name="x" * 100_000), GOOD),
        (Said(name="\u202e\u200b"), GOOD),
        (Said(branches=(FULL, "000087654321")), replace(GOOD, branches=(FULL, "000087654321"))),
    ],
)
def test_what_is_believed(read: Reader, dialect: Dialect, said: Said, expected: Authority) -> None:
    assert read(said) == (expected,)


@pytest.mark.parametrize(("read", "dialect"), PROTOCOLS)
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(((KVK, "1234"),)), "party"),
        (Said(((KVK, "٩٠٠٠١٢٠١"),)), "party"),
        (Said(((KVK, "90001201\n"),)), "party"),
        (Said(((RSIN, "123456789"),)), "party"),  # fails the elfproef
        (Said(((KVK, "90001201"), (RSIN, "1"))), "party"),
        (Said(((KVK, "90001201"), (KVK, "90001542"))), "party"),
        (Said(between="1234"), "intermediary"),
        (Said(speaks_for=()), "not_trusted"),
        (Said(speaks_for=("90001542",)), "not_trusted"),
        (Said(((RSIN, "123456782"),), speaks_for=("123456782",)), "not_trusted"),
        (
            Said(((KVK, "90001201"), (RSIN, "123456782")), speaks_for=("90001201",)),
            "not_trusted",  # the list does not vouch for the other number
        ),
        (Said(between="90001542", speaks_for=("90001201",)), "not_trusted"),
        (Said(between="90001542", speaks_for=("90001542",)), "not_trusted"),
        (Said(branches=()), "branch"),
        (Said(branches=("12",)), "branch"),
        (Said(branches=(FULL, "12")), "branch"),
        (Said(branches=("",)), "branch"),
        (Said(branches=(FULL, "")), "branch"),
        (Said(branches=(FULL, FULL)), "branch"),
        (Said(branches=(f" {FULL}",)), "branch"),
        (Said(branches=(FULL,) * 100 + ("12",)), None),  # too many, as either protocol says it
        (Said(between="90001542", branches=(FULL,)), "branch"),
        (Said(unknown="urn:etoegang:1.9:ServiceRestriction:SubdossierNr"), "branch"),
        (Said(branches=(FULL,), unknown="urn:etoegang:2.0:ServiceRestriction:X"), "branch"),
        (Said(unknown=BRANCH + " "), "branch"),
        (Said(unknown=BRANCH.lower()), "branch"),
        (Said(unknown="urn:nl-eid-gdi:1.0:ServiceRestriction:Vestigingsnr"), "branch"),
        (Said(between="90001201"), "intermediary"),  # of itself
        (Said(uuid=OTHER_UUID), "service_mismatch"),
        (Said(uuid=OTHER_UUID, service_id=SERVICE.service_id), "service_mismatch"),
        (Said(service_id="urn:etoegang:DV:1:services:9"), "service_mismatch"),  # they contradict
        (Said(uuid=None, service_id="urn:etoegang:DV:1:services:9"), "service_mismatch"),
    ],
)
def test_what_is_refused(read: Reader, dialect: Dialect, said: Said, reason: str | None) -> None:
    with pytest.raises(ProviderRefused) as caught:
        read(said)
    if reason is not None:
        assert caught.value.reason == getattr(dialect, reason, reason)


def test_only_the_scheme_demands_that_a_mandate_names_its_service() -> None:
    with pytest.raises(ProviderRefused, match="service_mismatch"):
        by_saml(Said(uuid=None))
    assert by_oidc(Said(uuid=None)) == (GOOD,)


@pytest.mark.parametrize(("read", "dialect"), PROTOCOLS)
def test_a_service_is_named_in_either_case_of_its_uuid(read: Reader, dialect: Dialect) -> None:
    (found,) = read(Said(uuid=UUID.upper()))
    assert found.service_uuid == UUID
    with pytest.raises(ProviderRefused):
        read(Said(uuid=OTHER_UUID.upper()))


@pytest.mark.parametrize(("read", "dialect"), PROTOCOLS)
def test_an_id_contradicts_nothing_where_we_registered_none(read: Reader, dialect: Dialect) -> None:
    named = Said(service_id="urn:etoegang:DV:1:services:9")
    assert read(replace(named, known=AskedService(UUID))) == (GOOD,)
    with pytest.raises(ProviderRefused):
        read(named)


@pytest.mark.parametrize(("read", "dialect"), PROTOCOLS)
def test_the_same_number_twice_is_one_number(read: Reader, dialect: Dialect) -> None:
    twice = ((KVK, "90001201"), (KVK, "90001201"))
    (found,) = read(Said(numbers=twice, speaks_for=["90001201"]))
    assert found.represented == Party(KVK, "90001201")
    with pytest.raises(ProviderRefused):
        read(Said(numbers=(twice[0], (KVK, "90001202"))))


def test_an_attribute_without_a_value_is_not_an_absent_one() -> None:
    """Else a login for an organisation were a personal one, and a chain a mandate of its own."""
    organisation = {names.LEGAL_SUBJECT: (Value("90001201", names.KVK_QUALIFIER),)}
    service = {names.SERVICE_UUID: (Value(UUID),)}

    def read(values: dict[str, tuple[Value, ...]]) -> tuple[Authority, ...]:
        return mandate.asserted_authority(
            Attributes({**service, **values}),
            record_of(Said()),
            source=SOURCE,
            level=AssuranceLevel.EH3,
            service=SERVICE,
        )

    assert len(read(organisation)) == 1 and read({}) == ()
    for empty in ({names.LEGAL_SUBJECT: ()}, {**organisation, names.INTERMEDIARY[0]: ()}):
        with pytest.raises(ProviderRefused):
            read(empty)


@pytest.mark.parametrize("name", [BRANCH, "urn:etoegang:1.13:ServiceRestriction:Sector"])
def test_a_restriction_beside_the_organisation_is_not_dropped(name: str) -> None:
    party = {"sub": "90001201", "sub_id_type": representation.ID_TYPE + KVK, "iss": SOURCE}

    def read(claims: dict[str, Any]) -> tuple[Authority, ...]:
        return representation.asserted_authority(
            {"represents": party, **claims},
            record_of(Said()),
            level=AssuranceLevel.EH3,
            service=SERVICE,
        )

    assert len(read({})) == 1
    with pytest.raises(ProviderRefused):
        read({name: [FULL]})

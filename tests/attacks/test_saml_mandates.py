"""Mandates that a makelaar asserts (S-65 … S-68)."""

from __future__ import annotations

from typing import Any

import pytest

from assurance.levels import AssuranceLevel
from consent.authority import AuthorityKind, PartyIdType
from tests.attacks.saml_mandates import (
    ALL,
    BAKERY,
    BETWEEN,
    BRANCH,
    BSN,
    FOR_SERVICE,
    ID,
    KVK,
    LEGAL,
    OURS,
    RSIN,
    UUID,
    acting,
    legal,
)
from tests.providers.saml.edits import (
    attribute,
    name_id,
)
from tests.providers.saml.maker import (
    ENTITY_ID,
    SERVICE,
    SERVICE_ID,
    Edit,
    spoilt,
)
from tests.providers.saml.verdicts import refused


def test_a_mandate_of_the_makelaar_is_read() -> None:
    (found,) = acting(BAKERY, FOR_SERVICE).authority
    assert (found.represented.id_type, found.represented.value) == (PartyIdType.KVK, "90001201")
    assert (found.kind, found.source) == (AuthorityKind.DIRECT, ENTITY_ID)
    assert (found.service_uuid, found.level) == (SERVICE, AssuranceLevel.EH3)
    assert acting().authority == ()


def test_a_mandate_names_its_service_by_id_as_well() -> None:
    several = attribute(ID, "urn:etoegang:DV:00000004000000001000:services:9", SERVICE_ID)
    assert len(acting(BAKERY, several).authority) == 1


def test_both_numbers_of_one_organisation_are_one_party() -> None:
    both = legal(("90001201", KVK), ("123456782", RSIN))
    (found,) = acting(both, FOR_SERVICE, **ALL).authority
    assert found.represented.value == "90001201"
    assert found.represented.alternative == (PartyIdType.RSIN, "123456782")
    (alone,) = acting(legal(("123456782", RSIN)), FOR_SERVICE, **ALL).authority
    assert alone.represented.id_type is PartyIdType.RSIN


def test_a_chain_names_its_intermediary() -> None:
    (found,) = acting(BAKERY, FOR_SERVICE, attribute(BETWEEN, "90001542")).authority
    assert found.kind is AuthorityKind.CHAIN
    assert found.intermediary is not None
    assert found.intermediary.value == "90001542"


@pytest.mark.parametrize(
    ("edits", "settings", "reason"),
    [
        pytest.param(
            [BAKERY, attribute(UUID, "11111111-0000-4000-8000-000000000000")],
            OURS,
            "service_mismatch",
            id="S-65 for another service",
        ),
        pytest.param([BAKERY], OURS, "service_mismatch", id="S-65 without a service"),
        pytest.param(
            [BAKERY, attribute(ID, "urn:etoegang:DV:00000004000000001000:services:9")],
            OURS,
            "service_mismatch",
            id="S-65 for another service id",
        ),
        pytest.param(
            [BAKERY, attribute(UUID, "other"), attribute(ID, SERVICE_ID)],
            OURS,
            "service_mismatch",
            id="S-65 a right id beside a wrong UUID",
        ),
        pytest.param(
            [legal(("90009999", KVK)), FOR_SERVICE],
            OURS,
            "not_trusted",
            id="S-65 of an organisation that it does not speak for",
        ),
        pytest.param(
            [legal(("123456782", RSIN)), FOR_SERVICE],
            OURS,
            "not_trusted",
            id="S-65 of an organisation by another number",
        ),
        pytest.param(
            [BAKERY, FOR_SERVICE, attribute(BETWEEN, "90009999")],
            OURS,
            "not_trusted",
            id="S-65 through an intermediary that it does not speak for",
        ),
        pytest.param(
            [legal(("123456782", BSN)), FOR_SERVICE], ALL, "legal_subject", id="S-66 a BSN"
        ),
        pytest.param(
            [attribute(LEGAL, "90001201"), FOR_SERVICE],
            ALL,
            "legal_subject",
            id="S-66 a number of no kind",
        ),
        pytest.param(
            [legal(("123456782", KVK)), FOR_SERVICE], ALL, "legal_subject", id="S-66 no KvK"
        ),
        pytest.param(
            [legal(("123456789", RSIN)), FOR_SERVICE], ALL, "legal_subject", id="S-66 no RSIN"
        ),
        pytest.param(
            [legal(("٩٠٠٠١٢٠١", KVK)), FOR_SERVICE],
            ALL,
            "legal_subject",
            id="S-66 digits of another script",
        ),
        pytest.param(
            [legal(("90001201", KVK), ("90001542", KVK)), FOR_SERVICE],
            ALL,
            "legal_subject",
            id="S-67 two KvK numbers",
        ),
        pytest.param(
            [BAKERY, legal(("90001542", KVK)), FOR_SERVICE],
            ALL,
            "legal_subject",
            id="S-67 the attribute twice",
        ),
        pytest.param(
            [BAKERY, attribute(UUID, SERVICE, "other")],
            ALL,
            "attribute_values",
            id="S-67 two services by UUID",
        ),
        pytest.param(
            [BAKERY, FOR_SERVICE, attribute(BETWEEN, "90001542", "90001639")],
            ALL,
            "intermediary",
            id="S-67 two intermediaries",
        ),
        pytest.param(
            [attribute("urn:etoegang:1.9:attribute:FirstName", "Alex")],
            ALL,
            "attribute_values",
            id="S-67 two first names",
        ),
        pytest.param(
            [BAKERY, FOR_SERVICE, attribute(ID, "urn:etoegang:DV:00000004000000001000:services:9")],
            OURS,
            "service_mismatch",
            id="S-65 a right UUID beside a wrong id",
        ),
        pytest.param(
            [legal(("90001201", KVK), ("123456782", RSIN)), FOR_SERVICE],
            OURS,
            "not_trusted",
            id="S-65 of a foreign RSIN beside a KvK number of ours",
        ),
        pytest.param(
            [BAKERY, FOR_SERVICE, attribute(BETWEEN, "90001201")],
            OURS,
            "intermediary",
            id="S-66 an intermediary of itself",
        ),
        pytest.param(
            [BAKERY, FOR_SERVICE, attribute(BRANCH, "12")], ALL, "branch", id="S-66 no branch"
        ),
        pytest.param(
            [BAKERY, FOR_SERVICE, attribute(BETWEEN, "90001542"), attribute(BRANCH, "0" * 12)],
            ALL,
            "branch",
            id="S-66 a chain for a branch",
        ),
    ],
)
def test_a_mandate_that_does_not_fit_is_refused(
    edits: list[Edit], settings: dict[str, Any], reason: str
) -> None:
    assert len(acting(BAKERY, FOR_SERVICE, **settings).authority) == 1
    refused(spoilt(*edits, settings=settings), reason)


def test_S_68_a_friendly_name_means_nothing() -> None:
    edit = attribute("x", name_id("90001201", KVK), FriendlyName=LEGAL)
    assert acting(edit, FOR_SERVICE) == acting(FOR_SERVICE)
    assert len(acting(BAKERY, FOR_SERVICE).authority) == 1


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(
            attribute(LEGAL, name_id("90001201", KVK), NameFormat="urn:other:format"),
            id="S-68 under another format",
        ),
        pytest.param(attribute(LEGAL.lower(), "90001201"), id="S-68 in small letters"),
        pytest.param(attribute(LEGAL + " ", "90001201"), id="S-68 with a space"),
    ],
)
def test_an_organisation_under_another_name_is_not_read_as_a_personal_login(edit: Edit) -> None:
    refused(spoilt(edit, FOR_SERVICE), "legal_subject")
    refused(spoilt(edit, BAKERY, FOR_SERVICE), "legal_subject")
    assert len(acting(BAKERY, FOR_SERVICE).authority) == 1


@pytest.mark.parametrize("word", ["uri", "basic", "unspecified"])
def test_the_usual_name_formats_are_read(word: str) -> None:
    form = f"urn:oasis:names:tc:SAML:2.0:attrname-format:{word}"
    edit = attribute(LEGAL, name_id("90001201", KVK), NameFormat=form)
    assert len(acting(edit, FOR_SERVICE).authority) == 1

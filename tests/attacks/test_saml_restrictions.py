"""Restrictions, intermediaries and organisations that cannot be understood (S-66, S-68, S-72).

Read as absent, a branch would become the whole organisation, a chain a mandate of one's own, and a
login for somebody one's own.
"""

from __future__ import annotations

import pytest

from consent.authority import AuthorityKind, PartyIdType
from tests.attacks.saml_mandates import (
    ALL,
    BAKERY,
    BETWEEN,
    BRANCH,
    FOR_SERVICE,
    ID,
    KVK,
    LEGAL,
    OURS,
    RSIN,
    acting,
    legal,
)
from tests.providers.saml.edits import STATEMENT, add, attribute, name_id
from tests.providers.saml.maker import SERVICE_ID, Edit, spoilt
from tests.providers.saml.verdicts import refused

XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL = f'<saml:AttributeValue xmlns:xsi="{XSI}" xsi:nil="true"/>'
FULL = "000012345678"
OTHER_FORMAT = "urn:other:format"
NESTED = f"<x>{FULL}</x>"


def raw_attribute(name: str, inner: str, more: str = "") -> Edit:
    """One more attribute with this XML inside."""
    return add(STATEMENT, f'<saml:Attribute Name="{name}"{more}>{inner}</saml:Attribute>')


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([raw_attribute(BRANCH, "")], id="S-66 no value"),
        pytest.param([attribute(BRANCH, "")], id="S-66 empty"),
        pytest.param([attribute(BRANCH, " ")], id="S-66 a space"),
        pytest.param([raw_attribute(BRANCH, NIL)], id="S-66 nil"),
        pytest.param([attribute(BRANCH, NESTED)], id="S-66 nested"),
        pytest.param([attribute(BRANCH, f"{FULL}<x/>")], id="S-66 a number and an element"),
        pytest.param([attribute(BRANCH, FULL, "")], id="S-66 one that is read and one empty"),
        pytest.param([attribute(BRANCH, FULL, NESTED)], id="S-66 one that is read and one nested"),
        pytest.param([attribute(BRANCH, FULL, FULL)], id="S-66 a number twice"),
        pytest.param([attribute(BRANCH, FULL), attribute(BRANCH, FULL)], id="S-66 doubled"),
        pytest.param(
            [attribute(BRANCH, FULL), attribute(BRANCH, "000087654321")], id="S-66 two limits"
        ),
        pytest.param([attribute(BRANCH, FULL), attribute(BRANCH, "")], id="S-66 doubled and empty"),
        pytest.param(
            [attribute("urn:etoegang:1.9:ServiceRestriction:SubdossierNr", "0001")],
            id="S-66 of another kind",
        ),
        pytest.param(
            [attribute(BRANCH, FULL), attribute("urn:etoegang:9.9:ServiceRestriction:Sector", "")],
            id="S-66 a known one and one of an unknown kind",
        ),
        pytest.param([attribute(BRANCH + " ", FULL)], id="S-66 S-68 with a space in its name"),
        pytest.param([attribute(BRANCH.lower(), FULL)], id="S-66 S-68 in small letters"),
        pytest.param(
            [attribute(BRANCH, FULL, NameFormat=OTHER_FORMAT)], id="S-66 S-68 of another format"
        ),
    ],
)
def test_a_restriction_that_is_not_understood_refuses_the_login(edits: list[Edit]) -> None:
    (limited,) = acting(BAKERY, FOR_SERVICE, attribute(BRANCH, FULL, "000087654321")).authority
    assert limited.branches == (FULL, "000087654321")
    refused(spoilt(BAKERY, FOR_SERVICE, *edits, settings=OURS), "branch")
    refused(spoilt(*edits, settings=OURS), "branch")  # nor is it a login of oneself


GENERIC = "urn:etoegang:core:IntermediateSubjectID"
BETWEEN_NAME = "urn:etoegang:1.13:attribute-intermediate:CompanyName"


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([raw_attribute(BETWEEN, "")], id="S-66 no value"),
        pytest.param([attribute(BETWEEN, "")], id="S-66 empty"),
        pytest.param([raw_attribute(BETWEEN, NIL)], id="S-66 nil"),
        pytest.param([attribute(BETWEEN, "<x>90001542</x>")], id="S-66 nested"),
        pytest.param(
            [attribute(BETWEEN, "90001542", "")], id="S-66 one that is read and one empty"
        ),
        pytest.param(
            [attribute(BETWEEN, name_id("90001542", RSIN))], id="S-66 a number of another kind"
        ),
        pytest.param([attribute(GENERIC, "90001542")], id="S-66 in the generic form"),
        pytest.param(
            [attribute("urn:etoegang:1.9:IntermediateEntityID:RSIN", "123456782")],
            id="S-66 by its RSIN",
        ),
        pytest.param(
            [attribute(BETWEEN, "90001542"), attribute(GENERIC, "90001639")],
            id="S-66 one that is read and one of an unknown form",
        ),
        pytest.param([attribute(BETWEEN_NAME, "Kantoor B.V.")], id="S-66 a name alone"),
        pytest.param([attribute(BETWEEN.lower(), "90001542")], id="S-66 S-68 in small letters"),
        pytest.param(
            [attribute(BETWEEN, "90001542", NameFormat=OTHER_FORMAT)],
            id="S-66 S-68 of another format",
        ),
    ],
)
def test_a_chain_is_never_read_as_a_direct_mandate(edits: list[Edit]) -> None:
    named = attribute(BETWEEN_NAME, "Kantoor\u202e B.V.")
    (chain,) = acting(BAKERY, FOR_SERVICE, attribute(BETWEEN, "90001542"), named).authority
    assert chain.intermediary is not None
    assert chain.intermediary.name == "Kantoor B.V."
    refused(spoilt(BAKERY, FOR_SERVICE, *edits, settings=ALL), "intermediary")
    refused(spoilt(*edits, settings=ALL), "intermediary")


@pytest.mark.parametrize(
    "number",
    [name_id("90001542", KVK), name_id("90001542", "urn:etoegang:1.9:IntermediateEntityID:KvK")],
)
def test_an_intermediary_may_be_a_qualified_name(number: str) -> None:
    (chain,) = acting(BAKERY, FOR_SERVICE, attribute(BETWEEN, number)).authority
    assert chain.kind is AuthorityKind.CHAIN


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(attribute(LEGAL, ""), id="S-66 an empty organisation"),
        pytest.param(raw_attribute(LEGAL, ""), id="S-66 an organisation without value"),
        pytest.param(raw_attribute(LEGAL, NIL), id="S-66 a nil organisation"),
        pytest.param(
            attribute(LEGAL, name_id("90001201", KVK), ""), id="S-66 a number and nothing"
        ),
        pytest.param(
            attribute(LEGAL, name_id("90001201", KVK), f"<x>{FULL}</x>"),
            id="S-66 a number and what cannot be read",
        ),
        pytest.param(
            attribute(LEGAL, "9" + name_id("90001201", KVK)), id="S-66 a number beside a number"
        ),
        pytest.param(
            attribute("urn:nl-eid-gdi:1.0:LegalSubjectID", name_id("90001201", KVK)),
            id="S-66 as another scheme names it",
        ),
        pytest.param(
            attribute("urn:etoegang:core:Representation", "true"), id="S-66 for nobody named"
        ),
        pytest.param(
            attribute("urn:etoegang:core:representation", "true"), id="S-66 in other letters"
        ),
        pytest.param(
            attribute("urn:etoegang:core:Representation", "true", NameFormat="urn:x:format"),
            id="S-66 under another format",
        ),
        pytest.param(attribute("urn:etoegang:core:Representation", "yes"), id="S-66 yes"),
        pytest.param(attribute("urn:etoegang:core:Representation", ""), id="S-66 an empty word"),
        pytest.param(
            attribute("urn:etoegang:core:Representation", "false", "true"), id="S-66 no and yes"
        ),
    ],
)
def test_a_login_for_somebody_is_never_read_as_ones_own(edit: Edit) -> None:
    refused(spoilt(edit, FOR_SERVICE, settings=ALL), "legal_subject")


@pytest.mark.parametrize("word", ["false", "0", " False "])
def test_what_says_that_nobody_is_represented_changes_nothing(word: str) -> None:
    alone = attribute("urn:etoegang:core:Representation", word)
    assert acting(alone, FOR_SERVICE).authority == ()


def test_the_two_numbers_may_stand_in_attributes_of_their_own() -> None:
    (found,) = acting(BAKERY, legal(("123456782", RSIN)), FOR_SERVICE, **ALL).authority
    assert found.represented.alternative == (PartyIdType.RSIN, "123456782")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("x" * 100_000, None),
        ("\u202e\u2066 Bakkerij \n De&#x9;Vogel\u200f", "Bakkerij De Vogel"),
        ("\u202e", None),
    ],
)
def test_a_name_of_an_organisation_is_short_and_says_what_it_shows(
    name: str, shown: str | None
) -> None:
    named = attribute("urn:etoegang:1.11:attribute-represented:CompanyName", name)
    (found,) = acting(BAKERY, FOR_SERVICE, named).authority
    assert found.represented.name == shown


def test_S_72_services_without_end_are_refused() -> None:
    several = [f"urn:etoegang:DV:00000004000000001000:services:{n}" for n in range(99)]
    assert len(acting(BAKERY, attribute(ID, SERVICE_ID, *several)).authority) == 1
    for values in ([SERVICE_ID, *several, "one more"], [SERVICE_ID, "x" * 1025]):
        refused(spoilt(BAKERY, attribute(ID, *values), settings=OURS), "attribute_values")

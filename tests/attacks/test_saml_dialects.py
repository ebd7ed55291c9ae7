"""What a mandate and a person are in the dialects of eHerkenning and DigiD: chains and limits that
would fall away, services of others, names that do not last (S-65 … S-70). The good
twins are habits of real parties in ``tests/providers/saml/habits/test_dutch_schemes.py``.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from providers.interface import ProviderRefused
from tests.attacks.etd_verdicts import FULL, OTHER_ID, OTHER_SERVICE, refused, said
from tests.providers.saml.etd import (
    ACTING,
    BETWEEN,
    BETWEEN_NEW,
    BRANCH,
    BSN,
    DIRECT,
    ETD,
    GDI,
    ID,
    KVK,
    LEGAL,
    NUMBER,
    PERSISTENT,
    PERSON,
    PSEUDO,
    RSIN,
    SERVICE_NAMED,
    UUID,
    Etd,
    NameId,
    Said,
    company,
    digid,
    ids,
    logged_in,
    person,
    texts,
)
from tests.providers.saml.etd_sealing import PRESCRIBED
from tests.providers.saml.maker import SERVICE, SERVICE_ID, Recipe, finish

# For which service, through whom, within which limits.


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(
            Etd((person(), company(), texts(ID, SERVICE_ID), texts(UUID, OTHER_SERVICE))),
            "service_mismatch",
            id="S-65 another service by UUID",
        ),
        pytest.param(
            Etd((person(), company(), texts(ID, OTHER_ID), texts(UUID, SERVICE))),
            "service_mismatch",
            id="S-65 another service by id",
        ),
        pytest.param(Etd((person(), company())), "service_mismatch", id="S-65 no service"),
        pytest.param(
            Etd((person(), texts(UUID, OTHER_SERVICE))),
            "service_mismatch",
            id="S-65 another service, for nobody but oneself",
        ),
        pytest.param(
            said(ids(BETWEEN, NameId("90001542", KVK)), texts(BRANCH, FULL)),
            "branch",
            id="S-66 a chain within a branch",
        ),
        pytest.param(
            said(ids(BETWEEN, NameId("90001542", KVK)), ids(BETWEEN_NEW, NameId("90001639", KVK))),
            "intermediary",
            id="S-67 two intermediaries",
        ),
        pytest.param(
            said(ids(BETWEEN, NameId("90001201", KVK))),
            "intermediary",
            id="S-66 an intermediary of itself",
        ),
        pytest.param(
            said(ids(BETWEEN, NameId("123456782", RSIN))),
            "identifier_unread",
            id="S-66 an intermediary by its RSIN",
        ),
        pytest.param(
            said(texts(ETD + "1.13:attribute-intermediate:CompanyName", "Kantoor B.V.")),
            "intermediary",
            id="S-66 an intermediary by its name alone",
        ),
        pytest.param(
            Etd((person(), ids(BETWEEN, NameId("90001542", KVK)), *SERVICE_NAMED)),
            "intermediary",
            id="S-66 an intermediary for nobody",
        ),
        pytest.param(said(texts(BRANCH, "12")), "branch", id="S-66 no branch"),
        pytest.param(said(texts(BRANCH, FULL, FULL)), "branch", id="S-66 a branch twice"),
        pytest.param(said((BRANCH, ())), "branch", id="S-66 a limit without a value"),
        pytest.param(
            said(ids(BRANCH, NameId(FULL, KVK))), None, id="a sealed branch is a branch"
        ),
        pytest.param(
            said(texts(ETD + "1.9:ServiceRestriction:SubdossierNr", "0001")),
            "branch",
            id="S-66 a limit of another kind",
        ),
        pytest.param(
            Etd((person(), texts(BRANCH, FULL), *SERVICE_NAMED)),
            "branch",
            id="S-66 a limit for nobody",
        ),
        pytest.param(
            Etd((person(), texts(ETD + "core:Representation", "true"), *SERVICE_NAMED)),
            "legal_subject",
            id="S-66 acts for somebody who is not named",
        ),
        pytest.param(
            Etd((person(), ids(LEGAL, NameId("90001201", KVK), NameId("90001542", KVK)),
                 *SERVICE_NAMED)),
            "legal_subject",
            id="S-67 two companies",
        ),
        pytest.param(
            Etd((person(), ids(LEGAL, NameId("90001201", KVK)),
                 ids(GDI + "LegalSubjectID", NameId("90001542", KVK)), *SERVICE_NAMED)),
            "legal_subject",
            id="S-66 two companies, one as DigiD names it",
        ),
    ],
)  # fmt: skip
def test_a_mandate_is_for_this_service_whole_and_within_its_limits(
    answer: Etd, reason: str | None
) -> None:
    if reason is None:
        (mandate,) = logged_in(answer).authority
        assert mandate.branches == (FULL,)
        return
    refused(answer, reason)


# Who it is.


@pytest.mark.parametrize(
    "acting",
    [
        pytest.param((ACTING, ()), id="S-69 without a value"),
        pytest.param(ids(ACTING), id="S-69 empty"),
        pytest.param(
            ids(ACTING, NameId(PERSON, PSEUDO), NameId("a" * 64 + "@" + "b" * 32, PSEUDO)),
            id="S-67 two people",
        ),
        pytest.param(
            ids(ETD + "core:ActingSubjectId", NameId(PERSON, PSEUDO)),
            id="S-68 under another spelling",
        ),
        pytest.param(
            ids(GDI + "ActingSubjectID", NameId(PERSON, PSEUDO)), id="S-68 as DigiD names it"
        ),
        pytest.param(
            ids(ACTING, NameId("AAAA", ETD + "1.12:EntityConcernedID:PseudoID")),
            id="S-69 encrypted anew at each login",
        ),
    ],
)
def test_who_acts_is_named_once_and_lastingly(acting: Said) -> None:
    refused(Etd((acting, company(), *SERVICE_NAMED)), "subject")


@pytest.mark.parametrize("name", [ETD + "core:ActingSubjectId", GDI + "ActingSubjectID"])
def test_S_68_who_acts_is_not_passed_over_for_a_lasting_name(name: str) -> None:
    """An older makelaar names people by a lasting NameID, and by nothing besides."""
    older = Etd((company(), *SERVICE_NAMED), name_format=PERSISTENT)
    assert logged_in(older).subject
    both = (ids(name, NameId(PERSON, PSEUDO)), company(), *SERVICE_NAMED)
    refused(replace(older, said=both), "subject")


def test_S_69_nobody_is_known_by_the_name_of_a_session() -> None:
    measured = refused(Etd((company(), *SERVICE_NAMED)), "subject")
    assert measured["setting"] == "saml.subject"


@pytest.mark.parametrize(
    "acting",
    [
        pytest.param(NameId("90001201", KVK), id="S-66 a company that acts"),
        pytest.param(NameId(NUMBER, BSN), id="S-66 a number of DigiD at eHerkenning"),
        pytest.param(NameId("x" * 64 + "@" + "0" * 32, PSEUDO), id="S-69 no pseudonym"),
        pytest.param(NameId(PERSON, "urn:other"), id="S-69 of a kind that nobody knows"),
    ],
)
def test_who_acts_is_a_person(acting: NameId) -> None:
    refused(Etd((ids(ACTING, acting), company(), *SERVICE_NAMED)), "identifier_unread")
    in_the_clear = Etd((ids(ACTING, replace(acting, sealed=None)), company(), *SERVICE_NAMED))
    refused(in_the_clear, "subject", allow_clear_identifiers=True)


def test_S_70_a_pseudonym_is_nobody_whose_name_reads_the_same() -> None:
    by_name = finish(Recipe()).subject
    assert "\x1f" not in by_name
    assert logged_in(DIRECT).subject.startswith(f"{PSEUDO}\x1f")


@pytest.mark.parametrize(
    "legal",
    [
        pytest.param(NameId(NUMBER, BSN), id="S-66 a person who is represented"),
        pytest.param(
            NameId("X", ETD + "1.11:EntityConcernedID:eIDASLegalIdentifier"), id="S-66 foreign"
        ),
        pytest.param(NameId("1234", KVK), id="S-66 no KvK number"),
        pytest.param(NameId("90001201<x/>", KVK), id="S-66 more than a number"),
    ],
)
def test_for_whom_is_a_company_by_a_number(legal: NameId) -> None:
    refused(Etd((person(), ids(LEGAL, legal), *SERVICE_NAMED)), "identifier_unread")


# A number of a person.


@pytest.mark.parametrize("number", ["999993654", "99999365", "s00000000:999993653", "000000000"])
def test_S_66_a_citizen_service_number_is_one(number: str) -> None:
    assert logged_in(digid(NameId(NUMBER, BSN))).subject
    with pytest.raises(ProviderRefused) as caught:
        logged_in(digid(NameId(number, BSN)))
    assert caught.value.reason == "identifier_unread"
    assert number not in str(caught.value.measured)


def test_S_66_who_acts_for_another_person_is_not_read_as_somebody_alone() -> None:
    """DigiD Machtigen: a person is represented, which is no organisation here."""
    answer = digid(NameId(NUMBER, BSN))
    for sealed in (PRESCRIBED, None):
        legal = ids(GDI + "LegalSubjectID", NameId("123456782", BSN, sealed))
        with pytest.raises(ProviderRefused) as caught:
            logged_in(replace(answer, said=(*answer.said, legal)), allow_clear_identifiers=True)
        assert caught.value.reason in ("identifier_unread", "legal_subject")
        assert "123456782" not in str(caught.value.measured)

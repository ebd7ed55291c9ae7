"""What a kept identity is worth now: the makelaar's own words by its registration of today."""

from __future__ import annotations

from typing import Any

import pytest

from assurance.levels import AssuranceLevel
from assurance.step_up import reached
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from providers import worth
from providers.interface import NOTHING_SAID
from providers.worth import NothingWorth
from tests.broker.examples import a_record, an_identity

L = AssuranceLevel
KVK, RSIN = PartyIdType.KVK, PartyIdType.RSIN
BAKERY = Party(KVK, "90001201")
OFFICE = Party(KVK, "90001542")
LOA = "urn:etoegang:core:assurance-class:loa"


def asserted(
    represented: Party = BAKERY, intermediary: Party | None = None, level: L = L.EH3
) -> Authority:
    kind = AuthorityKind.CHAIN if intermediary else AuthorityKind.DIRECT
    return Authority(represented, kind, level, "https://makelaar.example", intermediary)


@pytest.mark.parametrize(
    ("record", "said", "level", "with_factor"),
    [
        ({}, f"{LOA}3", L.EH3, L.EH3),
        ({}, f"{LOA}4", L.EH3, L.EH3),
        ({"level_ceiling": "EH4"}, f"{LOA}4", L.EH4, L.EH4),
        ({"level_ceiling": "EH2"}, f"{LOA}3", L.EH2, L.EH2),
        ({"level_ceiling": "EH2", "local_factor_lifts": True}, f"{LOA}3", L.EH2, L.EH2_PLUS),
        ({"local_factor_lifts": False}, f"{LOA}2", L.EH2, L.EH2),
        ({"local_factor_lifts": True}, f"{LOA}2", L.EH2, L.EH2_PLUS),
        ({"levels": {"gold": "EH3"}}, "gold", L.EH3, L.EH3),
        ({"levels": {"gold": "EH2"}}, "gold", L.EH2, L.EH2),
    ],
)
def test_a_makelaar_is_believed_as_far_as_its_registration_goes_now(
    record: dict[str, Any], said: str, level: L, with_factor: L
) -> None:
    kept = an_identity(said=said, proofing=L.EH4, authentication=L.EH4)  # what it was worth then
    now = worth.of_makelaar(a_record(**record), kept)
    assert reached(now, local_factor=False) is level
    assert reached(now, local_factor=True) is with_factor
    assert worth.of_makelaar(a_record(**record), now) == now


def test_a_word_that_is_not_understood_any_more_is_worth_nothing() -> None:
    with pytest.raises(NothingWorth) as nothing:
        worth.of_makelaar(a_record(), an_identity(said="gold"))
    assert nothing.value.reason == worth.LEVEL_UNKNOWN


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ({}, None),
        ({"level_without_word": "EH2"}, L.EH2),
        ({"level_without_word": "EH4", "level_ceiling": "EH2+"}, L.EH2_PLUS),
    ],
)
def test_a_login_without_a_word_is_worth_what_the_registration_says_of_that_now(
    record: dict[str, Any], level: L | None
) -> None:
    kept = an_identity(said=NOTHING_SAID, proofing=L.EH4, authentication=L.EH4)
    if level is not None:
        assert worth.of_makelaar(a_record(**record), kept).authentication is level
        return
    with pytest.raises(NothingWorth) as nothing:
        worth.of_makelaar(a_record(**record), kept)
    assert nothing.value.reason == worth.LEVEL_UNKNOWN


@pytest.mark.parametrize(("ceiling", "level"), [("EH4", L.EH3), ("EH2+", L.EH2_PLUS)])
def test_an_identity_kept_without_the_word_counts_for_what_it_was_worth_at_most(
    ceiling: str, level: L
) -> None:
    now = worth.of_makelaar(a_record(level_ceiling=ceiling), an_identity(said=None))
    assert now.authentication is level


@pytest.mark.parametrize(
    ("speaks_for", "authority", "stands"),
    [
        ("register", asserted(), True),
        (("90001201",), asserted(), True),
        ((), asserted(), False),
        (("90001542",), asserted(), False),
        (("90001201", "90001542"), asserted(BAKERY, OFFICE), True),
        (("90001201",), asserted(BAKERY, OFFICE), False),
        (("90001542",), asserted(BAKERY, OFFICE), False),
        ("register", asserted(Party(RSIN, "900012011")), True),
        (("90001201",), asserted(Party(RSIN, "900012011")), False),
        (("90001201",), asserted(Party(KVK, "90001201", None, (RSIN, "900012011"))), False),
    ],
)
def test_a_mandate_stands_while_its_makelaar_may_speak_for_every_party(
    speaks_for: Any, authority: Authority, stands: bool
) -> None:
    record, kept = a_record(speaks_for=speaks_for), an_identity(authority=(authority,))
    if stands:
        assert worth.of_makelaar(record, kept).authority == (authority,)
        return
    with pytest.raises(NothingWorth) as nothing:
        worth.of_makelaar(record, kept)
    assert nothing.value.reason == worth.NOT_TRUSTED


def test_a_mandate_is_of_no_higher_level_than_its_makelaar() -> None:
    kept = an_identity(authority=(asserted(),))
    (now,) = worth.of_makelaar(
        a_record(level_ceiling="EH2+", speaks_for="register"), kept
    ).authority
    assert now.level is L.EH2_PLUS


@pytest.mark.parametrize(
    ("level", "alone", "with_factor"),
    [
        (L.EMAIL, L.EMAIL, L.EMAIL),
        (L.EH2, L.EH2, L.EH2),
        (L.EH2_PLUS, L.EH2, L.EH2_PLUS),
        (L.EH3, L.EH2, L.EH3),
    ],
)
def test_a_means_of_sluis_is_worth_the_level_that_it_has_now(
    level: L, alone: L, with_factor: L
) -> None:
    kept = an_identity(said=None, own_means=L.EH3, authentication=L.EH2)
    now = worth.of_account(level, kept)
    assert reached(now, local_factor=False) is alone
    assert reached(now, local_factor=True) is with_factor

"""When an authority suffices: level of login, mandate and service; service; branch; chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance.levels import AssuranceLevel
from consent.authority import (
    Authority,
    AuthorityKind,
    AuthorityRefusal,
    Party,
    PartyIdType,
    RefusalReason,
    check,
)
from tests.clocks import START
from tests.consent.conftest import OTHER_SERVICE, SERVICE, Rules

L, K, R = AssuranceLevel, AuthorityKind, RefusalReason
GOOD = Authority(
    represented=Party(PartyIdType.KVK, "90001201"),
    kind=K.DIRECT,
    level=L.EH3,
    source="urn:register",
    service_uuid=SERVICE,
    valid_until=START + timedelta(days=1),
)
CHAIN = replace(GOOD, kind=K.CHAIN, intermediary=Party(PartyIdType.KVK, "90001542"))


def refusal(
    authority: Authority, rules: Rules | None = None, reached: L = L.EH3, needed: L = L.EH3
) -> RefusalReason | None:
    found = check(authority, service=rules or Rules(), reached=reached, needed=needed, now=START)
    assert found is None or found == AuthorityRefusal(found.reason, authority)
    return found.reason if found else None


@pytest.mark.parametrize(
    ("authority", "rules", "reached", "needed", "expected"),
    [
        (GOOD, Rules(), L.EH3, L.EH3, None),
        (GOOD, Rules(), L.EH4, L.EH2, None),
        (replace(GOOD, level=L.EH4), Rules(), L.EH3, L.EH3, None),  # demands nothing more
        (GOOD, Rules(), L.EH2_PLUS, L.EH3, R.LOGIN_LEVEL),
        (replace(GOOD, level=L.EH2_PLUS), Rules(), L.EH4, L.EH3, R.MANDATE_LEVEL),
        (replace(GOOD, service_uuid=OTHER_SERVICE), Rules(), L.EH3, L.EH3, R.OTHER_SERVICE),
        (replace(GOOD, service_uuid=None, kind=K.GENERAL), Rules(), L.EH3, L.EH3, None),
        (replace(GOOD, service_uuid=None, level=L.EH2), Rules(), L.EH3, L.EH3, R.MANDATE_LEVEL),
        (replace(GOOD, valid_until=START), Rules(), L.EH3, L.EH3, R.EXPIRED),
        (replace(GOOD, valid_until=None), Rules(), L.EH3, L.EH3, None),
        (replace(GOOD, branches=("000090012021",)), Rules(), L.EH3, L.EH3, None),
        (
            replace(GOOD, branches=("000090012021",)),
            Rules(branch_restrictions=False),
            L.EH3,
            L.EH3,
            R.BRANCH,
        ),
        (CHAIN, Rules(), L.EH3, L.EH3, None),
        (CHAIN, Rules(chain_mandates=False), L.EH3, L.EH3, R.CHAIN_NOT_ALLOWED),
        (CHAIN, Rules(), L.EH2_PLUS, L.EH2, R.LOGIN_LEVEL),  # a chain asks its own level
        (replace(CHAIN, level=L.EH2_PLUS), Rules(), L.EH3, L.EH2, R.MANDATE_LEVEL),
        (CHAIN, Rules(chain_level=L.EH2), L.EH2_PLUS, L.EH2, None),
        (replace(CHAIN, branches=("000090012021",)), Rules(), L.EH3, L.EH3, R.BRANCH),
    ],
)
def test_the_check(
    authority: Authority, rules: Rules, reached: L, needed: L, expected: RefusalReason | None
) -> None:
    assert refusal(authority, rules, reached, needed) is expected


LEVELS = st.sampled_from([L.EH2, L.EH2_PLUS, L.EH3, L.EH4])


@given(LEVELS, LEVELS, LEVELS, st.booleans(), st.booleans())
def test_every_level_that_passes_is_enough(
    mandate: L,
    reached: L,
    needed: L,
    chain: bool,
    chains_allowed: bool,
) -> None:
    authority = replace(CHAIN if chain else GOOD, level=mandate)
    reason = refusal(authority, Rules(chain_mandates=chains_allowed), reached, needed)
    if reason is None:
        assert min(mandate, reached) >= needed
        assert not chain or (chains_allowed and min(mandate, reached) >= L.EH3)


@given(LEVELS, LEVELS, LEVELS)
def test_a_higher_login_never_takes_an_authority_away(mandate: L, reached: L, needed: L) -> None:
    authority = replace(GOOD, level=mandate)
    if refusal(authority, None, reached, needed) is None:
        assert refusal(authority, None, L.EH4, needed) is None

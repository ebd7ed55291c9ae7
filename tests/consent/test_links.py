"""A chain mandate that was given with a link counts for as long as links do, up to their level: at
the choice and at the last look alike. What an administrator gave is not their business.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from assurance.levels import AssuranceLevel as L
from consent.authority import RefusalReason
from consent.chains import ChainMandate, switched_off
from consent.chains import through as through_clients
from consent.options import options
from consent.recheck import recheck
from tests.clocks import START
from tests.consent.conftest import GARDEN, Register, terms
from tests.consent.test_allocations import through


@pytest.mark.parametrize(
    ("by_link", "link_level", "counts"),
    [
        (False, None, True),
        (True, None, False),
        (True, L.EH2_PLUS, False),  # below that of the chain mandate
        (True, L.EH3, True),
        (True, L.EH4, True),
    ],
)
def test_M_07_what_a_link_gave_counts_while_links_do(
    register: Register, by_link: bool, link_level: L | None, counts: bool
) -> None:
    authority = through(register)
    chain = register.session.query(ChainMandate).one()
    chain.by_link, chain.level = by_link, L.EH3
    register.session.flush()
    now = replace(terms(), link_level=link_level)
    found = options(register.session, "jan", now)
    assert (GARDEN in {one.authority.represented.value for one in found.usable}) is counts
    why = [] if counts else [RefusalReason.LINK_NOT_ALLOWED]
    assert [one.reason for one in found.refused] == why
    shown = through_clients(register.session, "jan", START, most=9, link_level=link_level)
    assert bool(shown) is counts, "lists say what a login says"
    assert switched_off([chain], link_level) == (frozenset() if counts else {chain.id})
    fallen = recheck(register.session, "jan", authority, now)
    assert getattr(fallen, "reason", None) is (None if counts else RefusalReason.LINK_NOT_ALLOWED)

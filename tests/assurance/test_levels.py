"""The levels, their order and their names on every wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance import acr
from assurance.authn_context import Comparison, class_of, demand
from assurance.levels import AssuranceLevel, highest, highest_of, suffices, weakest

L = AssuranceLevel
ABOVE_EMAIL = [level for level in L if level is not L.EMAIL]


def test_the_order_is_that_of_the_scheme() -> None:
    assert L.EMAIL < L.EH2 < L.EH2_PLUS < L.EH3 < L.EH4


@pytest.mark.parametrize("level", L)
def test_a_label_leads_back_to_its_level(level: L) -> None:
    assert L.from_label(level.label) is level


@pytest.mark.parametrize("label", ["EH1", "eh2", "EH2 ", "EH2PLUS", "", "EH5"])
def test_other_labels_are_refused(label: str) -> None:
    with pytest.raises(ValueError, match="unknown assurance level"):
        L.from_label(label)


@pytest.mark.parametrize("level", ABOVE_EMAIL)
@pytest.mark.parametrize("vocabulary", ["eidas", "etd", "digid"])
def test_every_vocabulary_leads_back_to_its_level(level: L, vocabulary: str) -> None:
    name = acr.name_of(level, vocabulary)
    assert name is not None
    assert acr.level_of(name) is level


@pytest.mark.parametrize("level", ABOVE_EMAIL)
@pytest.mark.parametrize("vocabulary", ["eidas", "etd", "digid"])
def test_a_name_in_another_spelling_is_another_name(level: L, vocabulary: str) -> None:
    name = acr.name_of(level, vocabulary)
    assert name is not None
    for other in (name.upper(), name.swapcase(), f"{name} ", f"{name}/", name.replace("o", "ο")):
        if other != name:
            assert acr.level_of(other) is None, other


def test_st_saml_spells_its_lowest_level_in_two_ways() -> None:
    """The table of Logius ST-SAML 1.0 says ``eID``, its examples ``eid``."""
    for spelt in ("http://eID.logius.nl/LoA/basic", "http://eid.logius.nl/LoA/basic"):
        assert acr.level_of(spelt) is L.EH2
        asked = demand([spelt], Comparison.EXACT, L.EH2)
        assert asked is not None and (asked.level, asked.classes) == (L.EH2, (spelt,))
        assert class_of(L.EH3, "eidas", classes=asked.classes) == spelt
    assert acr.name_of(L.EH2, "eidas") == "http://eid.logius.nl/LoA/basic"
    assert acr.level_of("http://EID.logius.nl/LoA/basic") is None


def test_an_email_account_has_no_name_in_a_scheme() -> None:
    assert acr.name_of(L.EMAIL, "eidas") is None
    assert acr.level_of("EMAIL") is None
    assert acr.level_of(L.EMAIL.loa) is None


@pytest.mark.parametrize(
    ("values", "level"),
    [
        (["loa:2plus"], L.EH2_PLUS),
        ([L.EH4.loa, L.EH3.loa], L.EH3),
        ([acr.EH1], L.EH2),
        (["unknown", L.EH3.eidas], L.EH3),
        (["unknown"], None),
        ([], None),
    ],
)
def test_the_least_preference_is_what_is_asked(values: list[str], level: L | None) -> None:
    assert acr.lowest(values) is level


@pytest.mark.parametrize(
    ("values", "reached", "said"),
    [
        ([L.EH2_PLUS.eidas], L.EH3, L.EH2_PLUS.eidas),  # less than was reached is still true
        ([L.EH2.eidas, L.EH3.eidas, L.EH4.eidas], L.EH3, L.EH3.eidas),
        (["EH3", L.EH3.eidas], L.EH3, "EH3"),  # the first of those that say as much
        (["HTTP://EIDAS.europa.eu/LoA/low", L.EH2.eidas], L.EH3, L.EH2.eidas),  # one is a name
        (["http://eID.logius.nl/LoA/basic"], L.EH2, "http://eID.logius.nl/LoA/basic"),  # as asked
        (["HTTP://EIDAS.europa.eu/LoA/low"], L.EH2_PLUS, None),
        ([acr.EH1], L.EH2, acr.EH1),
        ([L.EH4.eidas], L.EH3, None),
        (["gold"], L.EH4, None),
        ([L.EH2.eidas], L.EMAIL, None),
    ],
)
def test_the_answer_is_a_value_that_was_asked_and_is_true(
    values: list[str], reached: L, said: str | None
) -> None:
    assert acr.answer(" ".join(values), reached) == said


def test_a_makelaars_own_words_go_first() -> None:
    own = {"substantieel": L.EH3, L.EH4.loa: L.EH2}
    assert acr.level_of("substantieel", own) is L.EH3
    assert acr.level_of(L.EH4.loa, own) is L.EH2
    assert acr.level_of("substantieel") is None


@given(st.text(max_size=60))
def test_what_is_unknown_is_no_level(text: str) -> None:
    found = acr.level_of(text)
    assert found is None or text in {
        *(found.label, found.loa, found.eidas, found.digid),
        "loa:" + found.loa.rpartition("loa")[2],
    }


@pytest.mark.parametrize(
    ("have", "needed", "enough"),
    [
        (L.EH3, L.EH3, True),
        (L.EH4, L.EH2, True),
        (L.EH2_PLUS, L.EH3, False),
        (L.EH2, L.EH2_PLUS, False),
        (L.EMAIL, L.EH2, False),
    ],
)
def test_a_level_suffices_for_itself_and_below(have: L, needed: L, enough: bool) -> None:
    assert suffices(have, needed) is enough
    assert highest(have, needed) is (have if enough else needed)
    assert weakest(have, needed) is (needed if enough else have)


@pytest.mark.parametrize("level", L)
def test_only_an_email_account_is_of_no_scheme(level: L) -> None:
    assert level.is_of_a_scheme is (level is not L.EMAIL)


@pytest.mark.parametrize(
    ("level", "two_factors", "own"),
    [
        (L.EMAIL, False, True),
        (L.EH2, False, True),
        (L.EH2_PLUS, True, True),
        (L.EH3, True, True),
        (L.EH4, True, False),
    ],
)
def test_what_a_level_tells_of_its_login(level: L, two_factors: bool, own: bool) -> None:
    assert level.has_two_factors is two_factors
    assert level.is_issued_by_sluis is own


def test_the_highest_demand_counts_and_none_is_none() -> None:
    assert highest_of(None, L.EH2, None, L.EH3) is L.EH3
    assert highest_of(None, None) is None


def test_the_words_that_suffice_are_named_lowest_first() -> None:
    known = [(L.EH4, "four"), (L.EH2, "two"), (L.EH3, "three")]
    assert acr.sufficient(known, L.EH3) == ["three", "four"]
    assert acr.sufficient(known, L.EH2) == ["two", "three", "four"]

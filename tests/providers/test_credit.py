"""What a makelaar's word for a level is worth."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from assurance.levels import AssuranceLevel
from assurance.step_up import Credited
from providers.credit import credit, word_that_counts
from providers.interface import NOTHING_SAID, ProviderLevelTooLow, ProviderLevelUnknown
from providers.registry import ProviderRecord

L = AssuranceLevel


def record_of(ceiling: str, *, lifts: bool = False, **changes: Any) -> ProviderRecord:
    return ProviderRecord.model_validate(
        {
            "id": "zekerweg",
            "name": "Zekerweg",
            "level_ceiling": ceiling,
            "levels": {"laag": "EMAIL", "midden": "EH2"},
            **changes,
            "local_factor_lifts": lifts,
            "oidc": {"issuer": "https://m.example", "client_id": "sluis"},
        }
    )


@pytest.mark.parametrize(
    ("said", "ceiling", "lifts", "asked", "expected"),
    [
        ("EH3", "EH3", False, L.EH3, Credited(L.EH3, L.EH3)),
        ("EH4", "EH3", False, L.EH3, Credited(L.EH3, L.EH3)),  # never above its ceiling
        ("midden", "EH3", False, L.EH2, Credited(L.EH2, L.EH2)),
        ("midden", "EH3", True, L.EH2, Credited(L.EH2_PLUS, L.EH2)),
        ("EH4", "EH2", True, L.EH2, Credited(L.EH2_PLUS, L.EH2)),
        ("EH3", "EH3", True, L.EH2, Credited(L.EH3, L.EH3)),
    ],
)
def test_what_is_credited(
    said: str, ceiling: str, lifts: bool, asked: L, expected: Credited
) -> None:
    assert credit(record_of(ceiling, lifts=lifts), said, asked=asked) == expected


@pytest.mark.parametrize(
    ("said", "others", "counts"),
    [
        ("midden", (), "midden"),
        ("midden", ("pwd", "mfa"), "mfa"),
        ("mfa", ("midden",), "mfa"),
        ("midden", ("iets",), "midden"),
        ("midden", ("EH4",), "midden"),  # a word of a scheme, that nobody wrote here
        ("iets", ("midden",), "midden"),
        (NOTHING_SAID, ("midden",), "midden"),
        (NOTHING_SAID, (), NOTHING_SAID),
    ],
)
def test_of_several_words_the_one_that_is_worth_most_counts(
    said: str, others: tuple[str, ...], counts: str
) -> None:
    record = record_of("EH3", levels={"midden": "EH2", "mfa": "EH2+"})
    assert word_that_counts(record, said, others) == counts


@pytest.mark.parametrize(
    ("said", "ceiling", "asked", "given"),
    [
        ("EH2", "EH3", L.EH3, L.EH2),
        ("EH4", "EH2", L.EH3, L.EH2),
        ("laag", "EH3", L.EMAIL, L.EMAIL),  # a makelaar gives EH2 or more, or nothing
    ],
)
def test_what_is_too_low(said: str, ceiling: str, asked: L, given: L) -> None:
    with pytest.raises(ProviderLevelTooLow) as caught:
        credit(record_of(ceiling), said, asked=asked)
    assert (caught.value.asked, caught.value.given) == (asked, given)


@pytest.mark.parametrize(
    ("ceiling", "without", "asked", "expected"),
    [
        ("EH3", "EH2", L.EH2, Credited(L.EH2, L.EH2)),
        ("EH2", "EH3", L.EH2, Credited(L.EH2, L.EH2)),  # never above its ceiling
        ("EH3", "EH2", L.EH3, None),  # nor read upwards
    ],
)
def test_a_makelaar_that_names_no_level_gives_what_its_registration_says(
    ceiling: str, without: str, asked: L, expected: Credited | None
) -> None:
    record = record_of(ceiling, level_without_word=without)
    if expected is not None:
        assert credit(record, NOTHING_SAID, asked=asked) == expected
        return
    with pytest.raises(ProviderLevelTooLow):
        credit(record, NOTHING_SAID, asked=asked)


def test_what_holds_without_a_word_holds_for_no_word_that_is_not_known() -> None:
    with pytest.raises(ProviderLevelUnknown):
        credit(record_of("EH3", level_without_word="EH3"), "gold", asked=L.EH2)


@pytest.mark.parametrize(
    ("levels", "said", "line"),
    [
        ({}, "1", 'levels: {"1": EH2}'),
        ({"0": "EH2"}, "1", 'levels: {"0": EH2, "1": EH2}'),
        ({"goud": "EH2+"}, 'a "b": c', 'levels: {"goud": EH2+, "a \\"b\\": c": EH2}'),
        (
            {},
            "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
            'levels: {"urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified": EH2}',
        ),
        ({f"urn:een:lang:woord:{n}": "EH2" for n in range(20)}, "1", 'levels: {"1": EH2}'),
        ({}, "no", 'levels: {"no": EH2}'),  # a word that YAML would read as a truth
        ({}, NOTHING_SAID, "level_without_word: EH2"),
    ],
)
def test_an_unknown_word_comes_with_the_line_that_would_make_it_known(
    levels: dict[str, str], said: str, line: str
) -> None:
    record = record_of("EH3", levels=levels)
    with pytest.raises(ProviderLevelUnknown) as unknown:
        credit(record, said, asked=L.EH2)
    assert unknown.value.measured["line"] == line
    added = {**record.model_dump(mode="json"), **yaml.safe_load(line)}
    assert credit(ProviderRecord.model_validate(added), said, asked=L.EH2).authentication is L.EH2


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (" ".join(["laag"] * 80), f"{('laag ' * 60).rstrip()}…"),
        ("urn:voor 123456782", "urn:voor …"),
        (" 1", '" 1"'),
        ("a\u202eb", "a?b"),
    ],
)
def test_a_word_that_a_trace_cannot_hold_whole_comes_without_a_line(said: str, told: str) -> None:
    with pytest.raises(ProviderLevelUnknown) as unknown:
        credit(record_of("EH3"), said, asked=L.EH2)
    assert unknown.value.measured == {"word": told, "setting": "levels"}

"""A parameter is there once or not at all, and never huge."""

from __future__ import annotations

import pytest

from broker.oidc.parameters import MAX_LENGTH, MOST, Parameters, Repeated


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([("a", "1")], "1"),
        ([("b", "1")], None),
        ([("a", "")], None),
        ([("a", " ")], " "),
        ([("A", "1")], None),
        ([("a", "x" * MAX_LENGTH)], "x" * MAX_LENGTH),
        ([("a", "\u20ac" * (MAX_LENGTH // 3))], "\u20ac" * (MAX_LENGTH // 3)),
        ([("b", "1"), ("b", "2"), ("a", "3")], "3"),
    ],
)
def test_a_parameter_has_its_value_and_an_empty_one_is_absent(
    pairs: list[tuple[str, str]], value: str | None
) -> None:
    assert Parameters(pairs).one("a") == value


@pytest.mark.parametrize("second", ["1", "2", ""])
def test_a_parameter_that_occurs_twice_is_named_also_when_it_says_the_same(second: str) -> None:
    with pytest.raises(Repeated) as repeated:
        Parameters([("a", "1"), ("a", second)]).one("a")
    assert repeated.value.name == "a"


@pytest.mark.parametrize("value", ["x" * (MAX_LENGTH + 1), "\u20ac" * (MAX_LENGTH // 3 + 1)])
def test_a_value_that_is_too_long_is_refused_where_it_is_read(value: str) -> None:
    """In bytes: a store that is filled with signs of several bytes is as full."""
    parameters = Parameters([("a", value), ("b", "1")])
    assert parameters.one("b") == "1"
    with pytest.raises(ValueError, match="a is longer"):
        parameters.one("a")


def test_too_many_parameters_are_refused_whichever_is_asked() -> None:
    pairs = [(f"x{number}", "1") for number in range(MOST)]
    assert Parameters(pairs).one("a") is None
    with pytest.raises(ValueError, match="more than"):
        Parameters([*pairs, ("y", "1")]).one("a")

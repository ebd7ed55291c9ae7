"""The tables fit the tree, so that none of them rots; and what is wrong with an entry is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.architecture.source_tree import PRODUCT
from tests.mutants.table import Mutant, Stale, TableMalformed, faults, read_tables

LEAST = 120
RULE = "def may(level: int) -> bool:\n    if level < 3:\n        return False\n    return True\n"
MUTANT = Mutant(
    name="rule/level",
    file="rule.py",
    text="if level < 3:",
    becomes="if False:",
    gain="Everybody may.",
    tests=("test_rule.py::test_a_low_level_may_not",),
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "rule.py").write_text(RULE)
    (tmp_path / "test_rule.py").write_text("def test_a_low_level_may_not() -> None: ...\n")
    return tmp_path


def test_every_entry_fits_the_tree() -> None:
    wrong = list(faults(read_tables()))
    assert not wrong, "\n".join(wrong)


def test_the_tables_are_about_the_product_and_long_enough() -> None:
    mutants = read_tables()
    assert len(mutants) >= LEAST
    elsewhere = [one.name for one in mutants if Path(one.file).parts[0] not in PRODUCT]
    assert not elsewhere
    assert {Path(one.file).parts[0] for one in mutants} == set(PRODUCT)


def test_a_line_is_taken_away_where_it_stands_once() -> None:
    assert "if False:" in MUTANT.applied(RULE)
    for source in ("", RULE + RULE):
        with pytest.raises(Stale):
            MUTANT.applied(source)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"tests": ("test_rule.py",)}, None),
        ({"tests": ("test_rule.py::test_a_low_level_may_not[2]",)}, None),
        ({"file": "gone.py"}, "there is no gone.py"),
        ({"text": "if level < 4:"}, "its text stands 0 times in rule.py, not once"),
        ({"text": "return"}, "its text stands 2 times in rule.py, not once"),
        ({"becomes": "if level < 3:  # all the same"}, "what it becomes is the same program"),
        ({"becomes": "if level <"}, "invalid syntax"),
        ({"tests": ("test_rule.py::test_gone",)}, "there is no test test_rule.py::test_gone"),
        ({"tests": ("test_gone.py",)}, "there is no test_gone.py"),
    ],
)
def test_an_entry_that_does_not_fit_is_told(
    tree: Path, change: dict[str, str], fault: str | None
) -> None:
    told = list(faults([replace(MUTANT, **change)], tree))  # type: ignore[arg-type]
    assert len(told) == (0 if fault is None else 1)
    assert all(one.startswith(f"rule/level: {fault}") for one in told)


def test_one_change_has_one_name(tree: Path) -> None:
    twice = [MUTANT, replace(MUTANT, name="rule/again")]
    assert list(faults(twice, tree)) == [
        "the same change under several names: rule/level, rule/again"
    ]


ENTRY = 'file = "a.py"\ntext = "b"\nbecomes = ""\ngain = "c"\ntests = ["d.py"]\n'


@pytest.mark.parametrize(
    "table",
    [
        f"[Name]\n{ENTRY}",
        "[name]\n" + ENTRY.replace("gain", "gains"),
        "[name]\n" + ENTRY + 'more = ""\n',
        "[name]\n" + ENTRY.replace('["d.py"]', "[]"),
        "[name]\n" + ENTRY.replace('"b"', '" "'),
        "[name]\n" + ENTRY.replace('"c"', '""'),
    ],
)
def test_an_entry_of_another_shape_is_refused(tmp_path: Path, table: str) -> None:
    path = tmp_path / "things.toml"
    path.write_text(f"[name]\n{ENTRY}")
    assert [one.name for one in read_tables(tmp_path)] == ["things/name"]
    path.write_text(table)
    with pytest.raises(TableMalformed):
        read_tables(tmp_path)

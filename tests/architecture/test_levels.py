"""A level is compared in ``assurance`` and nowhere else: a rule about levels has one home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source_tree import PRODUCT, nodes, python_files, tree

HOME: Final = "assurance"
# Names under which levels travel; a comparison with one of these in it is taken for one of levels.
LEVELS: Final = frozenset(
    {
        "authentication",
        "ceiling",
        "chain_level",
        "level",
        "level_ceiling",
        "minimum",
        "needed",
        "own_means",
        "proofing",
        "rank",
        "reached",
    }
)
GIVE_LEVELS: Final = frozenset({"ask_level", "factors_give", "highest", "reached", "weakest"})
COMPARES: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
CHOOSES: Final = frozenset({"min", "max", "sorted"})


def _is_level(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="AssuranceLevel")):
            return True
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in LEVELS
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in GIVE_LEVELS
        case _:
            return False


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def comparisons(parsed: ast.Module) -> Iterator[ast.expr]:
    """Every expression that sets levels against each other. Whether there is a level at all
    (``is None``) is no comparison.
    """
    for node in nodes(parsed):
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
                both = zip(sides, node.ops, sides[1:], strict=False)
                if any(
                    isinstance(operator, COMPARES)
                    and (_is_level(left) or _is_level(right))
                    and not (_is_none(left) or _is_none(right))
                    for left, operator, right in both
                ):
                    yield node
            case ast.Call(func=ast.Name(id=name), args=args) if name in CHOOSES:
                if any(_is_level(argument) for argument in args):
                    yield node


def found() -> dict[Path, list[str]]:
    seen: dict[Path, list[str]] = {}
    for path in python_files(*(package for package in PRODUCT if package != HOME)):
        lines = [f"{path}:{one.lineno} {ast.unparse(one)}" for one in comparisons(tree(path))]
        if lines:
            seen[path] = lines
    return seen


def test_levels_are_compared_in_assurance_only() -> None:
    wrong = [line for lines in found().values() for line in lines]
    assert not wrong, "make it a function of assurance:\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("login.level >= service.level", True),
        ("reached < floor", True),
        ("given is AssuranceLevel.EH2", True),
        ("AssuranceLevel.EH2 <= given <= AssuranceLevel.EH3", True),
        ("max(one, needed)", True),
        ("factors_give(means) > gave", True),
        ("level is not None", False),
        ("suffices(reached, needed)", False),
        ("one < other", False),
    ],
)
def test_a_comparison_is_seen(text: str, is_one: bool) -> None:
    assert bool(list(comparisons(ast.parse(text)))) is is_one

"""A row that is locked is read anew. SQLAlchemy keeps what a session read before, lock or no lock:
who waited for another one would decide on what was there before that one did.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import PRODUCT, nodes, python_files, tree


def stale(module: ast.Module) -> Iterator[int]:
    """The lines of ``session.get(..., with_for_update=...)`` that may give what was read before."""
    for node in nodes(module):
        match node:
            case ast.Call(func=ast.Attribute(attr="get" | "get_one"), keywords=keywords):
                said = {keyword.arg for keyword in keywords}
                if "with_for_update" in said and "populate_existing" not in said:
                    yield node.lineno


def test_a_row_that_is_locked_is_read_anew() -> None:
    found = [f"{path}:{line}" for path in python_files(*PRODUCT) for line in stale(tree(path))]
    assert not found, "say populate_existing=True: " + ", ".join(found)


@pytest.mark.parametrize(
    ("text", "is_stale"),
    [
        ("session.get(Row, 1, with_for_update=True)", True),
        ("session.get_one(Row, 1, with_for_update={'of': Row})", True),
        ("session.get_one(Row, 1, with_for_update=True, populate_existing=True)", False),
        ("session.get(Row, 1)", False),
        ("session.refresh(row, with_for_update=True)", False),  # always reads
    ],
)
def test_what_counts_as_such_a_read(text: str, is_stale: bool) -> None:
    assert bool(list(stale(ast.parse(text)))) is is_stale

"""An order says which of two equal rows comes first: where it does not, PostgreSQL gives them as
they happen to lie, another time the other way round. And the ids of rows are drawn at random, so
that they tell nothing of what was made first.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Table, UniqueConstraint

from admin import tables
from state.db import Base, new_id
from tests.architecture.source_tree import PRODUCT, ROOT, python_files, tree

assert tables  # every model is known once it is imported
MODELS: Final = {
    mapper.class_.__name__: mapper.local_table
    for mapper in Base.registry.mappers
    if isinstance(mapper.local_table, Table)
}
# Whole by what stands around it.
ALLOWED: Final = {
    ("admin/operators/addresses.py", "Person.email, Person.locale"),  # of distinct ones
    ("admin/terms/digest.py", "Membership.person_id"),  # of distinct ones
    ("state/trace_search.py", "number, last_at, Trace.cause"),  # one row a cause
    ("keys/resealing.py", "one.key"),  # the key of whatever table it is
    ("state/listing.py", "None"),  # takes an order away
    ("state/trace.py", "*logins_first()"),  # ends with the id
    ("state/trace_search.py", "*logins_first()"),
}
# Compared as a whole: no row is chosen by its place.
COMPARED: Final = {
    ("tests/journeys/lowering.py", "Organisation"),
    ("tests/journeys/test_openid_makelaar_logout.py", "Trace"),
    ("tests/keys/test_resealing.py", "OutboxRow"),
    ("tests/races/test_documents_side_by_side.py", "Person"),  # ids of a document
}


def orders(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and columns of each ``order_by``, without their directions."""
    for node in ast.walk(tree(path)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr == "order_by" and node.args:
            yield node.lineno, tuple(_column(one) for one in node.args)


def _column(node: ast.expr) -> str:
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return ast.unparse(node)


def is_whole(columns: tuple[str, ...]) -> bool:
    """Can no two rows be equal in all of these? An id is one by whatever name its table has."""
    named: dict[str, set[str]] = {}
    for model, _, column in (one.rpartition(".") for one in columns):
        named.setdefault(model, set()).add(column)
    return any(
        "id" in found or (model in MODELS and any(one <= found for one in unique_in(MODELS[model])))
        for model, found in named.items()
    )


def unique_in(table: Table) -> Iterator[set[str]]:
    """Columns that no two rows share, together."""
    yield set(table.primary_key.columns.keys())
    yield from ({column.key} for column in table.columns if column.unique)
    for one in table.constraints:
        if isinstance(one, UniqueConstraint):
            yield set(one.columns.keys())


def ordering(*tops: str) -> list[Path]:
    """Files that put rows in order."""
    return [
        path
        for path in python_files(*tops)
        if "migrations" not in path.parts
        and "order_by(" in (ROOT / path).read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize(
    ("columns", "whole"),
    [
        (("Mandate.valid_until",), False),
        (("Mandate.valid_until", "Mandate.id"), True),
        (("_c.created_at", "_c.id"), True),
        (("Organisation.name",), False),
        (("Organisation.kvk",), True),
        (("PartyMetadata.name",), False),
        (("PartyMetadata.kind", "PartyMetadata.name"), True),
    ],
)
def test_what_is_whole(columns: tuple[str, ...], whole: bool) -> None:
    assert is_whole(columns) is whole


@pytest.mark.parametrize("path", ordering(*PRODUCT), ids=str)
def test_every_order_says_which_of_two_equal_rows_comes_first(path: Path) -> None:
    loose = [
        f"{path}:{line} orders by {', '.join(columns)}; end with an id"
        for line, columns in orders(path)
        if not is_whole(columns) and (str(path), ", ".join(columns)) not in ALLOWED
    ]
    assert loose == []


def drawn_at_random() -> set[str]:
    """Models whose id tells nothing of time."""
    defaults = {
        name: table.columns["id"].default for name, table in MODELS.items() if "id" in table.columns
    }
    return {
        name
        for name, default in defaults.items()
        if default is not None and getattr(default.arg, "__wrapped__", None) is new_id
    }


def test_no_test_takes_ids_for_an_order_in_time() -> None:
    random = drawn_at_random()
    assert {"Invitation", "UserGroup", "Trace"} <= random and "AuditRow" not in random
    wrong = [
        f"{path}:{line} orders by {columns[0]}, which is drawn at random; order by when it was made"
        for path in ordering("tests")
        for line, columns in orders(path)
        if columns[0].endswith(".id")
        and (model := columns[0].removesuffix(".id")) in random
        and (str(path), model) not in COMPARED
    ]
    assert wrong == []

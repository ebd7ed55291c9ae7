"""An audit event that nobody writes tells a reader of the list something that is not so."""

from __future__ import annotations

import ast
from pathlib import Path

from state.audit import EventTag
from tests.architecture.source_tree import PRODUCT, nodes, python_files, tree


def test_every_event_is_written_somewhere() -> None:
    named = {
        node.attr
        for path in python_files(*PRODUCT)
        if path != Path("state/audit.py")
        for node in nodes(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "EventTag"
    }
    assert {tag.name for tag in EventTag} - named == set()

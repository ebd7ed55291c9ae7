"""One class name, one thing: who reads a name anywhere knows which class it is."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.source_tree import PRODUCT, module_name, python_files, tree


def public_classes(module: ast.Module) -> list[str]:
    """The names of its top-level classes; ``_private`` ones are their module's own."""
    return [
        node.name
        for node in module.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def given_twice(paths: Iterable[Path]) -> dict[str, list[str]]:
    """Class name → the modules that each have one, where these are several."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        for name in public_classes(tree(path)):
            found[name].append(module_name(path))
    return {name: modules for name, modules in found.items() if len(modules) > 1}


def test_no_two_classes_have_one_name() -> None:
    offenders = [
        f"{name}: {', '.join(modules)}"
        for name, modules in sorted(given_twice(python_files(*PRODUCT)).items())
    ]
    assert not offenders, "\n".join(offenders)


def test_a_class_that_only_its_module_knows_may_be_called_anything() -> None:
    module = ast.parse("class Found: ...\nclass _Found: ...\ndef a():\n    class Inner: ...\n")
    assert public_classes(module) == ["Found"]

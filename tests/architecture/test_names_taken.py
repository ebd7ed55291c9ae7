"""What one file takes out of another is there: also for programs that no test starts, such as what
measures beside Keycloak, and for imports inside functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.source_tree import PRODUCT, ROOT, imports, is_below, python_files, tree

OURS = (*PRODUCT, "benchmarks", "sandbox", "tests", "tools")


def test_every_name_that_is_taken_is_there() -> None:
    wrong = [
        f"{found}, where no {found.name or 'such module'} is"
        for path in python_files(*OURS)
        for found in imports(path)
        if is_below(found.target, *OURS) and not _has(found.target, found.name)
    ]
    assert not wrong, "\n".join(wrong)


def test_names_are_found_wherever_a_module_gives_them() -> None:
    assert {"a", "b", "C", "d", "e", "f", "g", "h"} <= set(
        _given(
            "a: int = 1\nb, (*C, d) = 1, (2, 3)\ntry:\n    import x.y as e\n    import f.z\n"
            "except ImportError:\n    g = 1\nif a:\n    def h(): ...\n"
        )
    )
    assert "inner" not in _given("def outer():\n    inner = 1\n")


def _has(module: str, name: str | None) -> bool:
    if not _file(module).is_file():  # a folder without a file of its own gives its modules alone
        return name is None and (ROOT / Path(*module.split("."))).is_dir()
    return name in (None, "*", "__file__") or name in _names(module)


def _file(module: str) -> Path:
    place = Path(*module.split("."))
    inside = ROOT / place / "__init__.py"
    return inside if inside.is_file() else ROOT / place.with_suffix(".py")


@cache
def _names(module: str) -> frozenset[str]:
    return frozenset(_bound(tree(_file(module).relative_to(ROOT)).body))


def _given(source: str) -> frozenset[str]:
    return frozenset(_bound(ast.parse(source).body))


def _bound(statements: list[ast.stmt]) -> Iterator[str]:
    """What these bind in the module, whichever way is gone."""
    for each in statements:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield each.name
        elif isinstance(each, ast.Import | ast.ImportFrom):
            yield from (one.asname or one.name.partition(".")[0] for one in each.names)
        else:
            for part in ast.iter_child_nodes(each):
                if isinstance(part, ast.stmt):
                    yield from _bound([part])
                elif isinstance(part, ast.ExceptHandler):
                    yield from _bound(part.body)
                else:
                    yield from (
                        name.id
                        for name in ast.walk(part)
                        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
                    )

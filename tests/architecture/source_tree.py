"""The repository as data: its files, its modules, what each module imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PRODUCT: Final = (
    "broker",
    "admin",
    "providers",
    "consent",
    "assurance",
    "directory",
    "keys",
    "state",
)


@dataclass(frozen=True)
class Import:
    """``target`` is the module that is imported, ``name`` the name taken out of it (or None)."""

    module: str
    line: int
    target: str
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or will be committed, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = sorted(name for name in listed.stdout.decode().split("\0") if name)
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


@cache
def python_files(*tops: str) -> tuple[Path, ...]:
    """Python files below these top-level folders; all of them when none is named."""
    return tuple(p for p in files() if p.suffix == ".py" and (not tops or p.parts[0] in tops))


@cache
def texts() -> tuple[tuple[Path, str], ...]:
    """Every file that is a text, with what it says."""
    found = []
    for path in files():
        try:
            found.append((path, (ROOT / path).read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # a picture or a font
    return tuple(found)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


@cache
def nodes(module: ast.Module) -> tuple[ast.AST, ...]:
    """Every node, in the order of ``ast.walk``, which takes as long as parsing does."""
    return tuple(ast.walk(module))


def module_name(path: Path) -> str:
    """``keys/xml/guard.py`` → ``keys.xml.guard``; a package is named after its folder."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """Everything this file imports, also inside functions.

    ``from a import b`` counts as ``a.b`` where that is a module.
    """
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[Import]:
    module = module_name(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in nodes(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(package, node)
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                if _is_module(inner):
                    yield Import(module, node.lineno, inner)
                else:
                    yield Import(module, node.lineno, source, alias.name)


def _absolute(package: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def is_below(module: str, *prefixes: str) -> bool:
    """Is the module one of these, or inside one of them?"""
    return any(module == prefix or module.startswith(f"{prefix}.") for prefix in prefixes)

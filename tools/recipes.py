"""Write docs/recipes: ``python -m tools.recipes`` writes, ``--check`` says what lags behind."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from broker.recipes.catalogue import RECIPES, Counterpart, Recipe
from broker.recipes.rendering import rendered, requirements
from tools.reference.table import code, table

FOLDER: Final = Path(__file__).parents[1] / "docs" / "recipes"
SERVER: Final = "https://login.example.nl"
WRITTEN: Final = "<!-- Written by `make recipes` from broker/recipes/pages; do not edit. -->"
_INTRODUCTION: Final = f"""\
What to do on both sides to connect a product, with the registration, what must come back, and
the mistakes that are made. These pages have examples; `sluis recipe NAME` prints one with the
addresses of your server (`--language nl` for Dutch), and developers of portals find theirs at
`/ontwikkelaars` of your server.

{WRITTEN}
"""


def files() -> dict[str, str]:
    """What the folder must hold, by name."""
    pages = {f"{one.name}.md": _page(one) for one in RECIPES}
    return {"README.md": _contents()} | pages


def _page(recipe: Recipe) -> str:
    return rendered(recipe, SERVER, "en") + f"\n{WRITTEN}\n"


def _contents() -> str:
    parts = ["# Recipes", _INTRODUCTION.rstrip()]
    for role, title in ((Counterpart.PORTAL, "Portals"), (Counterpart.MAKELAAR, "Makelaars")):
        rows = [_row(one) for one in RECIPES if one.counterpart is role]
        parts += [f"## {title}", table(("Product", "Speaks", "How we know"), rows)]
    parts += ["## What a makelaar must send", requirements("en")]
    return "\n\n".join(parts).rstrip() + "\n"


def _row(recipe: Recipe) -> tuple[str, str, str]:
    return f"[{recipe.product}]({recipe.name}.md)", recipe.protocol, _how(recipe)


def _how(recipe: Recipe) -> str:
    if recipe.is_executed:
        tests = ", ".join(code(test) for test in recipe.runs)
        return f"executed by {code(recipe.by)}: {tests}"
    return f"not executed; replayed: {', '.join(code(test) for test in recipe.replays)}"


def complaints() -> Iterator[str]:
    """What lags behind, a line each."""
    for name, text in files().items():
        file = FOLDER / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            yield f"docs/recipes/{name} is not that of its template; run: make recipes"
    for file in sorted(FOLDER.glob("*.md")):
        if file.name not in files():
            yield f"docs/recipes/{file.name} is written by nobody any more"


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def main() -> int:
    """The command; 1 when something is to be done."""
    parser = argparse.ArgumentParser(prog="python -m tools.recipes", description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        write()
    wrong = list(complaints())
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

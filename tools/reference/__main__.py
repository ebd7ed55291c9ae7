"""Write docs/reference: ``python -m tools.reference`` writes, ``--check`` says what is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.reference import codes, commands, documents, metrics, settings, since
from tools.reference.table import WRITTEN, Page

FOLDER: Final = Path(__file__).parents[2] / "docs" / "reference"


def pages() -> list[Page]:
    return [
        documents.page(),
        settings.page(),
        commands.page(),
        *codes.pages(),
        metrics.page(),
    ]


def files() -> dict[str, str]:
    """What the folder must hold, by name."""
    made = pages()
    lines = [f"- [{page.title}]({page.name}.md): {page.says}" for page in made]
    contents = "\n".join(["# Reference", "", WRITTEN, "", *lines, ""])
    return {"README.md": contents} | {f"{page.name}.md": page.text() for page in made}


def complaints() -> Iterator[str]:
    """What is wrong, a line each: a row without words, or a file that is not that of the code."""
    yield from since.complaints(pages(), since.known())
    made = files()
    for name, text in made.items():
        for line in text.splitlines():
            if line.startswith("| ") and line.endswith("|  |"):
                yield f"{name}: nothing is said of {line.split('|')[1].strip()}"
        file = FOLDER / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            yield f"docs/reference/{name} is not that of the code; run: make reference"
    for file in sorted(FOLDER.glob("*.md")):
        if file.name not in made:
            yield f"docs/reference/{file.name} is written by nobody any more"


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    since.write(pages())
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def main() -> int:
    """The command; 1 when something is to be done."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        write()
    wrong = list(complaints())
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

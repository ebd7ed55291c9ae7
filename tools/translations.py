"""Keep the English texts beside the Dutch ones: the Dutch text in code and templates is the key.

``python -m tools.translations`` adds what is new to messages.po (to be filled in), drops what is
gone and compiles; ``--check`` only says what is missing or stale.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = (ROOT / "broker", ROOT / "admin")
FOLDER: Final = ROOT / "broker" / "texts" / "translations" / "en" / "LC_MESSAGES"
TEMPLATES: Final = [("**/templates/**.html", "jinja2")]
KEYWORDS: Final = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
CALLED: Final = re.compile(rf"\b(?:{'|'.join(KEYWORDS)})\s*\(")
HEADER: Final = "# English texts; the Dutch text is the key. `make translations` keeps this file."


@cache
def said() -> Catalog:
    """Every text in code and templates; read once, which takes seconds."""
    catalog = Catalog(locale="nl")
    for source in SOURCES:
        for text in _texts_of_code(source):
            catalog.add(text)
        for found in extract_from_dir(source, TEMPLATES, keywords=KEYWORDS):
            catalog.add(found[2])
    return catalog


def _texts_of_code(folder: Path) -> Iterator[str | tuple[str, ...]]:
    """Of the files that call one of KEYWORDS: a tenth of all, and reading Python takes long."""
    for path in sorted(folder.rglob("*.py")):
        if CALLED.search(path.read_text(encoding="utf-8")):
            for found in extract_from_file("python", path, keywords=KEYWORDS):
                yield found[1]


def translated() -> Catalog:
    """What messages.po holds."""
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def merged(dutch: Catalog, english: Catalog) -> Catalog:
    """The English catalog with exactly the texts that are said."""
    result = Catalog(locale="en", fuzzy=False)
    result.header_comment = HEADER
    for message in dutch:
        if message.id:
            known = english.get(message.id)
            result.add(message.id, known.string if known else None)
    return result


def compiled(catalog: Catalog) -> bytes:
    """The bytes of messages.mo: the same for the same texts."""
    catalog.creation_date = catalog.revision_date = datetime(1970, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def complaints() -> Iterator[str]:
    """What is wrong, a line each."""
    dutch, english = said(), translated()
    for message in dutch:
        if message.id and not _is_complete(english.get(message.id)):
            yield f"no English text for: {_first(message)}"
    for message in english:
        if message.id and dutch.get(message.id) is None:
            yield f"nobody says this any more: {_first(message)}"
        for error in message.check():
            yield f"{_first(message)}: {error}"
    if (FOLDER / "messages.mo").read_bytes() != compiled(english):
        yield "messages.mo is not that of messages.po"


def _is_complete(message: Message | None) -> bool:
    if message is None:
        return False
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def write() -> None:
    """Bring messages.po and messages.mo up to date."""
    catalog = merged(said(), translated())
    with (FOLDER / "messages.po").open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True, omit_header=True)
    text = (FOLDER / "messages.po").read_text(encoding="utf-8")
    head = f'{HEADER}\nmsgid ""\nmsgstr ""\n"Language: en\\n"\n'
    plural = '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    kind = '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (FOLDER / "messages.po").write_text(head + plural + kind + text.lstrip(), encoding="utf-8")
    (FOLDER / "messages.mo").write_bytes(compiled(translated()))


def main() -> int:
    """The command; 1 when something is to be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        write()
    wrong = list(complaints())
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

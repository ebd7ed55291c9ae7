"""Write the tables of docs/developers/portal.md: every field of a client, claims,
levels, errors.

``python -m tools.portal_page`` writes, ``--check`` only compares and says whether it lags.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flask_babel import force_locale, gettext

from admin.registrations.schema import schema
from broker.journey import passive
from broker.oidc.errors import OF_REFUSAL
from broker.recipes.requirements import classes
from broker.texts import reasons
from broker.texts.developers import PORTAL_CLAIMS, PORTAL_ERRORS
from broker.texts.outside_request import texts
from broker.texts.reasons import FIXERS
from directory.services import OidcClient
from tools.reference.documents import fields_of
from tools.reference.table import code, table

PAGE: Final = Path(__file__).parents[1] / "docs/developers/portal.md"
BEGIN: Final = "<!-- {} (written by make recipes) -->"
END: Final = "<!-- end -->"


def tables() -> dict[str, str]:
    """Each table by its name."""
    return {
        "fields": _fields(),
        "levels": classes().rstrip(),
        "errors": _errors(),
        "without pages": _without_pages(),
        "claims": _claims(),
    }


def _fields() -> str:
    definitions = json.loads(schema())["$defs"]
    return fields_of(definitions[OidcClient.__name__], definitions, "../reference/documents.md")


def _errors() -> str:
    with texts(), force_locale("en"):
        rows = [
            (code(one.error), str(one.means), str(one.remedy), gettext(FIXERS[one.fixer]))
            for one in PORTAL_ERRORS
        ]
    return table(("`error`", "Means", "Do", "Who"), rows)


def _without_pages() -> str:
    """Why ``prompt=none`` is an error, by the word in the trace."""
    with texts(), force_locale("en"):
        rows = [
            (code(OF_REFUSAL[error]), code(word), gettext(told.cause), gettext(told.remedy))
            for word, error in passive.refusals().items()
            for told in (reasons.OF_PASSIVE[word],)
        ]
    return table(("`error`", "In the trace", "Means", "Do"), rows)


def _claims() -> str:
    with texts(), force_locale("en"):
        rows = [(", ".join(map(code, one.names)), str(one.says)) for one in PORTAL_CLAIMS]
    return table(("Claim", "Says"), rows)


def written(text: str) -> str:
    """The page with its tables as they must be. Raises ValueError where a place is missing."""
    for name, found in tables().items():
        begin = BEGIN.format(name)
        before, is_there, rest = text.partition(begin)
        _, ended, after = rest.partition(END)
        if not is_there or not ended:
            raise ValueError(f"docs/developers/portal.md has no place for {name}")
        text = f"{before}{begin}\n{found}\n{END}{after}"
    return text


def complaints() -> Iterator[str]:
    """What lags behind, a line each."""
    text = PAGE.read_text(encoding="utf-8")
    if written(text) != text:
        yield "docs/developers/portal.md is not that of the code; run: make recipes"


def main() -> int:
    """The command. 1 where the page lags and was only compared."""
    parser = argparse.ArgumentParser(prog="python -m tools.portal_page", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    if not parser.parse_args().check:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    wrong = list(complaints())
    for line in wrong:
        sys.stdout.write(f"{line}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

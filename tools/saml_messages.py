"""Write the tables of docs/saml.md: everything that can go wrong over SAML, as operators read it.

``python -m tools.saml_messages`` writes, ``--check`` only compares and says whether it lags.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from admin.traces.explanation import translator
from broker.saml.errors import RefusedRequest
from broker.texts import reasons
from broker.texts.errors import ERRORS
from broker.texts.reasons import FIXERS, Explanation
from tests.architecture.reasons_said import said

PAGE: Final = Path(__file__).parents[1] / "docs/saml.md"
BEGIN: Final = "<!-- {} (written by python -m tools.saml_messages) -->"
END: Final = "<!-- end -->"
OF_MAKELAARS: Final = ("providers.saml", "keys.xml")
OF_EVERY_LOGIN: Final = ("providers.authority", "providers.worth", "broker.journey", "broker.sso")
# Reasons of calls that OpenID Connect alone makes, and how it writes things.
OVER_OIDC: Final = (
    *("discovery_", "client_", "userinfo_", "token_", "scope_", "code_", "makelaar_keys"),
    *("redirect_refused", "request_refused", "represents_malformed"),
)
# What is wrong with a part of a request is told as a whole: saml_unreadable, saml_time.
OF_PARTS: Final = frozenset({"not_a_request", "relay_state", "conditions", "issue_instant"})
_ROW: Final = "| `{}` | {} | {} | {} | {} |"
_HEAD: Final = "| In the trace | Page | What happened | What to do | Who |\n|---|---|---|---|---|"


def tables() -> dict[str, str]:
    """Each table by its name."""
    makelaars = _said_by(OF_MAKELAARS)
    portals = {str(reason) for reason in RefusedRequest} | _said_by(("broker.saml",)) - OF_PARTS
    every = {one for one in _said_by(OF_EVERY_LOGIN) if not one.startswith(OVER_OIDC)}
    others = every - makelaars - portals
    return {
        "makelaars": _table(_row(reason, _pages_of_answer(reason)) for reason in sorted(makelaars)),
        "portals": _table(_row(reason, _page(reason)) for reason in sorted(portals)),
        "every login": _table(_row(reason, _page(reason)) for reason in sorted(others)),
    }


def written(text: str) -> str:
    """The page with its tables as they must be. Raises ValueError where a place is missing."""
    for name, table in tables().items():
        begin = BEGIN.format(name)
        before, found, rest = text.partition(begin)
        _, ended, after = rest.partition(END)
        if not found or not ended:
            raise ValueError(f"docs/saml.md has no place for {name}")
        text = f"{before}{begin}\n{table}\n{END}{after}"
    return text


def _said_by(modules: tuple[str, ...]) -> set[str]:
    found, _, _ = said()
    return {
        one.reason
        for one in found
        if one.module.startswith(modules) and reasons.find(one.reason) is not None
    }


def _table(rows: Iterable[str]) -> str:
    return "\n".join([_HEAD, *rows])


def _row(reason: str, page: str) -> str:
    whole = _whole(reason)
    words = translator("en")
    english = reasons.told(whole, words)
    who = words(FIXERS[whole.fixer])
    return _ROW.format(reason, page, _cell(english.cause), _cell(english.remedy), _cell(who))


def _whole(reason: str) -> Explanation:
    found = reasons.find(reason)
    assert found is not None
    return found


def _pages_of_answer(reason: str) -> str:
    """What the user sees of a makelaar's answer; who mends it depends on what was measured."""
    whole = _whole(reason)
    keys = {one.page or _of_fixer(one) for one in (whole, *whole.closer)}
    return ", ".join(sorted(ERRORS[key].code for key in keys))


def _of_fixer(one: Explanation) -> str:
    is_ours = one.fixer is reasons.Fixer.OPERATOR
    return reasons.OURS if is_ours else reasons.REJECTED


def _page(reason: str) -> str:
    """The code of the page, where one of this name is shown."""
    return ERRORS[reason].code if reason in ERRORS else "–"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _lines() -> Iterator[str]:
    text = PAGE.read_text(encoding="utf-8")
    if written(text) != text:
        yield "docs/saml.md lags behind broker/texts: run python -m tools.saml_messages"


def main() -> int:
    """The command. 1 where the page lags and was only compared."""
    parser = argparse.ArgumentParser(prog="python -m tools.saml_messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    if parser.parse_args().check:
        wrong = list(_lines())
        sys.stdout.write("\n".join(wrong or ["docs/saml.md says what broker/texts say"]) + "\n")
        return 1 if wrong else 0
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

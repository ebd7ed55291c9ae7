"""A service that no makelaar reaches is told when it is registered, not at its first login."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from admin.registrations import checking
from admin.registrations.reading import read
from broker.settings import Settings
from tests.admin.registrations.documents import SERVICE, written


def makelaar(name: str, ceiling: str, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "IdentityProvider",
        "id": name,
        "name": name,
        "level_ceiling": ceiling,
        "oidc": {"issuer": f"https://{name}.example", "client_id": "sluis"},
        **fields,
    }


LOW: Final = makelaar("laag", "EH2", local_factor_lifts=True)
HIGH: Final = makelaar("hoog", "EH3")


@pytest.mark.parametrize(
    ("service", "makelaars", "is_told"),
    [
        ({"level": "EH3"}, [LOW, HIGH], False),
        ({"level": "EH3"}, [LOW], True),
        ({"level": "EH3", "makelaars": ["laag"]}, [LOW, HIGH], True),
        ({"level": "EH2+", "makelaars": ["laag"]}, [LOW], False),
        ({"level": "EH2+", "makelaars": ["laag"], "local_second_factor": False}, [LOW], True),
        ({"level": "EH4", "own_means": True}, [LOW], False),
        ({"level": "EH4", "email_accounts": True}, [LOW], False),
        ({"level": "EH4"}, [], False),  # the first document of a new installation
    ],
)
def test_a_level_that_no_makelaar_gives_is_told(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    service: dict[str, Any],
    makelaars: list[dict[str, Any]],
    is_told: bool,
) -> None:
    entries = read(written(tmp_path, {**SERVICE, **service}, *makelaars))
    checked = checking.check(session, settings, entries, may_move=False)
    assert not checked.mistakes
    texts = [text for found in checked.warnings.values() for text in found]
    assert [text.partition(":")[0] for text in texts] == (["level"] if is_told else [])

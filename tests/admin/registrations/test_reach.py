"""A service that no makelaar reaches is told when it is registered, not at its first login."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from admin.registrations import checking
from admin.registrations.reading import read
from admin.registrations.references import check_references
from broker.settings import Settings
from directory.consoles import BEHEER
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


OTHER: Final = {**SERVICE, "uuid": SERVICE["uuid"].replace("1", "9"), "email_accounts": True}
LOW: Final = makelaar("laag", "EH2", local_factor_lifts=True)
HIGH: Final = makelaar("hoog", "EH3")


ELSEWHERE: Final = makelaar("elders", "EH4", services=[OTHER["uuid"]])
HERE: Final = makelaar("hier", "EH4", services=[SERVICE["uuid"]])


@pytest.mark.parametrize(
    ("service", "makelaars", "is_told"),
    [
        ({"level": "EH3"}, [LOW, ELSEWHERE], True),
        ({"level": "EH3"}, [LOW, HERE], False),
        ({"level": "EH3", "makelaars": ["elders"]}, [HIGH, ELSEWHERE], True),
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
    entries = read(written(tmp_path, {**SERVICE, **service}, OTHER, *makelaars))
    checked = checking.check(session, settings, entries, may_move=False)
    assert not checked.mistakes
    texts = [text for found in checked.warnings.values() for text in found]
    assert bool(texts) is is_told
    assert {text.partition(":")[0] for text in texts} <= {"level", "makelaars"}


def test_a_makelaar_serves_services_that_are_registered(session: Session, tmp_path: Path) -> None:
    entries = read(written(tmp_path, SERVICE, ELSEWHERE))
    (mistake,) = check_references(session, entries)
    assert mistake.endswith(f"services: there is no Service {OTHER['uuid']}")
    console = {**ELSEWHERE, "services": [BEHEER.service.uuid]}
    assert check_references(session, read(written(tmp_path, SERVICE, console))) == []

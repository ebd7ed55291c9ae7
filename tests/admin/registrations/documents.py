"""Documents for these tests, and how they are applied."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.registrations.apply import apply
from admin.registrations.differences import DocumentOutcome
from admin.registrations.pruning import Prune
from admin.registrations.reading import read
from broker.settings import Settings
from tests.clocks import START
from tests.keys_for_tests import make_sealer

ROBIN: Final = Actor.operator("robin")
UUID: Final = "11111111-2222-4333-8444-555555555555"
SERVICE: Final[dict[str, Any]] = {
    "kind": "Service",
    "uuid": UUID,
    "service_id": "urn:x:vergunningen",
    "name": {"nl": "Vergunningen", "en": "Permits"},
    "provider_name": {"nl": "Gemeente", "en": "Town"},
    "provider_oin": "00000001234567890000",
    "level": "EH3",
}
PORTAL: Final[dict[str, Any]] = {
    "kind": "Client",
    "client_id": "portaal",
    "name": {"nl": "Portaal", "en": "Portal"},
    "services": [UUID],
    "redirect_uris": ["https://portaal.example/terug"],
    "jwks_uri": "https://portaal.example/jwks",
}
HELP_DESK: Final[dict[str, Any]] = {
    "kind": "HelpDesk",
    "name": {"nl": "Helpdesk"},
    "phone": "088 123",
}
PERSON: Final[dict[str, Any]] = {
    "kind": "Person",
    "id": "roos",
    "name": "Roos Willems",
    "email": "roos@x.example",
}


def written(folder: Path, *documents: dict[str, Any]) -> Path:
    """A file with these documents."""
    file = folder / "documents.yaml"
    file.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    return file


def applied(
    session: Session,
    settings: Settings,
    folder: Path,
    *documents: dict[str, Any],
    dry_run: bool = False,
    prune: Prune | None = None,
    move_subjects: bool = False,
) -> list[tuple[str, str]]:
    """Kind and word of each outcome."""
    outcomes: tuple[DocumentOutcome, ...] = apply(
        session,
        make_sealer(),
        settings,
        read(written(folder, *documents)),
        actor=ROBIN,
        now=START,
        dry_run=dry_run,
        prune=prune,
        move_subjects=move_subjects,
    )
    return [(outcome.kind, outcome.word) for outcome in outcomes]

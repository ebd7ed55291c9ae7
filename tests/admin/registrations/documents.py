"""Documents for these tests, and how they are applied."""

from __future__ import annotations

from datetime import date, datetime
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


MAKELAAR: Final[dict[str, Any]] = {
    "kind": "IdentityProvider",
    "id": "veerhuis",
    "name": "Veerhuis",
    "oidc": {
        "issuer": "https://veerhuis.example",
        "client_id": "sluis",
        "token_endpoint_auth_method": "private_key_jwt",
    },
    "level_ceiling": "EH3",
}
BAKERY: Final[dict[str, Any]] = {
    "kind": "Organisation",
    "kvk": "90001201",
    "rsin": "800001205",
    "name": "De Korenmolen",
    "establishments": [
        {"number": "000090012011", "name": "bakkerij", "address": "Molenweg 1"},
        {"number": "000090012021", "name": "winkel"},
    ],
}
GARDEN: Final[dict[str, Any]] = {"kind": "Organisation", "kvk": "90001639", "name": "Groenrijk"}


def written(folder: Path, *documents: dict[str, Any]) -> Path:
    """A file with these documents."""
    file = folder / "documents.yaml"
    file.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    return file


def outcomes(
    session: Session,
    settings: Settings,
    folder: Path,
    *documents: dict[str, Any],
    dry_run: bool = False,
    prune: Prune | None = None,
    also_taking: bool = False,
    move_subjects: bool = False,
    now: datetime = START,
) -> tuple[DocumentOutcome, ...]:
    """What became of each, and what left."""
    return apply(
        session,
        make_sealer(),
        settings,
        read(written(folder, *documents)),
        actor=ROBIN,
        now=now,
        dry_run=dry_run,
        prune=prune,
        also_taking=also_taking,
        move_subjects=move_subjects,
    )


def applied(
    session: Session,
    settings: Settings,
    folder: Path,
    *documents: dict[str, Any],
    dry_run: bool = False,
    prune: Prune | None = None,
    also_taking: bool = False,
    move_subjects: bool = False,
) -> list[tuple[str, str]]:
    """Kind and word of each outcome."""
    found = outcomes(
        session,
        settings,
        folder,
        *documents,
        dry_run=dry_run,
        prune=prune,
        also_taking=also_taking,
        move_subjects=move_subjects,
    )
    return [(outcome.kind, outcome.word) for outcome in found]


def mandate(**changed: Any) -> dict[str, Any]:
    """A mandate of Roos for the bakery at the one service."""
    return {
        "kind": "Mandate",
        "person": "roos",
        "organisation": BAKERY["kvk"],
        "service": UUID,
        "level": "EH3",
        "from": date(2026, 1, 1),
        "until": date(2030, 12, 31),
        **changed,
    }


def chain(**changed: Any) -> dict[str, Any]:
    """The garden firm lets the bakery act for it."""
    return {
        "kind": "ChainMandate",
        "organisation": GARDEN["kvk"],
        "intermediary": BAKERY["kvk"],
        "service": UUID,
        "level": "EH3",
        "from": date(2026, 1, 1),
        "until": date(2030, 12, 31),
        **changed,
    }

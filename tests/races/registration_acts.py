"""What a process does in a round with registrations and what is kept of their metadata: one writes
documents while the other holds a row that they change.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any, Final

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.metadata import approval, parties
from admin.metadata.federation_lists import take_list
from admin.registrations.apply import apply
from admin.registrations.documents import Entry
from broker import settings as configuration
from keys.rotation import rotate_due
from providers.federations import Federation
from providers.registry import ProviderRecord
from providers.saml.federation.verified_list import VerifiedList
from state import party_metadata
from state.db import writing
from state.registrations import Kind, raise_revision
from tests.admin.metadata.publishing import document, makelaar
from tests.clocks import START
from tests.keys_for_tests import make_sealer

Wait = Callable[[], object]
FEDERATION: Final[dict[str, Any]] = {
    "id": "noordzee",
    "name": "Noordzee",
    "services": "all",
    "level_ceiling": "EH2",
    "saml": {
        "aggregate_url": "https://federation.example/list.xml",
        "metadata_signing_fingerprints": ["0" * 64],
    },
}
FIRST, LAST = "duinpoort", "polderpoort"  # of two makelaars, by name
MEANWHILE: Final = 0.2  # seconds: until the other one waits for what is held here
DONE: Final = "done"


def federation(number: int) -> Federation:
    """Its list is at another address in each round, so what was kept of it begins anew."""
    saml = {**FEDERATION["saml"], "aggregate_url": f"https://federation.example/{number}.xml"}
    return Federation.model_validate({**FEDERATION, "saml": saml})


def _entry(kind: Kind, model: Federation | ProviderRecord) -> Entry:
    return Entry(str(kind), model, f"{kind}.yaml:1", Path())


def _makelaar(name: str, number: int) -> Entry:
    """With other metadata in each round."""
    entity_id = f"https://{name}.example"
    text = document("makelaar", entity_id=entity_id, sso=f"https://{name}.example/sso{number}")
    said = makelaar(name, metadata=text)
    del said["kind"]
    said["saml"]["entity_id"] = entity_id
    return _entry(Kind.IDENTITY_PROVIDER, ProviderRecord.model_validate(said))


def register(session: Session, number: int, *entries: Entry) -> str:
    """As ``sluis apply`` does."""
    settings = configuration.load(
        None,
        {
            "SLUIS__WEB__BASE_URL": "https://sluis.example",
            "SLUIS__KEYS__MASTER_KEY_FILE": os.devnull,
        },
    )
    now = START + timedelta(minutes=number)
    apply(session, make_sealer(), settings, entries, actor=Actor.operator("robin"), now=now)
    return DONE


def begin(session: Session) -> None:
    """Both makelaars and the federation, as they are before the first round."""
    register(session, 0, _makelaar(FIRST, -1), _makelaar(LAST, -1))
    register(session, 0, _entry(Kind.FEDERATION, federation(-1)))


def apply_federation(session: Session, number: int, who: str, wait: Wait) -> str:
    wait()
    return register(session, number, _entry(Kind.FEDERATION, federation(number)))


def apply_makelaars(session: Session, number: int, who: str, wait: Wait) -> str:
    """The last one first, as a file may have them."""
    wait()
    return register(session, number, _makelaar(LAST, number), _makelaar(FIRST, number))


def take(session: Session, number: int, who: str, wait: Wait) -> str:
    """As a worker does with the list of a federation that it verified."""
    found = VerifiedList("0" * 64, START, None, iter(()))
    with writing(session):
        assert party_metadata.row_of(session, Kind.FEDERATION, "noordzee", lock=True) is not None
        wait()
        sleep(MEANWHILE)
        take_list(session, federation(number - 1), found, f"{number:064}", START)
    return DONE


def approve(session: Session, number: int, who: str, wait: Wait) -> str:
    """As an operator does, of a makelaar that others write at the same moment."""
    shown = document("next", entity_id=f"https://{LAST}.example")
    with writing(session):
        row = party_metadata.row_of(session, Kind.IDENTITY_PROVIDER, LAST, lock=True)
        assert row is not None
        row.waiting, row.waiting_since, row.waiting_reason = shown, START, "not_vouched"

    with writing(session):
        party_metadata.row_of(session, Kind.IDENTITY_PROVIDER, LAST, lock=True)
        wait()
        sleep(MEANWHILE)
        approval.approve(
            session,
            Kind.IDENTITY_PROVIDER,
            LAST,
            digest=hashlib.sha256(shown.encode()).hexdigest(),
            actor=Actor.operator("robin"),
            now=START,
            check=lambda _: None,
            because="called",
        )
    return DONE


def write_both(session: Session, number: int, who: str, wait: Wait) -> str:
    """As the watch does, which writes the rows of many by their names."""
    with writing(session):
        party_metadata.hold_many(session)
        for name in (FIRST, LAST):
            row = party_metadata.row_of(session, Kind.IDENTITY_PROVIDER, name, lock=True)
            assert row is not None
            row.tried_at = START + timedelta(minutes=number)
            session.flush()
            if name == FIRST:
                wait()
                sleep(MEANWHILE)
        raise_revision(session)
    return DONE


def settle(session: Session, number: int, who: str, wait: Wait) -> str:
    """Everything that is kept is of before, so all of it begins anew."""
    wait()
    with writing(session):
        party_metadata.hold_many(session)
        for row in party_metadata.all_rows(session):
            row.origin = "of before"
        session.flush()
        parties.settle(session, START)
    return DONE


def rotate(session: Session, number: int, who: str, wait: Wait) -> str:
    """As an operator who brings a certificate: the configuration is loaded anew because of it."""
    with writing(session):
        raise_revision(session)
        wait()
        sleep(MEANWHILE)
        rotate_due(session, START + timedelta(days=number), retires=False)
        row = party_metadata.row_of(session, Kind.FEDERATION, "noordzee", lock=True)
        assert row is not None
    return DONE

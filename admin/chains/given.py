"""What an administrator does with chain mandates that stand, whoever gave them: take one or all of
an intermediary back, and undo that for a moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import telling
from admin.mandates import administrators, ending
from admin.mandates.given import TooLateToUndo
from broker.sso.logout import LogoutNotifier
from consent import chains
from consent.chains import ChainMandate
from consent.mandate_locks import hold
from directory.services import Service
from keys.sealing import Sealer
from state.audit import EventTag


@dataclass(frozen=True)
class ChainRevocation:
    """By whom and when, with what is registered now; ``notifier``: for the portals that hear that
    what they hold has ended.
    """

    actor: Actor
    services: Mapping[str, Service]
    now: datetime
    notifier: LogoutNotifier

    @property
    def sealer(self) -> Sealer:
        return self.notifier.sealer


def revoke(session: Session, chain: ChainMandate, wanted: ChainRevocation) -> int:
    """Take back what this intermediary may do at one service; of how many. The caller commits.
    Raises NotAdministrator.
    """
    ends = chain.organisation_id, chain.intermediary_id
    return _end(session, *ends, wanted, place_id=chain.organisation_id, uuid=chain.service_uuid)


def revoke_all(
    session: Session, organisation_id: str, intermediary_id: str, wanted: ChainRevocation
) -> int:
    """Take back everything that this intermediary may do for the organisation; of how many. The
    caller commits. Raises NotAdministrator.
    """
    return _end(session, organisation_id, intermediary_id, wanted, place_id=organisation_id)


def give_up(
    session: Session, organisation_id: str, intermediary_id: str, wanted: ChainRevocation
) -> int:
    """The same by an administrator of the intermediary: it acts for this client no more."""
    return _end(session, organisation_id, intermediary_id, wanted, place_id=intermediary_id)


def restore(
    session: Session, chain: ChainMandate, wanted: ChainRevocation, *, place_id: str | None = None
) -> int:
    """Undo what the same person did a moment ago, with everything of the same stroke and the same
    end dates. ``place_id``: the organisation for which it was done, the client unless another is
    named. Tokens stay ended: who was logged in logs in again. Raises TooLateToUndo,
    NotAdministrator. The caller commits.
    """
    by, now, place = wanted.actor.logged_in, wanted.now, place_id or chain.organisation_id
    hold(session, chain.organisation_id)
    administrators.demand(session, by, place, now)
    found = chains.taken_with(session, chain)
    done = [row for row in found if chains.may_be_restored(row, by, now)]
    if not done:
        raise TooLateToUndo(chain.id)
    for row in done:
        row.revoked_at = row.revoked_by = None
    session.flush()
    telling.ended(session, wanted, done, EventTag.CHAIN_MANDATE_RESTORED, place_id=place)
    return len(done)


def _end(
    session: Session,
    organisation_id: str,
    intermediary_id: str,
    wanted: ChainRevocation,
    *,
    place_id: str,
    uuid: str | None = None,
) -> int:
    by, now = wanted.actor.logged_in, wanted.now
    hold(session, organisation_id)
    administrators.demand(session, by, place_id, now)
    rows = chains.held(session, organisation_id, intermediary_id, now, service_uuid=uuid)
    if not rows:
        return 0
    for row in rows:
        row.revoked_at, row.revoked_by = now, by
    session.flush()
    ended = [ending.of_chain(session, *row.key) for row in rows]
    ending.reach(session, wanted.notifier, ended)
    telling.ended(session, wanted, rows, EventTag.CHAIN_MANDATE_REVOKED, place_id=place_id)
    return len(rows)

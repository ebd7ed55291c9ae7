"""Who is told that a session ended, and how: a message that the outbox delivers again and again, or
the user's own browser, where there is one and nothing else will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from assurance import session_names
from assurance.session_names import KeptName, SessionName
from broker.downstream import Downstream, DownstreamName, ToldByBrowser
from broker.sso.grants import Participant
from broker.sso.saml_notice import makelaar_message
from directory.services import RelyingParty
from keys.sealing import Sealer
from providers.interface import ProviderUnavailable, RedirectProvider
from providers.logout import EndsSessions, MakelaarLogout
from state import outbox

_NOBODY: Final[Mapping[str, RedirectProvider]] = MappingProxyType({})


@dataclass(frozen=True)
class LogoutNotifier:
    """What telling portals and makelaars needs, also outside the web process."""

    sealer: Sealer
    downstreams: Mapping[DownstreamName, Downstream]
    relying_parties: Mapping[str, RelyingParty]
    now: datetime
    makelaars: Mapping[str, RedirectProvider] = field(default_factory=lambda: _NOBODY)


@dataclass(frozen=True)
class Visit:
    """A party that the user's browser can tell of it. ``holder``: what ended there."""

    party: str
    holder: str


@dataclass(frozen=True)
class Listeners:
    """Clients and makelaars by their ids. Of those that were not told, ``visits`` are the ones that
    a browser can still reach: portals first.
    """

    clients: frozenset[str] = frozenset()
    makelaars: tuple[str, ...] = ()
    makelaars_open: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()


def tell(
    sql: Session,
    notifier: LogoutNotifier,
    holder: str,
    portals: Sequence[Participant],
    *,
    reference: str | None = None,
    asked_by: str | None = None,
    with_browser: bool = False,
) -> Listeners:
    """Queue the messages in the transaction of the caller. ``asked_by``: the party that wants this,
    and so knows it; ``with_browser``: that of the user is here and can go round.
    """
    names: dict[str, list[SessionName]] = {}
    for kept in session_names.of_holder(sql, notifier.sealer, holder):
        names.setdefault(kept.party, []).append(kept.name)
    telling = _Telling(sql, notifier, holder, names, reference)
    by_client = {one.client_id: one for one in portals}
    clients, visits = set(), []
    for client_id, one in by_client.items():
        party = session_names.of_portal(client_id)
        if party == asked_by or telling.portal(one):
            clients.add(client_id)
        elif with_browser and telling.can_visit_portal(one):
            visits.append(Visit(party, holder))
    told, left = [], []
    for party in names:
        side, _, provider_id = party.partition(":")
        if side != "makelaar":
            continue
        if party == asked_by:
            told.append(provider_id)
            continue
        logout = logout_of(notifier.makelaars, provider_id)
        if logout is not None and logout.can_visit and with_browser:
            visits.append(Visit(party, holder))
            left.append(provider_id)
        elif logout is not None and logout.can_be_called:
            telling.call(provider_id)
            told.append(provider_id)
        else:
            left.append(provider_id)
    return Listeners(frozenset(clients), tuple(told), tuple(left), tuple(visits))


def tell_portal(sql: Session, notifier: LogoutNotifier, session_id: str, one: Participant) -> bool:
    """Queue the message to one portal; False where it cannot be told so."""
    kept = session_names.of_holder(sql, notifier.sealer, session_id)
    party = session_names.of_portal(one.client_id)
    names = {party: names_of(kept, party)}
    return _Telling(sql, notifier, session_id, names, None).portal(one)


def told_by_browser(
    downstreams: Mapping[DownstreamName, Downstream], relying_party: RelyingParty
) -> ToldByBrowser | None:
    """The protocol of this portal, where a browser can tell it."""
    protocol: object = downstreams[DownstreamName(relying_party.protocol)]
    return protocol if isinstance(protocol, ToldByBrowser) else None


def logout_of(makelaars: Mapping[str, RedirectProvider], provider_id: str) -> MakelaarLogout | None:
    """Logging out at this makelaar; None where it is not registered, or cannot be read any more."""
    try:
        adapter = makelaars.get(provider_id)
    except ProviderUnavailable:
        return None
    return adapter.logout if isinstance(adapter, EndsSessions) else None


def names_of(kept: Sequence[KeptName], party: str) -> tuple[SessionName, ...]:
    """What this party calls it."""
    return tuple(one.name for one in kept if one.party == party)


@dataclass(frozen=True)
class _Telling:
    sql: Session
    notifier: LogoutNotifier
    holder: str
    names: Mapping[str, Sequence[SessionName]]
    reference: str | None

    def portal(self, one: Participant) -> bool:
        """Queue the message to it; False where there is no way but the browser, or none."""
        relying_party = self.notifier.relying_parties.get(one.client_id)
        if relying_party is None:
            return False
        message = self._protocol(relying_party).logout_message(
            relying_party,
            person_id=one.person_id,
            session_id=self.holder,
            reference=self.reference,
            now=self.notifier.now,
            names=self._names(one),
        )
        if message is None:
            return False
        outbox.enqueue(self.sql, self.notifier.sealer, message, self.notifier.now)
        return True

    def can_visit_portal(self, one: Participant) -> bool:
        relying_party = self.notifier.relying_parties.get(one.client_id)
        if relying_party is None:
            return False
        protocol = told_by_browser(self.notifier.downstreams, relying_party)
        return protocol is not None and protocol.can_be_visited(relying_party, self._names(one))

    def call(self, provider_id: str) -> None:
        """Queue a call of the makelaar."""
        names = self.names[session_names.of_makelaar(provider_id)]
        message = makelaar_message(provider_id, names, self.reference)
        outbox.enqueue(self.sql, self.notifier.sealer, message, self.notifier.now)

    def _protocol(self, relying_party: RelyingParty) -> Downstream:
        return self.notifier.downstreams[DownstreamName(relying_party.protocol)]

    def _names(self, one: Participant) -> Sequence[SessionName]:
        return self.names.get(session_names.of_portal(one.client_id), ())

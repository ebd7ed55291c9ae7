"""The single logout service, of either role (SAML Profiles §4.4): a party asks for the end of a
session, or answers what we asked. The session ends first; then the others are told, then who asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography import x509
from werkzeug.wrappers import Response

from assurance import session_names
from assurance.session_names import KeptName
from broker.runtime import Runtime, runtime
from broker.sso import logout, logout_chain, logout_run
from broker.sso.logout import LogoutOutcome
from broker.sso.logout_refusals import RefusedLogout, UntrustedLogout, note, untrusted
from broker.sso.logout_run import AnswerTo
from broker.sso.pages import LoggedOutPage
from broker.web import rate_limits
from broker.web.responses import leave, show
from keys.saml_keys import OwnRole, signing_key
from keys.xml.guard import XmlRefused
from providers.received import told
from providers.saml.wire import carrying
from providers.saml.wire.logout_answered import answered_logout
from providers.saml.wire.logout_asked import (
    AskedLogout,
    LogoutNotDone,
    OpenName,
    asked_logout,
    is_same,
)
from providers.saml.wire.logout_messages import (
    COMPLETE,
    PARTIAL,
    REQUEST_DENIED,
    UNKNOWN_PRINCIPAL,
    LogoutStatus,
    logout_response,
)
from providers.saml.wire.logout_received import ReceivedLogout, from_soap, verify
from providers.saml.wire.logout_services import (
    BY_BROWSER,
    SOAP_BELOW,
    LogoutService,
    first_of,
)
from providers.saml.wire.refused import WireRefused, found_in
from providers.saml.wire.soap import CONTENT_TYPE, enveloped
from providers.saml.wire.xml_values import collapsed
from state.db import writing

Read = Callable[[], ReceivedLogout]
_SHOWN: Final = 100


@dataclass(frozen=True)
class LogoutParty:
    """A registered party: ``key`` as ``assurance.session_names`` has it; ``certificates`` those
    whose signatures count now; ``client_id`` of a portal; ``calls_us``: where it knows us by
    another name than the others do.
    """

    key: str
    name: str
    entity_id: str
    certificates: tuple[x509.Certificate, ...] = field(repr=False)
    services: tuple[LogoutService, ...]
    client_id: str | None = None
    opened: OpenName | None = None
    calls_us: str | None = None


@dataclass(frozen=True)
class LogoutSide:
    """One of our two roles: what we are called in it, where we are reached, whom we know, and
    whether the others name people (``is_named_by_us``: we do).
    """

    entity_id: str
    url: str
    reason: str
    is_named_by_us: bool
    find: Callable[[Runtime, str], LogoutParty | None]

    @property
    def role(self) -> OwnRole:
        """Whose keys sign what we say in it."""
        return OwnRole.IDP if self.is_named_by_us else OwnRole.SP

    def name_for(self, party: LogoutParty) -> str:
        """What we are called there."""
        return party.calls_us or self.entity_id

    def qualifiers(self, party: LogoutParty) -> dict[str, str]:
        """What both qualifiers of a NameID say where nothing is written."""
        namer, named = self.name_for(party), party.entity_id
        if not self.is_named_by_us:
            namer, named = named, namer
        return {"name_qualifier": namer, "sp_name_qualifier": named}


def by_browser(side: LogoutSide, read: Read, relay_state: str | None) -> Response:
    """By HTTP-Redirect or HTTP-POST: the user is here. Reads no cookie: who asks is judged at once,
    and what the browser has to do with it at our own address. An answer that is not believed leaves
    nobody behind: by its RelayState the user goes on.
    """
    rt = runtime()
    try:
        received, party = _trusted(rt, side, read)
    except UntrustedLogout:
        run = logout_run.waiting(rt, relay_state)
        if run is None:
            raise
        return logout_chain.returned(rt, run, closed=False, said="refused")
    if not received.is_request:
        return _answered(rt, side, party, received)
    try:
        asked = _asked(rt, side, party, received)
        holders = _holders(rt, side, party, asked)
    except LogoutNotDone as not_done:
        return _told(rt, side, party, received, not_done)
    outcome = _ended(rt, side, party, holders, with_browser=True)
    answer = None
    if not asked.is_asynchronous:
        answer = _answer_to(side, party, received)
    run = logout_run.new_run(outcome, holders, answer=answer)
    logout_run.keep(rt, run)
    return logout_chain.to_run(run)


def by_call(side: LogoutSide, body: bytes) -> Response:
    """By SOAP: nobody is here, and the answer is the LogoutResponse in its envelope. Who is not
    believed hears a fault with a reference, and nothing of what was wrong (Bindings §3.2.3.3). A
    call that cannot be answered ends nothing.
    """
    rt = runtime()
    received, party = _trusted(rt, side, lambda: from_soap(body))
    key = signing_key(rt.configuration.keyring, side.role)
    try:
        asked = _asked(rt, side, party, received)
        holders = _holders(rt, side, party, asked)
    except LogoutNotDone as not_done:
        _note(rt, party, not_done)
        status = not_done.status
    else:
        outcome = _ended(rt, side, party, holders, with_browser=False)
        status = COMPLETE if outcome.is_complete else PARTIAL
        logout_chain.record(rt, outcome, holders)
    service = first_of(party.services, (received.binding,))
    message = logout_response(
        issuer=side.name_for(party),
        destination=service.answers if service is not None else party.entity_id,
        in_response_to=str(received.root.get("ID")),
        status=status,
        now=rt.clock(),
    )
    return Response(enveloped(carrying.signed_inside(message, key)), content_type=CONTENT_TYPE)


def _trusted(rt: Runtime, side: LogoutSide, read: Read) -> tuple[ReceivedLogout, LogoutParty]:
    """The message and whom it is of. Raises UntrustedLogout: until the signature holds, nobody is
    answered, and nobody spends the limit of a party by what they say in its name. Raises
    TooManyRequests.
    """
    try:
        received = read()
    except (WireRefused, XmlRefused) as refused:
        found = found_in(refused)
        raise untrusted(rt, RefusedLogout.UNREADABLE, "received", refused.reason, found) from None
    party = side.find(rt, received.issuer)
    if party is None:
        found = {"sent": told(received.issuer, _SHOWN)}
        raise untrusted(rt, RefusedLogout.PARTY, "client", "Issuer not registered", found)
    try:
        verify(received, party.certificates)
    except (WireRefused, XmlRefused) as refused:
        found = found_in(refused)
        raise untrusted(
            rt, RefusedLogout.SIGNATURE, "signature", refused.reason, found, party.client_id
        ) from None
    if party.client_id is not None:
        rate_limits.count_client(rt, "logout", party.client_id)
    else:
        rate_limits.count_makelaar(rt, "logout", party.key)
    return received, party


def _asked(
    rt: Runtime, side: LogoutSide, party: LogoutParty, received: ReceivedLogout
) -> AskedLogout:
    """What it asks, for the first time. Raises LogoutNotDone."""
    is_call = received.binding not in BY_BROWSER
    here = f"{side.url}{SOAP_BELOW}" if is_call else side.url
    asked = asked_logout(received, here=here, now=rt.clock(), opened=party.opened)
    if rt.store.batch([asked.once]) != [True]:
        raise LogoutNotDone(REQUEST_DENIED, "this ID came before: give each request a new one")
    return asked


def _holders(
    rt: Runtime, side: LogoutSide, party: LogoutParty, asked: AskedLogout
) -> tuple[str, ...]:
    """The sessions that are meant, whether or not they still stand. Raises LogoutNotDone."""
    same = [one for one in _called(rt, party, asked, ()) if _is_same(side, party, asked, one)]
    if not same:
        raise LogoutNotDone(UNKNOWN_PRINCIPAL, "no session here goes by this NameID")
    if asked.indexes:
        chosen = {one.holder for one in _called(rt, party, asked, asked.indexes)}
        same = [one for one in same if one.holder in chosen]
    if not same:
        raise LogoutNotDone(REQUEST_DENIED, "no session of this NameID has that SessionIndex")
    return tuple(dict.fromkeys(one.holder for one in same))


def _called(
    rt: Runtime, party: LogoutParty, asked: AskedLogout, indexes: tuple[str, ...]
) -> tuple[KeptName, ...]:
    name = asked.name.name
    found = session_names.called(rt.session, rt.sealer, party.key, name=name, indexes=indexes)
    return tuple(found)


def _is_same(side: LogoutSide, party: LogoutParty, asked: AskedLogout, one: KeptName) -> bool:
    return is_same(asked.name, one.name, **side.qualifiers(party))


def _ended(
    rt: Runtime,
    side: LogoutSide,
    party: LogoutParty,
    holders: tuple[str, ...],
    *,
    with_browser: bool,
) -> LogoutOutcome:
    """In a transaction of its own; who can be told is told."""
    with writing(rt.session) as sql:
        return logout.end_these(
            sql, rt, holders, side.reason, asked_by=party.key, with_browser=with_browser
        )


def _answer_to(side: LogoutSide, party: LogoutParty, received: ReceivedLogout) -> AnswerTo | None:
    """Where the LogoutResponse goes: by the binding of the request where the party takes it so,
    else by the other one. None where its metadata have no address for a browser.
    """
    service = first_of(party.services, (received.binding, *BY_BROWSER))
    if service is None:
        return None
    return AnswerTo(
        party=party.key,
        issuer=side.name_for(party),
        role=side.role,
        request_id=str(received.root.get("ID")),
        url=service.answers,
        binding=service.binding,
        relay_state=received.relay_state,
    )


def _told(
    rt: Runtime,
    side: LogoutSide,
    party: LogoutParty,
    received: ReceivedLogout,
    not_done: LogoutNotDone,
) -> Response:
    """Who asked hears what is wrong with the request, and the reference of it."""
    reference = _note(rt, party, not_done)
    status = not_done.status
    to = _answer_to(side, party, received)
    if to is None:
        return show(LoggedOutPage(was_logged_in=False))
    message = logout_response(
        issuer=to.issuer,
        destination=to.url,
        in_response_to=to.request_id,
        status=LogoutStatus(
            status.first, status.second, f"{status.message} (reference {reference})"
        ),
        now=rt.clock(),
    )
    key = signing_key(rt.configuration.keyring, side.role)
    carried = carrying.by_browser(message, to.url, to.binding, "SAMLResponse", key, to.relay_state)
    return leave(carried.url, carried.fields, party.name)


def _note(rt: Runtime, party: LogoutParty, not_done: LogoutNotDone) -> str:
    status = not_done.status
    second = (status.second or "").rpartition(":")[2]
    found = {"error": second, "told": status.message}
    return note(rt, RefusedLogout.REQUEST, "received", second, found, party.client_id)


def _answered(
    rt: Runtime, side: LogoutSide, party: LogoutParty, received: ReceivedLogout
) -> Response:
    """The party that the browser was sent to answered. Whatever it says, the user goes on."""
    request_id = collapsed(received.root.get("InResponseTo"))
    run = logout_run.visiting(rt, request_id, party.key)
    if run is None or run.request_id is None:
        return show(LoggedOutPage(was_logged_in=False))  # too late, or twice
    try:
        answered = answered_logout(
            received,
            issuer=party.entity_id,
            here=side.url,
            request_id=run.request_id,
            now=rt.clock(),
        )
    except WireRefused as refused:
        note(rt, RefusedLogout.ANSWER, "received", refused.reason, found_in(refused))
        return logout_chain.returned(rt, run, closed=False, said="refused")
    said = "closed" if answered.is_closed else "not_closed"
    return logout_chain.returned(rt, run, closed=answered.is_closed, said=said)

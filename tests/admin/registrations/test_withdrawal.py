"""A registration is withdrawn once, and the audit names it in its own field."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.registrations.withdrawal import dependents, withdraw
from broker.downstream import NewGrant
from broker.settings import Settings
from broker.sso import grants
from broker.sso.logout import LogoutNotifier
from directory.people import Person
from providers.federation_members import BETWEEN
from state import audit, registrations
from state.audit import EventTag
from state.db import writing
from state.registrations import Kind
from tests.admin.registrations.documents import HELP_DESK, PORTAL, ROBIN, SERVICE, UUID, applied
from tests.clocks import START
from tests.keys_for_tests import make_sealer


@pytest.mark.parametrize(
    ("kind", "name", "field", "ended"),
    [
        (Kind.SERVICE, UUID, "service_uuid", {"grants": 0, "consents": 0, "requests": 0}),
        (Kind.CLIENT, "portaal", "client_id", {"grants": 0, "consents": 0}),
        (Kind.HELP_DESK, "site", None, {}),
    ],
)
def test_what_leaves_is_named_by_its_kind(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    kind: Kind,
    name: str,
    field: str | None,
    ended: dict[str, int],
) -> None:
    applied(session, settings, tmp_path, SERVICE, PORTAL, HELP_DESK)
    assert dependents(session, make_sealer(), kind, name, START) == ()
    notifier = LogoutNotifier(make_sealer(), {}, {}, START)
    with writing(session):
        assert withdraw(session, notifier, kind, name, actor=ROBIN)
        assert not withdraw(session, notifier, kind, name, actor=ROBIN)
    (event,) = audit.recent(session, tags=[EventTag.REGISTRATION_REMOVED])
    named = {
        where: getattr(event, where)
        for where in ("service_uuid", "client_id", "provider_id")
        if getattr(event, where) is not None
    }
    assert named == ({} if field is None else {field: name})
    assert event.details == {"kind": str(kind), "name": name, **ended}
    assert (event.person_id, event.outcome) == ("robin", "removed")


@pytest.mark.parametrize(
    ("kind", "name", "mine", "of_another"),
    [
        (Kind.IDENTITY_PROVIDER, "polder", "polder", "polder2"),
        (Kind.FEDERATION, "noordzee", f"noordzee{BETWEEN}member", "noordzee2"),
    ],
)
def test_what_a_makelaar_gave_opens_nothing_when_it_is_registered_again(
    session: Session, roos: Person, kind: Kind, name: str, mine: str, of_another: str
) -> None:
    """A token whose session rose at another makelaar, or that has none."""
    hour = START + timedelta(hours=1)
    with writing(session):
        registrations.save(session, kind, name, {}, START)
        for grant, provider_id in (("mine", mine), ("other", of_another)):
            held = NewGrant(grant, "portaal", roos.id, UUID, hour)
            grants.insert(session, held, START, provider_id=provider_id)
    with writing(session):
        notifier = LogoutNotifier(make_sealer(), {}, {}, START)
        assert withdraw(session, notifier, kind, name, actor=ROBIN)
        registrations.save(session, kind, name, {}, START)
    assert grants.live(session, "mine", START) is None
    assert grants.live(session, "other", START) == roos.id
    (event,) = audit.recent(session, tags=[EventTag.REGISTRATION_REMOVED])
    assert (event.provider_id, event.details["grants"]) == (name, 1)

"""How it stands with the metadata of a party, in a list and on its own page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from admin.actor import COMMAND_LINE
from admin.metadata import approval, status
from admin.metadata.status import MetadataState, PartyOverview
from state.outgoing import OutgoingFailed
from state.registrations import Kind
from tests.admin.metadata.conftest import Installed
from tests.admin.metadata.publishing import YEAR, document

DAY = 86400


def fails(installed: Installed) -> None:
    installed.look(OutgoingFailed("timeout"))


def waits(installed: Installed) -> None:
    installed.look(document("next", until=YEAR))


def is_rejected(installed: Installed) -> None:
    waits(installed)
    with installed.process.sessions() as session:
        (one,) = status.statuses(session)
    assert one.waiting is not None
    digest = one.waiting.digest
    installed.in_session(
        lambda session: approval.reject(
            session,
            Kind.IDENTITY_PROVIDER,
            one.name,
            digest=digest,
            actor=COMMAND_LINE,
            now=installed.clock(),
            because="not announced",
        )
    )


def ends_soon(installed: Installed) -> None:
    installed.clock.advance(YEAR - 29 * DAY)


def has_ended(installed: Installed) -> None:
    installed.clock.advance(YEAR + DAY)


@pytest.mark.parametrize(
    ("happens", "state"),
    [
        ((), MetadataState.WELL),
        ((fails,), MetadataState.FAILS),
        ((waits,), MetadataState.WAITS),
        ((is_rejected,), MetadataState.REJECTED),
        ((ends_soon,), MetadataState.ENDS_SOON),
        ((has_ended,), MetadataState.ENDED),
        ((fails, ends_soon), MetadataState.FAILS),
        ((fails, has_ended), MetadataState.ENDED),
        ((waits, has_ended), MetadataState.WAITS),
        ((is_rejected, fails), MetadataState.FAILS),
        ((is_rejected, ends_soon), MetadataState.ENDS_SOON),
    ],
)
def test_what_asks_for_an_operator_first_is_told_alike_in_list_and_page(
    installed: Installed, happens: tuple[Callable[[Installed], None], ...], state: MetadataState
) -> None:
    installed.begin(document("makelaar", until=YEAR))
    for one in happens:
        one(installed)
    listed, own = seen(installed)
    assert listed == own
    assert listed.state is state


def test_a_party_of_which_nothing_is_kept_yet_is_listed(installed: Installed) -> None:
    installed.begin(metadata=document("makelaar", until=YEAR))
    installed.in_session(lambda session: session.delete(session.merge(installed.row())))
    listed, own = seen(installed)
    assert listed == own and listed.ends_at is not None and listed.address is None


def seen(installed: Installed) -> tuple[PartyOverview, PartyOverview]:
    now = installed.clock()
    with installed.process.sessions() as session:
        (listed,) = status.overviews(session, now)
        (own,) = status.statuses(session)
        return listed, own.overview(now)

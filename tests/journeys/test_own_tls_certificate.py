"""Our certificate in TLS on its day: a running process shows the current one at every call over
SOAP, to makelaars and to portals, and nobody starts anything again.
"""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from keys.keyring import KeyState, KeyUse
from keys.rotation import introduce, make_key
from sandbox.portal.clients import BODEM
from state.db import writing
from state.outgoing_tls import KeptCertificate, OwnCertificate
from tests.broker.saml.logout_world import LogoutWorld
from tests.journeys.test_keys import see_keys
from tests.world import InProcessOutgoing, World

IN: Final = "U bent ingelogd"
USE: Final = KeyUse.SAML_TLS_CLIENT
SOON: Final = timedelta(seconds=45)  # after one look at the keys, before the next


class Shown:
    """The keys that were shown, one for each call that showed any."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ids: list[str] = []
        assert isinstance(world.process.outgoing, InProcessOutgoing)
        monkeypatch.setattr(world.process.outgoing, "_showing", self._showing)

    def _showing(self, certificate: OwnCertificate) -> ssl.SSLContext:
        assert isinstance(certificate, KeptCertificate)
        self.ids.append(certificate.name.split()[0])
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def taken(self) -> list[str]:
        found, self.ids = self.ids, []
        return found


def make(world: World) -> str:
    """The first certificate of this use, as ``sluis keys import`` leaves it; its key."""
    with world.session() as session, writing(session):
        return make_key(session, world.process.sealer, USE, "RSA", KeyState.ACTIVE, world.clock())


def test_the_next_certificate_is_shown_from_its_day_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Shown(world, monkeypatch)

    def log_in() -> list[str]:
        page = world.walk(BODEM.name, "Waterpoort", "jan", browser=world.browser()).run()
        assert page.heading == IN, page.text
        return shown.taken()

    assert log_in() == []  # nobody imported one
    first = make(world)
    see_keys(world)
    assert log_in() == [first]
    with world.session() as session, writing(session):
        following = introduce(
            session,
            world.process.sealer,
            USE,
            "RSA",
            world.clock(),
            activates_at=world.runtime.configuration.loaded_at + SOON,
        )
    see_keys(world)
    assert log_in() == [first]
    see_keys(world)
    assert log_in() == [following]


@pytest.mark.parametrize("whom", ["portal", "makelaar"])
def test_whoever_is_told_of_a_logout_by_soap_sees_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whom: str
) -> None:
    bindings = ("SOAP",)
    here = LogoutWorld(
        tmp_path,
        portal=bindings if whom == "portal" else (),
        makelaar=bindings if whom == "makelaar" else (),
    )
    ours = make(here.world)
    see_keys(here.world)
    shown = Shown(here.world, monkeypatch)
    here.log_out(here.log_in())
    here.deliver()
    party = here.portal if whom == "portal" else here.makelaar
    assert [heard.binding for heard in party.heard] == ["SOAP"]
    assert shown.taken() == [ours]

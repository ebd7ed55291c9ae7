"""Every protocol that a login request may name is there."""

from __future__ import annotations

from broker.downstream import DownstreamName
from broker.protocols import PROTOCOLS, downstreams
from directory import services
from directory.services import OidcClient, RelyingParty
from tests.broker.facts import some_settings
from tests.keys_for_tests import make_sealer


def test_every_name_that_a_login_request_carries_has_its_protocol() -> None:
    assert set(PROTOCOLS) == set(DownstreamName)
    made = downstreams(some_settings(), make_sealer())
    assert {name: type(one) for name, one in made.items()} == dict(PROTOCOLS)


def test_every_kind_of_portal_speaks_a_protocol_that_is_there() -> None:
    kinds = {one for one in vars(services).values() if _is_portal(one)}
    assert OidcClient in kinds
    assert {kind.protocol for kind in kinds} <= {str(name) for name in PROTOCOLS}


def test_the_protocols_of_a_process_cannot_be_changed() -> None:
    made = downstreams(some_settings(), make_sealer())
    assert not hasattr(made, "__setitem__") and not hasattr(PROTOCOLS, "__setitem__")


def _is_portal(one: object) -> bool:
    return isinstance(one, type) and issubclass(one, RelyingParty) and one is not RelyingParty

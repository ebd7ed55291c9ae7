"""What is fuzzed: where each message of somebody else comes in, and good ones to begin with.

A target takes any bytes and raises only where the product is wrong: an exception that is no
refusal, or a message that means something else than the good ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from broker.downstream import LoginRefused
from broker.saml.authn_request import parse
from broker.saml.errors import StatusRefused, UntrustedRequest
from providers.members import Makelaars
from tests.attacks import test_metadata_fuzz as metadata_inputs
from tests.attacks import test_saml_fuzz as responses
from tests.broker.saml import asking
from tests.broker.saml.portals import IDP, form, signed
from tests.clocks import START


@dataclass(frozen=True)
class FuzzTarget:
    """``seeds``: good messages; ``look``: what is done with any bytes."""

    seeds: Callable[[], Sequence[bytes]]
    look: Callable[[bytes], None]


def _response(raw: bytes) -> None:
    for kind, (_, provider) in responses.KINDS.items():
        found = responses.judged(provider, raw)
        assert responses.same(found, _good()[kind]), kind


@cache
def _good() -> Mapping[str, object]:
    return {kind: responses.judged(one[1], one[0]) for kind, one in responses.KINDS.items()}


def _metadata(raw: bytes) -> None:
    metadata_inputs.read(raw, pinned=True)
    metadata_inputs.read(raw, pinned=False)


def _request(raw: bytes) -> None:
    try:
        target = asking.target(asking.messages.from_post(form(raw, None)))
        parse(target, asking.SERVICES, Makelaars({}), idp_entity_id=IDP, now=START)
    except (UntrustedRequest, StatusRefused, LoginRefused):
        return


TARGETS: Final[Mapping[str, FuzzTarget]] = {
    "response": FuzzTarget(lambda: [raw for raw, _ in responses.KINDS.values()], _response),
    "metadata": FuzzTarget(lambda: list(metadata_inputs.KINDS.values()), _metadata),
    "request": FuzzTarget(lambda: [signed(asking.GOOD.text())], _request),
}

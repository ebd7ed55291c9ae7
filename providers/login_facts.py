"""What a login was made with, as a session, a console and a grant keep it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assurance.accepted_factor import AcceptedFactor
from providers.interface import Identity
from state.copies import replace
from state.record_json import RecordJson, Unreadable


@dataclass(frozen=True)
class LoginFacts:
    """Who logged in how, at which service, and with which factor of Sluis. Facts alone: what they
    are worth is judged at each use, with the registrations of that moment.
    """

    identity: Identity
    service_uuid: str
    factor: AcceptedFactor | None


_AS_JSON: Final = RecordJson(LoginFacts)


def stored(facts: LoginFacts) -> bytes:
    """As they are kept, to be sealed; without what is needed only once."""
    return _AS_JSON.write(replace(facts, identity=facts.identity.lasting))


def read(kept: bytes) -> LoginFacts | None:
    """What was kept; None where another version of the program wrote it: log in anew."""
    try:
        return _AS_JSON.read(kept)
    except Unreadable:
        return None

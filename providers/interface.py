"""How a makelaar plugs in: what a login asks of it and what comes back. Two protocols, one
shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from assurance.levels import AssuranceLevel
from assurance.session_names import SessionName
from consent.authority import Authority
from keys.keyring import KeyRing
from providers import received
from providers.registry import ProviderRecord
from providers.trouble import Trouble
from state.copies import replace

NOTHING_SAID: Final = ""  # the makelaar's word for a level, where it gave none


@dataclass(frozen=True)
class AuthenticationRequest:
    """What a login asks of a makelaar."""

    relay_state: str  # opaque handle of at most 80 bytes; also the OIDC ``state``
    level: AssuranceLevel  # the least that will do
    service_uuid: str
    service_name: str
    service_id: str | None = None
    force_authn: bool = False
    max_age: int | None = None  # seconds
    login_hint: str | None = None
    locale: str = "nl"
    service_index: int | None = None  # of the service in our metadata, where it has one
    most: AssuranceLevel | None = None  # the level that a scheme has the service at


@dataclass(frozen=True)
class Remembered:
    """What must be kept until the answer: strings only, so that it survives JSON. Never shown."""

    provider_id: str
    request_id: str  # SAML AuthnRequest ID, or the OIDC nonce
    requested_at: datetime
    level: AssuranceLevel
    values: Mapping[str, str] = field(default_factory=dict)  # code_verifier, redirect_uri, …


@dataclass(frozen=True)
class Departure:
    """Where the browser goes: a URL, or a form that posts itself to ``url`` when ``fields`` is not
    empty.
    """

    url: str
    remembered: Remembered
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Callback:
    """The makelaar's answer as it arrived, each parameter exactly as often as it was sent."""

    method: str  # GET or POST
    parameters: tuple[tuple[str, str], ...]
    url: str  # the address it was sent to: configured base URL and path, without query
    received_at: datetime

    def one(self, name: str) -> str | None:
        """The value of a parameter, None when absent. Raises ProviderRefused(repeated_parameter) on
        two.
        """
        found = [value for key, value in self.parameters if key == name]
        if len(found) > 1:
            what = f"{name} occurs {len(found)} times"
            raise ProviderRefused(
                "repeated_parameter", what, element=name, seen=len(found), expected=1
            )
        return found[0] if found else None


@dataclass(frozen=True)
class Identity:
    """Who logged in, as one makelaar says, after every check. The key is (provider_id, subject).

    ``said`` is the makelaar's own word for the level, NOTHING_SAID where it gave none;
    ``proofing``, ``authentication``, ``own_means`` and the level of an ``authority`` are what that
    was worth at one moment. Whoever kept an identity judges it anew (``providers.worth``).
    """

    provider_id: str
    subject: str
    proofing: AssuranceLevel
    authentication: AssuranceLevel
    authenticated_at: datetime
    factors: tuple[str, ...] = ()  # names of methods that the makelaar reports, lower case
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # display_name, email
    authority: tuple[Authority, ...] = ()  # asserted by the makelaar; empty when it asserts none
    replay_keys: tuple[str, ...] = ()  # ids that must be seen once: response id, assertion id
    own_means: AssuranceLevel | None = None  # level of a means that Sluis itself issued
    own_means_for: str | None = None  # OIN of the only party at whose services it counts
    said: str | None = None  # NOTHING_SAID for none; None for an account at Sluis
    session_until: datetime | None = None  # when the makelaar wants a session on it to be over
    replay_until: datetime | None = None  # keep replay_keys at least until here
    # What the makelaar rests its word on, to be kept sealed and never read (SAML: Advice).
    evidence: str | None = field(default=None, repr=False)
    there: tuple[SessionName, ...] = ()  # what the makelaar calls the session that began there

    @property
    def lasting(self) -> Identity:
        """Without what is needed only once."""
        return replace(self, replay_keys=(), replay_until=None, there=(), evidence=None)


def _bounded(measured: Mapping[str, str | int]) -> dict[str, str | int]:
    """Texts that fit a trace, whoever wrote them."""
    return {
        name: received.told(value) if isinstance(value, str) else value
        for name, value in measured.items()
    }


class ProviderRefused(Exception):
    """The message is not acceptable. ``reason`` is a stable machine word; ``detail`` is for the
    log, free of personal data and of anything the sender wrote beyond short, quoted protocol
    values.
    """

    def __init__(self, reason: str, detail: str = "", **measured: str | int) -> None:
        """``measured``: for the trace, what was found and what was expected: values of the protocol
        (algorithms, entity ids, addresses, counts, seconds), never anything about a person.
        """
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.measured = _bounded(measured)


class ProviderCancelled(Exception):
    """The user or the makelaar ended the login in an orderly way (AuthnFailed, access_denied).
    ``measured`` as in ProviderRefused.
    """

    def __init__(self, detail: str = "", **measured: str | int) -> None:
        super().__init__(detail)
        self.measured = _bounded(measured)


class ProviderLevelTooLow(Exception):
    """The makelaar could not give the level that was asked (NoAuthnContext, or a lower one in the
    answer). ``measured`` as in ProviderRefused.
    """

    def __init__(
        self, asked: AssuranceLevel, given: AssuranceLevel | None, **measured: str | int
    ) -> None:
        super().__init__(f"asked {asked.label}, given {given.label if given else 'none'}")
        self.asked = asked
        self.given = given
        self.measured = _bounded(measured)


class ProviderLevelUnknown(Exception):
    """The answer holds in every respect, and what it says about the level is nothing that the
    registration knows. ``measured`` as in ProviderRefused: what was said, and the line to add.
    """

    def __init__(self, asked: AssuranceLevel, **measured: str | int) -> None:
        super().__init__(f"asked {asked.label}, given a level that is not understood")
        self.asked = asked
        self.measured = _bounded(measured)


class ProviderUnavailable(Exception):
    """The makelaar could not be asked: it is away, or something between us and it does not fit.

    ``trouble``: which, and so whose it is; ``measured`` as in ProviderRefused: for a registration
    the ``setting`` and what it holds. ``retry_after``: seconds until another try is made.
    ``is_hearsay``: the browser alone brought it, so anybody may have written it.
    """

    def __init__(
        self,
        detail: str = "",
        trouble: Trouble = Trouble.UNAVAILABLE,
        *,
        measured: Mapping[str, str | int] = MappingProxyType({}),
        retry_after: int | None = None,
        is_hearsay: bool = False,
    ) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.measured = measured
        self.retry_after = retry_after
        self.is_hearsay = is_hearsay

    @property
    def reason(self) -> str:
        """The machine word of the trouble."""
        return self.trouble.value


class RedirectProvider(Protocol):
    """A makelaar to which the browser is sent. Implementations: providers.saml, providers.oidc."""

    def begin(self, ask: AuthenticationRequest, now: datetime) -> Departure: ...

    def finish(self, remembered: Remembered, callback: Callback) -> Identity:
        """Check the answer completely. Raises ProviderRefused, ProviderCancelled,
        ProviderLevelTooLow, ProviderLevelUnknown, ProviderUnavailable. Single use of
        ``replay_keys`` is the caller's to enforce, atomically.
        """
        ...


# How a process makes what it asks for a login, from a record and the keys of the moment.
AdapterFactory = Callable[[ProviderRecord, KeyRing], RedirectProvider]

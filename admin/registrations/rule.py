"""One rule of a registration: what it looks at, and how a document that breaks it is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from directory.web_addresses import AddressFault
from state.addresses import OutgoingRefused
from state.outgoing import OutgoingClient, OutgoingFailed

M = TypeVar("M")
_LONGEST: Final = 60  # characters of a value that is shown

_USER: Final = re.compile(r"(?<=//)[^/]*@")  # greedy: a password may hold an @


@dataclass(frozen=True)
class Breach:
    """What breaks a rule. ``field`` as documents write it, ``what`` is wrong with it, ``instead``
    what to write. ``warns``: it works, and seldom as it was meant.
    """

    field: str
    what: str
    instead: str
    warns: bool = False

    def __str__(self) -> str:
        return f"{self.field}: {self.what}; {self.instead}"


@dataclass(frozen=True)
class Rule(Generic[M]):
    """A row of a table. ``look`` gets the document and the calls that this installation may make,
    and gives the breaches of ``field``.
    """

    field: str
    look: Callable[[M, OutgoingClient], Iterable[Breach]]


def only(model: type[M], rules: Iterable[Rule[M]]) -> tuple[Rule[Any], ...]:
    """These rules, for documents of a kind that are of this model."""
    return tuple(_for(model, rule) for rule in rules)


def _for(model: type[M], rule: Rule[M]) -> Rule[Any]:
    def look(document: Any, calls: OutgoingClient) -> Iterable[Breach]:
        return rule.look(document, calls) if isinstance(document, model) else ()

    return Rule(rule.field, look)


def never(field: str, holds: Callable[[M], bool], what: str, instead: str) -> Rule[M]:
    """A document for which ``holds`` is true is refused."""

    def look(model: M, _: OutgoingClient) -> Iterator[Breach]:
        if holds(model):
            yield Breach(field, what, instead)

    return Rule(field, look)


def addresses(
    field: str,
    of: Callable[[M], Sequence[str] | str | None],
    fault: Callable[[M, str], AddressFault | None],
) -> Rule[M]:
    """One address or several, judged each."""

    def look(model: M, _: OutgoingClient) -> Iterator[Breach]:
        for place, address in _each(field, of(model)):
            found = fault(model, address)
            if found is not None:
                yield Breach(place, f"{shown(address)}: {found.what}", found.instead)

    return Rule(field, look)


def called(field: str, of: Callable[[M], Sequence[str] | str | None]) -> Rule[M]:
    """Addresses that Sluis calls: what the rules for outgoing calls forbid is never called."""

    def look(model: M, calls: OutgoingClient) -> Iterator[Breach]:
        for place, address in _each(field, of(model)):
            try:
                calls.check(address)
            except OutgoingRefused as refused:
                what, instead = refusal(refused)
                yield Breach(place, f"{shown(address)} will never be called: {what}", instead)

    return Rule(field, look)


_REFUSALS: Final = {
    "url_malformed": ("it is no whole address", "write https://, host and path in plain ASCII"),
    "scheme": ("it is not https", "write https://; http is for development.loopback alone"),
    "userinfo": ("it holds a user name", "take away what stands before the @, and the @"),
    "host": ("its host is no full domain name", "write the name that its certificate is for"),
    "port": ("its port is not one that we call", "let it listen on 443 or 8443"),
    "address": (
        "its name leads to an address that is not on the internet",
        "let it have a public address",
    ),
}


def refusal(refused: OutgoingRefused) -> tuple[str, str]:
    """What a rule for outgoing calls found, and what to do: mend the address, or make the exception
    that the rule has.
    """
    what, instead = _REFUSALS.get(refused.reason, (refused.rule, "correct the address"))
    if refused.setting:
        entry = f"{refused.entry} " if refused.entry else ""
        instead = f"{instead}, or to allow it add {entry}to {refused.setting}"
    return f"{what} (rule {refused.reason})", instead


_FAILURES: Final = {
    "name_not_found": ("its host is not in DNS", "correct the host, or let the party mend its DNS"),
    "timeout": (
        "it does not answer in time",
        "look whether it runs, and whether a firewall of yours lets this machine out",
    ),
    "no_answer": (
        "nothing answers there",
        "look whether it runs, and whether a firewall of yours lets this machine out",
    ),
    "refused": (
        "nobody listens there",
        "correct host and port, or let the party look whether its server runs",
    ),
    "tls_name": (
        "its certificate is of another name",
        "correct the host, or let the party mend its certificate",
    ),
    "tls_expired": (
        "its certificate is over, or not valid yet",
        "let the party renew it; look at the clock of this machine as well",
    ),
    "tls_untrusted": (
        "its certificate is of an authority that is not known here",
        "put the authority's certificate in outgoing.ca_file if it is one of your own, or let the "
        "party send the whole chain",
    ),
    "tls": (
        "no TLS connection can be made with it",
        "correct the port, or let the party offer TLS 1.2 or newer there",
    ),
    "tls_client": (
        "it does not accept the certificate that we show it, or wants one",
        "write the certificate that the party knows, or let it take this one",
    ),
    "redirected": ("it sends us on to another address", "write the address where it ends"),
    "too_large": ("it answers more than we read", "let the party say less there"),
    "not_json": ("its answer is no JSON", "correct the address, or let the party look"),
    "cut_short": ("its answer stops half-way", "try again; else let the party look"),
    "circuit_open": ("it failed several times in a row", "try again in half a minute"),
    "too_slow": (
        "it answers slowly, and has as many calls of ours as it gets while it does",
        "let the party look why, and try again",
    ),
}


def failure(failed: OutgoingFailed) -> tuple[str, str]:
    """What went wrong in a call, and what to do."""
    return _FAILURES.get(failed.reason, (failed.explained, "try again later"))


def shown(value: Any) -> str:
    """A value as a message may hold it: one line, cut, without a password in an address."""
    text = _USER.sub("…@", repr(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _each(field: str, value: Sequence[str] | str | None) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    else:
        yield from ((f"{field}.{number}", one) for number, one in enumerate(value or ()))

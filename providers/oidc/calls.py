"""Calls that did not come about, in the words of a login: whether the makelaar is away, or rules
and settings of ours are in the way.
"""

from __future__ import annotations

from typing import Final

from providers.interface import ProviderUnavailable
from state.addresses import OutgoingRefused
from state.outgoing import OutgoingFailed
from state.outgoing_failures import CA_FILE

FORBIDDEN: Final = "outgoing_refused"
PROXY: Final = "outgoing_proxy"
UNTRUSTED: Final = "outgoing_untrusted"
PROXY_SETTINGS: Final = "outgoing.proxy"  # and those that begin like it


def unavailable(where: str, error: OutgoingRefused | OutgoingFailed) -> ProviderUnavailable:
    """``where``: the endpoint that was called. What our rules forbid names the rule, what was seen
    and the setting.
    """
    if isinstance(error, OutgoingRefused):
        found = _given(outgoing_rule=error.reason, seen=error.seen, setting=error.setting)
        return ProviderUnavailable(f"{where}: {error}", FORBIDDEN, measured=found)
    return ProviderUnavailable(
        f"{where}: {error.explained}",
        _whose(error),
        measured=_given(failure=error.reason, setting=error.setting),
        retry_after=error.retry_after,
    )


def _whose(error: OutgoingFailed) -> str:
    if error.setting.startswith(PROXY_SETTINGS):
        return PROXY
    return UNTRUSTED if error.setting == CA_FILE else "unavailable"


def _given(**found: str) -> dict[str, str | int]:
    return {name: value for name, value in found.items() if value}

"""The pages of another e-mail address (A21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.account.pages import MineFrame


@dataclass(frozen=True)
class OwnAddressPage:
    """``of_document``: the organisation keeps the address, so that nothing can be changed here.
    ``error``: ``not_an_address``, ``same``, ``limited`` or ``taken``; ``given``: what was filled
    in.
    """

    mine: MineFrame
    email: str | None
    of_document: bool
    error: str = ""
    given: str = ""
    template: str = "account/address.html"


@dataclass(frozen=True)
class OwnAddressCodePage:
    """The code that was sent to the new address. ``error``: ``wrong``."""

    mine: MineFrame
    email: str
    valid_until: datetime
    error: str = ""
    template: str = "account/address_code.html"

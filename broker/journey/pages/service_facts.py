"""What an administrator needs to give a mandate (A3): names and numbers of the service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceFacts:
    """All of it public: what stands in the service catalogue. ``mail``: a ready message with it, as
    an address that opens the mail program of the user.
    """

    name: str
    uuid: str
    service_id: str
    owner: str
    owner_oin: str
    level: str
    chain_mandates: bool
    mail: str

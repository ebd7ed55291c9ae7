"""How much one organisation may ask about means in a day: requests that somebody decides on, and
letters that are printed and stamped. Far above what an organisation does.
"""

from __future__ import annotations

from typing import Final

from state import limits
from state.ephemeral import ExpiringStore
from state.limits import Limit

REQUESTS: Final = Limit("means-requests-company", 200, 86400)
LETTERS: Final = Limit("means-letters-company", 100, 86400)


def is_too_much(store: ExpiringStore, limit: Limit, organisation_id: str) -> bool:
    """Counts one more, outside of any transaction. Raises StoreUnavailable."""
    return bool(limits.spend(store, (limit, organisation_id)))

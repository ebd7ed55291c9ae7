"""What is being enrolled and not yet confirmed: sealed, for one session and ten minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError

from broker.account.access import AccountContext
from keys.sealing import SealBroken

HOLDS: Final = timedelta(minutes=10)
_CONTEXT: Final = "factor-pending"


@dataclass(frozen=True)
class Pending:
    """``secret``: a seed, a phone number or a challenge; ``code_hash`` of the SMS that went out."""

    secret: str
    began_at: datetime
    code_hash: str = ""


_PENDING: Final = TypeAdapter(Pending)


def put(owner: AccountContext, what: str, pending: Pending) -> None:
    """Begin, or begin anew."""
    sealed = owner.rt.sealer.seal(_PENDING.dump_json(pending), _CONTEXT)
    owner.rt.store.put(_key(owner, what), sealed, int(HOLDS.total_seconds()))


def get(owner: AccountContext, what: str) -> Pending | None:
    return _opened(owner, owner.rt.store.get(_key(owner, what)))


def take(owner: AccountContext, what: str) -> Pending | None:
    """End it; of two requests one gets it."""
    return _opened(owner, owner.rt.store.take(_key(owner, what)))


def show_once(owner: AccountContext, what: str, pending: Pending) -> bool:
    """Note that the secret is shown now; of two requests one gets True."""
    mark = owner.rt.sealer.fingerprint("factor-shown", what, pending.secret)
    return owner.rt.store.add_once(f"factor-shown:{mark}", int(HOLDS.total_seconds()))


def _opened(owner: AccountContext, raw: bytes | None) -> Pending | None:
    try:
        return _PENDING.validate_json(owner.rt.sealer.open(raw, _CONTEXT)) if raw else None
    except (SealBroken, ValidationError):  # the second: another version of the program wrote it
        return None


def _key(owner: AccountContext, what: str) -> str:
    return f"factor-pending:{what}:{owner.session.grant_id}"

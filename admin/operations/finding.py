"""Finding: what one check of an installation saw, and what to do about it. What is wrong is told
once, where it is; what cannot be seen because of it says only that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from admin.installation import Installation
from keys.sealing import MasterKeyError
from state import outages
from state.ephemeral import StoreUnavailable
from state.registrations import OfAnotherVersion

TABLES: Final = ("database", "schema")
# Tables of another version are looked at all the same: not each check reads what changed.
_SEEN_NEVERTHELESS: Final = frozenset({"schema"})
_PARTS: Final = frozenset({"database", "store"})
_UNNAMED: Final = "look in the log of the database, and of Sluis"


@dataclass(frozen=True)
class Finding:
    """``remedy`` is empty where all is well, and where nothing could be ``seen``: then ``after``
    names the check that must be well first.
    """

    check: str
    seen: str
    remedy: str = ""
    after: str = ""

    @property
    def verdict(self) -> str:
        """``ok``, ``problem`` or ``unseen``."""
        return "problem" if self.remedy else "unseen" if self.after else "ok"


Seen = tuple[bool, str]


@dataclass(frozen=True)
class Check:
    """``needs``: the checks, earlier in the row, without which nothing can be seen here;
    ``is_of_redis``: only where that is the store.
    """

    name: str
    look: Callable[[Installation], Seen]
    remedy: str
    needs: tuple[str, ...] = ()
    is_of_redis: bool = False


def findings(at: Installation, checks: Iterable[Check]) -> list[Finding]:
    """Each check in its turn. Raises nothing."""
    found: dict[str, Finding] = {}
    for check in checks:
        found[check.name] = _finding(at, check, found)
    return list(found.values())


def root_of(needs: Iterable[str], found: Iterable[Finding]) -> str:
    """The check that must be well before anything that has these needs; empty where all are."""
    named = {one.check: one for one in found}
    ill = (one for name in needs if (one := named.get(name)) and one.verdict != "ok")
    return next((one.after or one.check for one in ill), "")


def unseen(name: str, root: str) -> Finding:
    """Nothing is said of this check before its root is well."""
    return Finding(name, f"cannot be seen before this is mended: {root}", after=root)


def _finding(at: Installation, check: Check, found: dict[str, Finding]) -> Finding:
    needs = _needs(at, check)
    root = root_of([name for name in needs if name not in _SEEN_NEVERTHELESS], found.values())
    if root:
        return unseen(check.name, root)
    try:
        well, seen = check.look(at)
    except MasterKeyError as error:
        seen, _, instead = str(error).partition("; ")
        return Finding(check.name, seen, instead or check.remedy)
    except OfAnotherVersion as error:
        well, seen = False, str(error)
    except (SQLAlchemyError, StoreUnavailable, RedisError) as error:
        root = root_of(needs, found.values())
        return unseen(check.name, root) if root else _outage(check, error)
    except Exception as error:  # whatever it is, the other checks must still be told
        well, seen = False, type(error).__name__
    return Finding(check.name, seen, "" if well else check.remedy)


def _needs(at: Installation, check: Check) -> tuple[str, ...]:
    """A store that is in the database needs what that needs; what is asked of Redis alone needs
    none that is elsewhere.
    """
    is_redis = at.settings.store.url.startswith(("redis", "unix"))
    if check.name == "store" and at.settings.store.url == "sql:":
        return TABLES
    return () if check.is_of_redis and not is_redis else check.needs


def _outage(check: Check, error: SQLAlchemyError | StoreUnavailable | RedisError) -> Finding:
    outage = error.outage if isinstance(error, StoreUnavailable) else outages.outage_of(error)
    if outage is not None:
        return Finding(check.name, outage.says, outage.instead)
    remedy = check.remedy if check.name in _PARTS else _UNNAMED
    return Finding(check.name, type(error).__name__, remedy)

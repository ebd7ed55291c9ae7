"""Where a rotation of the master key stands: the file, the database, and the processes that run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from admin import presence
from admin.installation import Installation
from admin.presence import RunningProcess
from keys import resealing
from keys.master_key import MasterKeys
from keys.master_key_file import load_master_keys
from state.clock import utc_now
from state.ephemeral import StoreUnavailable
from state.stores import make_store

# What is sealed outside the tables (logins, codes, cookies of the consoles) lives half a day at
# most, and the processes were not restarted at the very moment of the switch.
ELSEWHERE: Final = timedelta(hours=24)
Counts = Mapping[str, Counter[str]]


@dataclass(frozen=True)
class Survey:
    """``counts``: kind → id of a key → values under it. ``processes``: those that ran in the last
    two minutes; None where the store does not tell.
    """

    path: Path
    keys: MasterKeys
    counts: Counts
    processes: tuple[RunningProcess, ...] | None

    @property
    def old(self) -> int:
        """Values under retiring keys."""
        return sum(self.under(key.id).total() for key in self.keys.retiring)

    @property
    def strange(self) -> Counter[str]:
        """Kind → values under keys that the file does not have."""
        ours = {key.id for key in self.keys.keys} | {resealing.NO_KEY}
        return +Counter(
            {
                kind: sum(number for key_id, number in by_key.items() if key_id not in ours)
                for kind, by_key in self.counts.items()
            }
        )

    @property
    def is_well(self) -> bool:
        """Nothing lies under a key that the file does not have, or under none."""
        return not self.strange and not self.under(resealing.NO_KEY)

    def under(self, key_id: str) -> Counter[str]:
        """Kind → values under this key, where there are any."""
        return +Counter({kind: by_key[key_id] for kind, by_key in self.counts.items()})


def survey(at: Installation) -> Survey:
    """Look everywhere. Changes nothing. Raises MasterKeyError."""
    path = at.settings.keys.master_key_file
    keys = load_master_keys(path)
    with Session(at.engine) as session:
        counts = resealing.counted(session)
    return Survey(path, keys, counts, running(at))


def running(at: Installation) -> tuple[RunningProcess, ...] | None:
    """The processes that ran in the last two minutes; None where the store does not answer."""
    try:
        return presence.seen(make_store(at.settings.store.url, at.engine, utc_now), utc_now())
    except StoreUnavailable:
        return None


def lacking(processes: Sequence[RunningProcess], key_id: str) -> list[RunningProcess]:
    """Those that cannot open what this key sealed."""
    return [process for process in processes if key_id not in process.key_ids]


def sealing_with(
    processes: Sequence[RunningProcess], key_ids: Sequence[str]
) -> list[RunningProcess]:
    """Those that still seal with one of these keys."""
    return [process for process in processes if process.seals_with in key_ids]


def drops_from(keys: MasterKeys) -> datetime:
    """When nothing outside the tables can lie under a retiring key any more."""
    return max(key.since for key in keys.retiring if key.since is not None) + ELSEWHERE


def told(counts: Mapping[str, int]) -> str:
    """``2 factor, 14 session``."""
    return ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items())) or "nothing"


def named(processes: Sequence[RunningProcess]) -> str:
    """The first few by name."""
    names = [process.name for process in processes]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")

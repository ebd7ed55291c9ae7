"""What the trade register says of an organisation, whichever register that is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.nl import bsn

from broker.texts.quoting import one_line

MOST_BRANCHES: Final = 2000


def _shown(value: object) -> object:
    """On one line and without invisible signs: a register is a source, not an author of ours."""
    return one_line(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_shown), StringConstraints(min_length=1, max_length=200)]
KvkNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
Rsin = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
BranchNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


# Trouble with the answer about one number: the register itself can be asked about others.
ABOUT_ONE: Final = frozenset({"not_understood", "other_number"})


class RegisterTrouble(Exception):
    """The register could not be asked, or what it said cannot be used. ``reason``: a machine
    word.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RegisteredBranch(BaseModel):
    """A branch (vestiging). ``address`` is None where the register keeps it to itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: BranchNumber
    name: Text
    address: Text | None = None


class RegisterEntry(BaseModel):
    """An organisation. ``ended``: the day on which it left the register."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kvk: KvkNumber
    name: Text
    rsin: Rsin | None = None
    address: Text | None = None
    ended: date | None = None
    branches: tuple[RegisteredBranch, ...] = Field(default=(), max_length=MOST_BRANCHES)


class TradeRegister(Protocol):
    """A register to ask. ``source``: a word of ``directory.organisation_records.RecordSource``."""

    source: str

    def find(self, kvk: str) -> RegisterEntry | None:
        """What it says of this number; None where it knows none. Raises RegisterTrouble."""
        ...


def is_rsin(number: str) -> bool:
    """Nine digits that pass the check of an RSIN, which is that of a citizen service number."""
    try:
        bsn.validate(number)
    except NumberInvalid:
        return False
    return len(number) == 9

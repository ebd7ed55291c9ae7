"""What ``sluis doctor --parties`` finds, in the words of every other check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy.orm import Session

from admin.installation import Installation
from admin.operations.finding import TABLES, Finding, root_of, unseen
from admin.parties import examination
from admin.parties.examination import Means, TriedParty
from admin.registrations import rules
from keys.keyring import load_keyring
from keys.master_key_file import load_sealer
from keys.sealing import MasterKeyError
from state.registrations import OfAnotherVersion

_NEEDS: Final = ("master key", *TABLES, "keys", "registrations")


def examine_parties(at: Installation, before: Iterable[Finding] = ()) -> list[Finding]:
    """Every makelaar and portal that is registered. ``before``: what was found of the installation,
    which must be well as far as this goes. Raises nothing.
    """
    root = root_of(_NEEDS, before)
    if root:
        return [unseen("parties", root)]
    try:
        sealer = load_sealer(at.settings.keys.master_key_file)
        with Session(at.engine) as session:
            keyring = load_keyring(session, sealer)
            means = Means(at.settings, lambda: rules.calls_of(at.settings), keyring, at.now)
            found = examination.registered(session, means)
    except MasterKeyError as error:
        return [Finding("parties", str(error), "put the key of this database back")]
    except OfAnotherVersion as error:
        return [Finding("parties", str(error), "run the version of Sluis that wrote it")]
    except Exception as error:  # whatever it is, the other checks must still be told
        return [Finding("parties", type(error).__name__, "mend what the checks above say first")]
    return list(findings(found)) or [Finding("parties", "no makelaar and no portal is registered")]


def findings(found: Iterable[TriedParty]) -> Iterator[Finding]:
    """One that is well for each that is, else one for each trouble."""
    for one in found:
        check = f"{one.kind} {one.name}"
        for trouble in one.troubles:
            yield Finding(check, trouble.told, trouble.remedy)
        if not one.troubles:
            yield Finding(check, one.note or "fits its registration")

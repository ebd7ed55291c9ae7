"""``python -m providers.saml.federation.reading FILE``: the process that reads the list of a
federation. It takes who may have signed on its standard input, and writes lines of JSON: what is
said of the whole, then each makelaar or why it was left out, then how many there were.

It ends with the memory and the processor time that it may use, whatever the file makes of it.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from lxml import etree

from keys.certificates import chain_from_pem
from providers.saml.federation.aggregate import Aggregate, read_aggregate
from providers.saml.federation.member_facts import member_facts
from providers.saml.wire.entities import entity_id_of
from providers.saml.wire.metadata_document import Signers
from providers.saml.wire.metadata_refused import MetadataRefused

CPU_SECONDS: Final = 240
TIMES_THE_FILE: Final = 6
BESIDE: Final = 256 * 1024 * 1024  # the program itself, as the system counts addresses
MOST_WRITTEN: Final = 512 * 1024 * 1024
REFUSED: Final = 3
_LONGEST: Final = 300


def main(arguments: list[str]) -> int:
    """0 where all was written, 3 where the list was refused."""
    path = Path(arguments[0])
    _limit(path)
    asked = json.load(sys.stdin)
    signers = Signers(
        tuple(chain_from_pem(asked["certificates"]) if asked["certificates"] else ()),
        frozenset(asked["fingerprints"]),
    )
    try:
        aggregate = read_aggregate(path, signers)
    except MetadataRefused as refused:
        _write({"refused": refused.reason, "told": str(refused)[:_LONGEST]})
        return REFUSED
    except MemoryError:
        _write({"refused": "too_large", "told": "it takes more memory than a file of its size may"})
        return REFUSED
    write_all(aggregate)
    return 0


def _limit(path: Path) -> None:
    """More than this is not used, so that a file made for it takes nothing from the server."""
    memory = BESIDE + TIMES_THE_FILE * path.stat().st_size
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        held = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (held, held))


def write_all(aggregate: Aggregate) -> None:
    """The lines of a list that was verified. What one entity makes of its own words stops no other:
    one on which we stumble is left out, and says so.
    """
    _write(
        {
            "signed_by": aggregate.signed_by,
            "created": _iso(aggregate.created),
            "valid_until": _iso(aggregate.valid_until),
        }
    )
    twice, number = aggregate.named_twice(), 0
    for entity in aggregate.makelaars():
        number += 1
        _write(_line(entity, twice))
        entity.clear()
    _write({"end": number})


def _line(entity: etree._Element, twice: frozenset[str]) -> dict[str, Any]:
    name = (entity.get("entityID") or "")[:_LONGEST]
    try:
        if entity_id_of(entity) in twice:
            raise MetadataRefused(
                "another makelaar in the list has its entityID", reason="entity_twice"
            )
        facts = asdict(member_facts(entity))
    except MetadataRefused as refused:
        return {"left_out": name, "reason": refused.reason, "told": str(refused)[:_LONGEST]}
    except MemoryError:
        raise
    except Exception as error:
        told = f"our own error ({type(error).__name__}); report it with the entity as published"
        return {"left_out": name, "reason": "our_error", "told": told}
    return {**facts, "ends_at": _iso(facts["ends_at"])}


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

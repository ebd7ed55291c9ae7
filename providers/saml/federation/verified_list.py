"""The list of a federation, verified in a process of its own: whoever asks for it holds one member
at a time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import providers
from providers.saml.federation.member_facts import MemberFacts
from providers.saml.federation.reading import REFUSED
from providers.saml.wire.metadata_refused import MetadataRefused

SECONDS: Final = 600  # of this machine's clock, where others work on it as well
_MODULE: Final = "providers.saml.federation.reading"
_ROOT: Final = Path(providers.__file__).parent.parent


@dataclass(frozen=True)
class LeftOut:
    """An entity of which no login would be believed, and why."""

    entity_id: str
    reason: str
    told: str


@dataclass(frozen=True)
class VerifiedList:
    """``signed_by``: SHA-256 of the certificate whose key signed all of it. ``members`` can be
    gone through once.
    """

    signed_by: str
    created: datetime | None
    valid_until: datetime | None
    members: Iterator[MemberFacts | LeftOut]


@contextmanager
def verified_list(
    file: Path, certificates: str | None, fingerprints: tuple[str, ...]
) -> Iterator[VerifiedList]:
    """The list in this file, signed by one of these. Raises MetadataRefused, and then nothing of it
    was handed out.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as lines:
        _run(file, {"certificates": certificates, "fingerprints": fingerprints}, lines)
        lines.seek(0)
        said = json.loads(lines.readline())
        yield VerifiedList(
            said["signed_by"],
            _moment(said["created"]),
            _moment(said["valid_until"]),
            _members(lines),
        )


def _run(file: Path, asked: dict[str, Any], lines: IO[str]) -> None:
    """Write the lines of the process. Raises MetadataRefused where it did not come to its end."""
    environment = {**_system(), "PYTHONPATH": os.pathsep.join([str(_ROOT), *sys.path])}
    try:
        done = subprocess.run(  # noqa: S603  # our own program; the file is data
            [sys.executable, "-m", _MODULE, str(file)],
            input=json.dumps(asked),
            stdout=lines,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS,
            check=False,
            text=True,
            encoding="utf-8",
        )
    except subprocess.TimeoutExpired:
        raise MetadataRefused(
            f"it was not read within {SECONDS} seconds", reason="too_slow"
        ) from None
    lines.seek(0)
    if done.returncode == REFUSED:
        said = json.loads(lines.readline())
        raise MetadataRefused(said["told"], reason=said["refused"])
    if done.returncode != 0:
        raise MetadataRefused(
            f"the process that reads it ended with {done.returncode}: it takes more memory or "
            "time than a file of its size may",
            reason="not_read",
        )


def _system() -> dict[str, str]:
    """What a program needs of the machine; nothing of our settings."""
    names = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR", "TZ")
    return {name: os.environ[name] for name in names if name in os.environ}


def _members(lines: IO[str]) -> Iterator[MemberFacts | LeftOut]:
    for number, line in enumerate(lines):
        said = json.loads(line)
        if "end" in said:
            if said["end"] != number:
                break
            return
        yield _left_out(said) if "left_out" in said else _facts(said)
    raise MetadataRefused("it was not read to its end", reason="not_read")


def _left_out(said: dict[str, Any]) -> LeftOut:
    return LeftOut(said["left_out"], said["reason"], said["told"])


def _facts(said: dict[str, Any]) -> MemberFacts:
    lists = {name: tuple(said[name]) for name in ("categories", "scopes")}
    return MemberFacts(**{**said, **lists, "ends_at": _moment(said["ends_at"])})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None

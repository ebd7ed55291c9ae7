"""Write what this version is built on: a bill of materials (CycloneDX 1.6) of
requirements-run.lock, what production installs.

``python -m tools.sbom [FILE]`` writes to FILE or to standard output; licences are those that the
installed packages declare.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements-run.lock"
_PINNED: Final = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One package of the lock; ``hashes`` are SHA-256 of its published files."""

    name: str
    version: str
    hashes: tuple[str, ...]


def locked(text: str) -> Iterator[Locked]:
    """The packages of a lock, in its order."""
    for block in re.split(r"\n(?=\S)", text):
        pinned = _PINNED.match(block)
        if pinned is not None:
            yield Locked(pinned[1].lower(), pinned[2], tuple(_HASH.findall(block)))


def bill(packages: list[Locked]) -> dict[str, Any]:
    """The document; the same for the same lock and the same installed packages."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "sluis",
                "version": version("sluis"),
                "licenses": [{"license": {"id": "EUPL-1.2"}}],
            }
        },
        "components": [_component(package) for package in packages],
    }


def _component(package: Locked) -> dict[str, Any]:
    licence = _licence(package.name)
    return {
        "type": "library",
        "name": package.name,
        "version": package.version,
        "purl": f"pkg:pypi/{package.name}@{package.version}",
        **({"licenses": [{"license": {"name": licence}}]} if licence else {}),
    }


def _licence(name: str) -> str | None:
    """What the package says of itself; None where it is not installed here or says nothing."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return None
    text = said.get("License-Expression") or said.get("License") or ""
    return text.splitlines()[0][:100] if text.strip() else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    chosen: Path | None = parser.parse_args().file
    made = json.dumps(bill(list(locked(LOCK.read_text(encoding="utf-8")))), indent=2) + "\n"
    if chosen is None:
        sys.stdout.write(made)
    else:
        chosen.parent.mkdir(parents=True, exist_ok=True)
        chosen.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

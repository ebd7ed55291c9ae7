"""What this machine has of the software of others that some tests need."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.servers import postgresql_commands

SIMPLESAMLPHP: Final = Path("/usr/share/simplesamlphp")
APACHE_MODULES: Final = Path("/usr/lib/apache2/modules")


def chromium() -> str | None:
    """Path of the system's Chromium (``SLUIS_CHROMIUM`` names another), or None."""
    named = os.environ.get("SLUIS_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if (found := shutil.which(name))), None)


def headless_shell() -> str | None:
    """Path of Chromium's headless shell: the same engine without what a window needs, at a seventh
    of the work. The browser itself where there is none.
    """
    named = os.environ.get("SLUIS_CHROMIUM")
    return named or shutil.which("chromium-headless-shell") or chromium()


def _has_commands(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


# marker -> software -> is it there?
NEEDED: Final[Mapping[str, Mapping[str, Callable[[], bool]]]] = {
    "browser": {"Chromium": lambda: chromium() is not None},
    "postgres": {"PostgreSQL": lambda: postgresql_commands() is not None},
    "interop_php": {
        "PHP": _has_commands("php"),
        "SimpleSAMLphp": SIMPLESAMLPHP.is_dir,
    },
    "interop_apache": {
        "Apache": _has_commands("apache2"),
        "mod_auth_mellon": (APACHE_MODULES / "mod_auth_mellon.so").is_file,
    },
    "interop_openidc": {
        "Apache": _has_commands("apache2"),
        "mod_auth_openidc": (APACHE_MODULES / "mod_auth_openidc.so").is_file,
    },
    "interop_java": {"Java": _has_commands("java"), "Maven": _has_commands("mvn")},
    "interop_node": {"Node.js with npm": _has_commands("node", "npm")},
}


def missing_for(markers: set[str]) -> list[str]:
    """Names of the software that tests with these markers need and that is not here."""
    return [
        software
        for marker, needed in NEEDED.items()
        if marker in markers
        for software, is_there in needed.items()
        if not is_there()
    ]

"""Install the pinned packages with pip, and show how far it is: a bar on a terminal, a line now and
then elsewhere. Runs before anything is installed, so it needs nothing but Python.

``python -m tools.install``: in the environment of this Python. Ends with the code of pip.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from sandbox.language import of_terminal
from sandbox.texts import said

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements.lock"
PIP: Final = (sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
BAR: Final = 24
LAST_LINES: Final = 15
QUIET_SECONDS: Final = 10.0  # between two lines, where there is no terminal
_LOCKED: Final = re.compile(r"^[A-Za-z0-9][\w.\[\],-]*==", re.M)
# pip names each requirement once, whether it has to be fetched or not.
_SEEN: Final = re.compile(r"^(?:Collecting|Requirement already satisfied:|Ignoring) ([\w.-]+)")
_INSTALLS: Final = "Installing collected packages"


@dataclass
class Progress:
    """How far pip is, by what it says. ``count``: packages in the lock."""

    count: int
    done: int = 0
    name: str = ""
    installs: bool = False
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    def hear(self, line: str) -> None:
        """One line of pip."""
        self.last.append(line.rstrip())
        found = _SEEN.match(line)
        if found is not None:
            self.done, self.name = min(self.done + 1, self.count), found[1]
        elif line.startswith(_INSTALLS):
            self.done, self.installs = self.count, True

    def text(self, language: str) -> str:
        """``12/170`` and what happens."""
        what = "Pakketten installeren" if self.installs else "Pakketten halen: {name}"
        return f"{self.done}/{self.count} {said(what, language, name=self.name)}"

    def bar(self) -> str:
        full = BAR * self.done // max(self.count, 1)
        return "█" * full + "░" * (BAR - full)


@dataclass
class Display:
    """Shows it to people. ``colour`` only on a terminal, where NO_COLOR is not set."""

    out: TextIO
    language: str
    is_terminal: bool
    colour: bool
    width: int = 80
    _told: float = 0.0

    def show(self, progress: Progress, seconds: float) -> None:
        text = f"{progress.text(self.language)} ({seconds:.0f} s)"
        if self.is_terminal:
            room = self.width - BAR - 2
            bar = progress.bar()
            bar = f"\033[32m{bar}\033[0m" if self.colour else bar
            self.out.write(f"\r\033[K{bar} {text[:room]}")
        elif seconds - self._told >= QUIET_SECONDS:
            self._told = seconds
            self.out.write(f"{text}\n")
        self.out.flush()

    def line(self, text: str) -> None:
        """In place of the bar, where there is one."""
        self.out.write(f"\r\033[K{text}\n" if self.is_terminal else f"{text}\n")
        self.out.flush()


def locked(text: str) -> int:
    """How many packages this lock holds."""
    return len(_LOCKED.findall(text))


def follow(lines: Iterable[str], progress: Progress, display: Display) -> None:
    """Show how far it is while these lines come; the seconds go on when none does."""
    started, over = time.monotonic(), threading.Event()

    def tick() -> None:
        while not over.wait(0.5):
            display.show(progress, time.monotonic() - started)

    ticking = threading.Thread(target=tick, daemon=True)
    ticking.start()
    try:
        for line in lines:
            progress.hear(line)
    finally:
        over.set()
        ticking.join()


def main() -> int:
    """Packages of the lock, then Sluis itself. The code of pip."""
    language = of_terminal(os.environ)
    is_terminal = sys.stdout.isatty()
    colour = is_terminal and not os.environ.get("NO_COLOR")
    width = os.get_terminal_size().columns if is_terminal else 80
    display = Display(sys.stdout, language, is_terminal, colour, width)
    progress = Progress(locked(LOCK.read_text(encoding="utf-8")))
    begin = "De pakketten komen in .venv. Dat duurt de eerste keer een paar minuten."
    display.line(said(begin, language))
    started = time.monotonic()
    for arguments in (
        ("--progress-bar", "off", "--require-hashes", "-r", str(LOCK)),
        ("--progress-bar", "off", "--no-deps", "--no-build-isolation", "-e", str(ROOT)),
    ):
        with subprocess.Popen(  # noqa: S603  # our own Python, and arguments from above
            [*PIP, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as pip:
            assert pip.stdout is not None
            follow(pip.stdout, progress, display)
        if pip.returncode:
            display.line(said("De installatie mislukte. Dit zei pip:", language))
            display.line("\n".join(progress.last))
            return pip.returncode
    seconds = round(time.monotonic() - started)
    done = "{count} pakketten staan in .venv, na {seconds} seconden."
    display.line(said(done, language, count=progress.count, seconds=seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())

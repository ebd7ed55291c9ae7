"""The installation says how far it is, from what pip says."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from tools.install import LOCK, Display, Progress, follow, locked

ROOT = Path(__file__).parents[2]
SAID = """\
Ignoring colorama: markers 'sys_platform == "win32"' don't match your environment
Collecting alembic==1.16.4 (from -r requirements.lock (line 1))
  Downloading alembic-1.16.4-py3-none-any.whl (247 kB)
Requirement already satisfied: babel==2.17.0 in ./.venv/lib (from -r requirements.lock (line 5))
"""


def heard(text: str, count: int = 4) -> Progress:
    progress = Progress(count)
    for line in text.splitlines():
        progress.hear(line)
    return progress


def test_each_package_of_the_lock_counts_once() -> None:
    progress = heard(SAID)
    assert (progress.done, progress.name) == (3, "babel")
    assert progress.text("nl") == "3/4 Pakketten halen: babel"
    assert progress.text("en") == "3/4 Fetching packages: babel"
    assert progress.bar() == "█" * 18 + "░" * 6


def test_the_installing_itself_is_said_as_well() -> None:
    progress = heard(SAID + "Installing collected packages: alembic, babel\n")
    assert progress.text("en") == "4/4 Installing packages"
    assert set(progress.bar()) == {"█"}


def test_more_than_the_lock_holds_is_no_more_than_all() -> None:
    assert heard(SAID, count=2).text("nl").startswith("2/2 ")


def test_the_lock_is_counted() -> None:
    assert (
        locked("a==1 \\\n    --hash=sha256:0\nb[x]==2 ; python_version < '3.12' \\\n# via\n") == 2
    )
    assert locked(LOCK.read_text(encoding="utf-8")) > 50


@pytest.mark.parametrize("colour", [True, False])
def test_a_terminal_shows_a_bar_that_fits(colour: bool) -> None:
    out = StringIO()
    display = Display(out, "en", is_terminal=True, colour=colour, width=60)
    display.show(heard(SAID.replace("babel", "b" * 90)), 12.0)
    shown = out.getvalue().removeprefix("\r\033[K")
    assert ("\033[32m" in shown) is colour
    assert len(shown.replace("\033[32m", "").replace("\033[0m", "")) <= 60


def test_elsewhere_a_line_now_and_then() -> None:
    out = StringIO()
    display = Display(out, "en", is_terminal=False, colour=False)
    for seconds in (1.0, 9.0, 10.0, 11.0, 19.0, 21.0):
        display.show(heard(SAID), seconds)
    assert out.getvalue().splitlines() == [
        "3/4 Fetching packages: babel (10 s)",
        "3/4 Fetching packages: babel (21 s)",
    ]


def test_what_pip_says_is_followed_to_its_end() -> None:
    progress = Progress(4)
    follow(iter(SAID.splitlines()), progress, Display(StringIO(), "nl", False, False))
    assert progress.done == 3 and progress.last[-1].startswith("Requirement already")


def test_it_needs_nothing_that_is_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import tools.install"], cwd=ROOT, check=False
    )
    assert done.returncode == 0


def test_make_installs_with_it() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert (
        "-m tools.install" in text
        and "pip install --quiet --disable-pip-version-check --r" not in text
    )

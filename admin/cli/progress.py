"""A bar on the terminal while something takes long; never in what a program reads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

SHORT: Final = 200  # so many are done before anybody wonders


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """Called with how many more are done. On standard error, and only where that is a terminal."""
    if length < SHORT or not sys.stderr.isatty():
        yield lambda _number: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update

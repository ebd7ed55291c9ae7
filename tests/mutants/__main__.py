"""``make mutants``: take away each line that carries security, and see a test fail."""

from __future__ import annotations

import argparse
import signal
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from tests.mutants import parts
from tests.mutants.runs import MutantRuns, Outcome, Verdict
from tests.mutants.table import ROOT, Mutant, faults, read_tables

WIDTH: Final = 80
WORKERS: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. 0 where every mutant was killed and every entry still fits; 2
    where a name fits none.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--part", nargs="?", type=int, const=-1, metavar="NUMBER", help="a part")
    which.add_argument("--only", nargs="+", metavar="NAME", help="names, such as saml/*")
    parser.add_argument("--list", action="store_true", help="say which, run nothing")
    parser.add_argument("--workers", type=int, default=WORKERS)
    options = parser.parse_args(arguments)
    table = read_tables()
    wrong = list(faults(table))
    for fault in wrong:
        _wrapped(fault, "STALE     ")
    unknown = parts.unknown(table, options.only or ())
    if unknown:
        parser.error(f"no mutant is named {', '.join(unknown)}; --list prints every name")
    wanted = _wanted(table, options.part, options.only)
    if options.list:
        for mutant in wanted:
            print(mutant.name)
        return 1 if wrong else 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return 1 if not _run(wanted, options.workers) or wrong else 0


def _wanted(
    table: Sequence[Mutant], number: int | None, only: Sequence[str] | None
) -> Sequence[Mutant]:
    if only is not None:
        return parts.chosen(table, only)
    if number is None:
        return table
    number = parts.number_of_now(ROOT) if number < 0 else number
    of = parts.how_many(table)
    print(f"part {number % of} of {of}; make mutants-part PART={number % of} runs it again")
    return parts.part(table, number)


def _run(wanted: Sequence[Mutant], workers: int) -> bool:
    """Was every one of these killed? There must be one."""
    began = time.monotonic()
    found = MutantRuns(ROOT, workers=workers, told=_tell).run(wanted)
    counts = Counter(verdict.outcome for verdict in found)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    print(f"{len(wanted)} mutants: {told or 'none'}, in {time.monotonic() - began:.0f} seconds")
    return bool(wanted) and counts[Outcome.KILLED] == len(wanted)


def _tell(verdict: Verdict) -> None:
    mutant, seconds = verdict.mutant, f"{verdict.seconds:.1f} s"
    room = WIDTH - 10 - len(seconds) - 1
    print(f"{verdict.outcome:<10}{mutant.name:<{room}} {seconds}", flush=True)
    if verdict.outcome is Outcome.KILLED:
        return
    _wrapped(mutant.gain, "  gain:   ")
    _wrapped(f"{mutant.file}: {' '.join(mutant.text.split())}", "  away:   ")
    for test in mutant.tests:
        _wrapped(test.replace("::", " "), "  tests:  ")
    for line in verdict.detail.splitlines():
        _wrapped(line, "  ")
    sys.stdout.flush()


def _wrapped(text: str, first: str) -> None:
    rest = " " * len(first)
    print(textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=rest))


if __name__ == "__main__":
    sys.exit(main())

"""docs/operators/cli.md names every command of ``sluis``, with options that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from admin.cli import main

PAGE = Path(__file__).parents[3] / "docs" / "operators" / "cli.md"


def _commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def _rows() -> list[str]:
    return re.findall(r"^\| `sluis (.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_list_of_commands_is_whole() -> None:
    known = dict(_commands(main))
    told = {re.split(r" [^a-z]|`", row)[0].strip() for row in _rows()}
    assert told == set(known)


def test_every_option_in_the_list_exists_and_every_option_that_must_be_given_is_there() -> None:
    for name, command in _commands(main):
        rows = " ".join(row for row in _rows() if re.match(rf"{name}[ `]", row))
        told = set(re.findall(r"--?[a-z][a-z-]*", rows))
        options = [one for one in command.params if isinstance(one, click.Option)]
        assert told <= {word for one in options for word in one.opts}, name
        needed = [one for one in options if one.required]
        assert all(told & set(one.opts) for one in needed), name

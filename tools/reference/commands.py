"""The page of the commands: what each says of itself."""

from __future__ import annotations

from collections.abc import Iterator

import click

from admin.cli.commands import main
from tools.reference import since
from tools.reference.table import Page, code, table


def page() -> Page:
    return Page(
        "commands",
        "Commands",
        "Every command of `sluis` with its options. How each ends, and when to use it, is told in "
        "[commands](../operators/cli.md).",
        tuple(_part(name, command) for name, command in _commands("sluis", main)),
        tuple(_items()),
    )


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    for key in sorted(command.commands):
        yield from _commands(f"{name} {key}", command.commands[key])


def _part(name: str, command: click.Command) -> str:
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    words = " ".join([name, *(one.human_readable_name.upper() for one in arguments)])
    says = " ".join((command.help or "").replace("\b", "").split())
    parts = [f"## {words}", says, f"Since {since.of('commands', name)}."]
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        rows = (
            (_names(one), since.of("commands", f"{name} {one.opts[0]}"), one.help or "")
            for one in options
        )
        parts.append(table(("Option", "Since", "Says"), rows))
    return "\n\n".join(parts)


def _items() -> Iterator[str]:
    """Every command, and every option with the command that has it."""
    for name, command in _commands("sluis", main):
        yield name
        options = (one for one in command.params if isinstance(one, click.Option))
        yield from (f"{name} {one.opts[0]}" for one in options)


def _names(option: click.Option) -> str:
    names = ", ".join(code(name) for name in [*option.opts, *option.secondary_opts])
    chosen = option.type.choices if isinstance(option.type, click.Choice) else ()
    values = ": " + ", ".join(code(value) for value in chosen) if chosen else ""
    return names + (" (required)" if option.required else "") + values

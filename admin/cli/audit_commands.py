"""The groups ``sluis audit`` and ``sluis person``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from admin.cli.context import Invocation, explained, fail
from admin.cli.moments import Since, Until
from admin.cli.private_files import private_file

NOT_WHOLE = 3
pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
def audit() -> None:
    """What happened, and the proof that nobody changed it."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a checkpoint that was kept elsewhere.",
)
@pass_invocation
def verify(invocation: Invocation, as_json: bool, checkpoint: Path | None) -> None:
    """Check the whole chain. Ends with 3 when something is wrong."""
    from admin.cli.auditing import report_json, report_lines
    from admin.cli.auditing import verify as check
    from state.clock import utc_now

    with explained():
        report = check(invocation.settings(), checkpoint)
    if as_json:
        click.echo(report_json(report, utc_now()))
    else:
        for line in report_lines(report, utc_now()):
            click.echo(line)
    raise SystemExit(0 if report.is_whole else NOT_WHOLE)


@audit.command()
@click.option("--from", "since", type=Since(), help="From the start of this day, or this moment.")
@click.option("--until", type=Until(), help="Until the end of this day, or this moment.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["jsonl", "cef"]),
    default="jsonl",
    show_default=True,
    help="One JSON object a line, or Common Event Format for a SIEM.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Default: print.")
@pass_invocation
def export(
    invocation: Invocation,
    since: datetime | None,
    until: datetime | None,
    layout: str,
    out: Path | None,
) -> None:
    """Write events and checkpoints, one a line. The export itself is audited."""
    from admin.audit.export import Period
    from admin.cli.auditing import export_lines, first_of

    period = Period(since, until)
    with explained():
        lines = first_of(export_lines(invocation.settings(), period, layout))
        if out is None:
            for line in lines:
                click.echo(line)
            return
        with private_file(out) as file:
            file.writelines(f"{line}\n".encode() for line in lines)


@audit.command()
@click.argument("reference")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="A folder. Files of that name must not be there yet.",
)
@pass_invocation
def evidence(invocation: Invocation, reference: str, out: Path) -> None:
    """Write what the makelaar rested its word on in the login REFERENCE. Is audited itself.

    It holds personal data: what other parties of eTD said of the user.
    """
    from admin.cli.auditing import evidence_of
    from state.trace import parse_reference

    known = parse_reference(reference)
    if known is None:
        fail("a reference has eight letters and digits, such as 7QM4-RXTA", 2)
    with explained():
        found = evidence_of(invocation.settings(), known)
    if not found:
        fail("nothing was kept of this login: its makelaar sent none, or it is too long ago")
    for number, document in enumerate(found, 1):
        file = out / f"evidence-{known}-{number}.xml"
        with private_file(file) as written:
            written.write(document)
        click.echo(str(file))


@audit.command()
@pass_invocation
def checkpoint(invocation: Invocation) -> None:
    """Print the last signed checkpoint, to keep on another machine."""
    from admin.cli.auditing import last_checkpoint

    with explained():
        found = last_checkpoint(invocation.settings())
    if found is None:
        fail("nothing is sealed yet; the worker does that about once a second")
    click.echo(found)


@click.group()
def person() -> None:
    """People as Sluis knows them."""


@person.command()
@click.argument("person_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def forget(invocation: Invocation, person_id: str, yes: bool) -> None:
    """Forget PERSON_ID: nothing here leads to this human any more. Cannot be undone."""
    from admin.cli.auditing import forget_person
    from admin.people.erasure import LastOfGroup, StillOperator
    from directory.people import NoSuchPerson

    if not yes:
        click.confirm(f"Forget {person_id} for ever?", abort=True)
    with explained():
        try:
            lines = forget_person(invocation.settings(), person_id)
        except NoSuchPerson:
            fail("no person with this id", 2)
        except StillOperator:
            fail("this person is an operator; first: sluis operator end USER_NAME", 2)
        except LastOfGroup as last:
            named = ", ".join(last.names)
            fail(
                f"this person is the last administrator of a group with others in it: {named}; "
                "first let one of them become administrator of it at /beheer, or all of them leave",
                2,
            )
    for line in lines:
        click.echo(line)


@person.command("may")
@click.argument("person_id")
@click.option("--for", "kvk", required=True, help="The organisation, by KvK number.")
@click.option("--at", "service", required=True, help="The service, by UUID.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="A day; left out: now.")
@pass_invocation
def may(
    invocation: Invocation, person_id: str, kvk: str, service: str, day: datetime | None
) -> None:
    """May PERSON_ID act for this organisation at this service? Says which rule of a login says no,
    and then ends with 3.
    """
    from admin.cli import what_if
    from directory.people import NoSuchPerson

    with explained():
        try:
            is_allowed, line = what_if.may(
                invocation.settings(), person_id, kvk, service, day.date() if day else None
            )
        except NoSuchPerson:
            fail("no person with this id", 2)
        except what_if.NotRegistered as unknown:
            fail(str(unknown), 2)
    click.echo(line)
    if not is_allowed:
        sys.exit(3)

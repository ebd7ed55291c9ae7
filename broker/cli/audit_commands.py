"""The commands under ``sluis audit``."""

from __future__ import annotations

from pathlib import Path

import click

from broker.cli.context import Invocation, explained, fail

pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
def audit() -> None:
    """The record of who did what, chained so that a change shows."""


@audit.command("verify")
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint that was kept elsewhere: shows also what was cut off the end.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@pass_invocation
def audit_verify(invocation: Invocation, checkpoint: Path | None, as_json: bool) -> None:
    """Read the whole chain. Exit status 3 when something was changed."""
    from broker.cli import auditing
    from state.clock import utc_now

    with explained():
        report = auditing.verified(invocation.settings(), checkpoint)
    for line in [auditing.as_json(report)] if as_json else auditing.told(report, utc_now()):
        click.echo(line)
    raise SystemExit(0 if report.is_whole else 3)


@audit.command("checkpoint")
@pass_invocation
def audit_checkpoint(invocation: Invocation) -> None:
    """Print the last signed checkpoint, to keep somewhere else."""
    from broker.cli import auditing

    with explained():
        found = auditing.checkpoint(invocation.settings())
    if found is None:
        fail("nothing is sealed yet; `sluis serve` or `sluis worker` does that every second")
    click.echo(found)


@audit.command("export")
@click.option("--from", "since", help="First day or moment, such as 2026-11-01.")
@click.option("--until", help="First day or moment that is left out.")
@click.option("--format", "kind", type=click.Choice(["jsonl", "cef"]), default="jsonl")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Default: print.")
@pass_invocation
def audit_export(
    invocation: Invocation, since: str | None, until: str | None, kind: str, out: Path | None
) -> None:
    """Write events as JSON Lines (with checkpoints) or CEF. The export itself is recorded."""
    from broker.cli import auditing

    try:
        begins, ends = auditing.day(since), auditing.day(until)
    except ValueError:
        fail("write a day as 2026-11-01, or a moment as 2026-11-01T12:00:00+00:00", 2)
    with explained(), click.open_file(str(out or "-"), "w", encoding="utf-8") as file:
        lines = auditing.exported(
            invocation.settings(), since=begins, until=ends, as_cef=kind == "cef"
        )
        for line in lines:
            file.write(f"{line}\n")


@audit.command("forget")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def audit_forget(invocation: Invocation, person: str, yes: bool) -> None:
    """Take PERSON (an id) out of the audit for good; the events stay, without a name."""
    from broker.cli import auditing

    if not yes:
        click.confirm("This cannot be undone. Forget this person?", abort=True)
    with explained():
        try:
            events = auditing.forget(invocation.settings(), person)
        except auditing.NoSuchPerson:
            fail("no audit event names this person")
    click.echo(f"Forgotten in {events} event(s).")

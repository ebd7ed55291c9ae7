"""The commands of ``sluis``. Each module behind them imports what it needs when it runs."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from admin.cli.audit_commands import audit, person
from admin.cli.client_commands import client
from admin.cli.context import DEFAULT_CONFIG, Invocation, explained, fail
from admin.cli.factor_commands import factor, otp
from admin.cli.keys_commands import keys
from admin.cli.metadata_commands import metadata
from admin.cli.operator_commands import operator
from admin.cli.organisation_commands import organisation
from admin.cli.outbox_commands import outbox
from admin.cli.recipe_commands import recipe
from admin.cli.saml_commands import saml
from admin.cli.seed_commands import seed
from admin.cli.service_commands import service
from admin.cli.serving_commands import serve, worker
from admin.cli.session_commands import session

if TYPE_CHECKING:
    from admin.registrations.differences import DocumentOutcome
    from admin.registrations.pruning import Prune

KINDS = ("Service", "IdentityProvider", "Federation", "Client", "Announcement", "HelpDesk")
MANDATES = ("Mandate", "ChainMandate")
ROWS = ("Organisation", "Person", *MANDATES)
FILE = click.option(
    "-f",
    "--file",
    "path",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="A YAML file, or a folder of them.",
)
PRUNE = click.option(
    "--prune", is_flag=True, help="Remove what stands in no file, of kinds that do."
)
PRUNE_KIND = click.option(
    "--prune-kind",
    multiple=True,
    type=click.Choice([*KINDS, *MANDATES]),
    help="The same for one kind, also where the files hold none of it. Can be repeated.",
)
pass_invocation = click.make_pass_decorator(Invocation)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file. Default: config.toml when it exists, else the environment alone.",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Sluis: an OIDC and SAML identity broker with assurance and mandates."""
    if config is None and DEFAULT_CONFIG.exists():
        config = DEFAULT_CONFIG
    context.obj = Invocation(config)


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(f"sluis {installed_version('sluis')}")


@main.command()
@pass_invocation
def init(invocation: Invocation) -> None:
    """Make the master key, the tables and the first signing keys. Safe to repeat."""
    from admin.operations.install import initialise

    with explained():
        for line in initialise(invocation.settings()):
            click.echo(line)


@main.command()
@pass_invocation
def migrate(invocation: Invocation) -> None:
    """Bring the tables to this version."""
    from admin.operations.install import migrate_tables

    with explained():
        click.echo(migrate_tables(invocation.settings()))


@main.group()
def config() -> None:
    """Check and show the settings."""


@config.command("check")
@pass_invocation
def config_check(invocation: Invocation) -> None:
    """Say every mistake in the settings; ends with 3 where there is one."""
    from admin.cli import configuring

    found = configuring.mistakes(invocation.config)
    for line in found:
        click.echo(line)
    if found:
        raise SystemExit(3)
    click.echo("The settings can be used.")


@config.command("show")
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@pass_invocation
def config_show(invocation: Invocation, origin: bool, as_json: bool) -> None:
    """Write the settings that hold, defaults included and secrets masked."""
    from admin.cli import configuring

    with explained():
        found = configuring.effective(invocation.config)
    if as_json:
        click.echo(configuring.as_json(found, with_origin=origin))
        return
    for line in configuring.lines(found, with_origin=origin):
        click.echo(line)


@config.command("schema")
@click.option("--documents", is_flag=True, help="Of the YAML documents that apply reads.")
def config_schema(documents: bool) -> None:
    """Write the JSON Schema of the settings file."""
    from admin.cli import configuring
    from admin.registrations import schema

    click.echo(schema.schema() if documents else configuring.schema())


@main.command()
@FILE
@PRUNE
@PRUNE_KIND
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@click.option("--yes", is_flag=True, help="Also what is in use, and what takes rights from people.")
@click.option(
    "--move-subjects", is_flag=True, help="Let people get another sub where a sector changes."
)
@click.option(
    "--check", is_flag=True, help="First call the makelaars and portals that are new or change."
)
@pass_invocation
def apply(
    invocation: Invocation,
    path: Path,
    prune: bool,
    prune_kind: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    move_subjects: bool,
    check: bool,
) -> None:
    """Register services, makelaars, clients, texts, organisations, people and mandates from
    YAML.
    """
    from admin.cli.registering import (
        changed,
        counted,
        has_registrations,
        in_no_file,
        lines,
        taking,
        told,
        warned,
    )
    from broker.configuration import POLL_SECONDS

    asked = _prune(prune, prune_kind, also_used=yes)
    outcomes = _applied(
        invocation,
        path,
        dry_run=dry_run,
        prune=asked,
        also_taking=yes,
        move_subjects=move_subjects,
        check=check,
    )
    found = changed(outcomes)
    for line in warned(outcomes):
        click.echo(line, err=True)
    for outcome in told(outcomes) if dry_run else found:
        whole = list(lines(outcome))
        for line in whole if dry_run else [whole[0], *taking(outcome)]:
            click.echo(line)
    click.echo(counted(outcomes))
    for line in in_no_file(outcomes):
        click.echo(line)
    if dry_run:
        click.echo("Dry run: nothing was changed." if found else "Nothing to change.")
        raise SystemExit(3 if found else 0)
    if has_registrations(found):
        click.echo(f"Running processes go by this within {POLL_SECONDS} seconds.")


@main.command()
@FILE
@PRUNE
@PRUNE_KIND
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@pass_invocation
def diff(
    invocation: Invocation, path: Path, prune: bool, prune_kind: tuple[str, ...], as_json: bool
) -> None:
    """Show field by field what apply would change; ends with 3 where something would."""
    from admin.cli.registering import changed, counted, in_no_file, lines, told, warned
    from admin.registrations import differences

    outcomes = _applied(invocation, path, dry_run=True, prune=_prune(prune, prune_kind))
    found = changed(outcomes)
    for line in warned(outcomes):
        click.echo(line, err=True)
    if as_json:
        click.echo(differences.as_json(told(outcomes)))
    else:
        for outcome in told(outcomes):
            for line in lines(outcome):
                click.echo(line)
        click.echo(counted(outcomes))
        for line in in_no_file(outcomes):
            click.echo(line)
        click.echo("Nothing was changed; apply does it." if found else "Nothing to change.")
    raise SystemExit(3 if found else 0)


def _prune(wanted: bool, kinds: tuple[str, ...], *, also_used: bool = False) -> Prune | None:
    from admin.registrations.pruning import Prune
    from state.registrations import Kind

    if not wanted and not kinds:
        return None
    registered = frozenset(Kind(kind) for kind in kinds if kind not in MANDATES)
    return Prune(wanted, registered, also_used, frozenset(kinds) & frozenset(MANDATES))


def _applied(
    invocation: Invocation,
    path: Path,
    *,
    dry_run: bool,
    prune: Prune | None,
    also_taking: bool = False,
    move_subjects: bool = False,
    check: bool = False,
) -> tuple[DocumentOutcome, ...]:
    """Ends the command with every mistake in the documents, where there is one, and with what is
    in use or takes rights from people, where that was not asked.
    """
    from admin.cli.doctor import columns_of
    from admin.cli.doctor import lines as told_of
    from admin.cli.registering import PartiesTroubled, apply_files, lines
    from admin.registrations.apply import RightsTaken
    from admin.registrations.documents import DocumentsRefused
    from admin.registrations.pruning import StillUsed

    with explained():
        try:
            return apply_files(
                invocation.settings(),
                path,
                dry_run=dry_run,
                prune=prune,
                also_taking=also_taking,
                move_subjects=move_subjects,
                check=check,
            )
        except PartiesTroubled as troubled:
            for line in told_of(troubled.found, columns_of(sys.stderr)):
                click.echo(line, err=True)
            fail(
                "nothing was changed: the above does not fit; to register it all the same leave "
                "out --check",
                3,
            )
        except DocumentsRefused as refused:
            for line in refused.lines:
                click.echo(line, err=True)
            fail(f"nothing was changed: {len(refused.lines)} mistake(s), listed above", 2)
        except StillUsed as used:
            for outcome in used.outcomes:
                for line in lines(outcome):
                    click.echo(line, err=True)
            fail("nothing was changed: the above is in use; to remove it all the same add --yes", 2)
        except RightsTaken as taken:
            for outcome in taken.outcomes:
                for line in lines(outcome):
                    click.echo(line, err=True)
            fail("nothing was changed: the above takes rights from people; to do so add --yes", 2)


@main.command()
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([*KINDS, *ROWS]),
    help="Only documents of this kind. Can be repeated.",
)
@pass_invocation
def export(invocation: Invocation, kinds: tuple[str, ...]) -> None:
    """Write what apply reads, as YAML: registrations, organisations, people and mandates.

    Names and addresses of people are in it; secrets are not, and stay as they are when it is
    applied.
    """
    from admin.cli.registering import export_documents

    with explained():
        click.echo(export_documents(invocation.settings(), kinds), nl=False)


@main.command()
@click.option("--parties", is_flag=True, help="Also call every makelaar and portal.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@pass_invocation
def doctor(invocation: Invocation, parties: bool, as_json: bool) -> None:
    """Examine this installation; ends with 3 where something needs a remedy."""
    from admin.cli import doctor as surgery

    found = surgery.diagnose(invocation.config, parties=parties)
    columns = surgery.columns_of(sys.stdout)
    for line in [surgery.as_json(found)] if as_json else surgery.lines(found, columns):
        click.echo(line)
    raise SystemExit(3 if any(one.remedy for one in found) else 0)


@main.command()
@click.argument("reference")
@click.option(
    "--language",
    type=click.Choice(["en", "nl"]),
    default="en",
    show_default=True,
    help="Of everything that is printed.",
)
@pass_invocation
def trace(invocation: Invocation, reference: str, language: str) -> None:
    """Explain the login or the page with this REFERENCE, such as K7QM-4RXT."""
    from admin.cli.tracing import explain_login, is_kind_of_error

    if is_kind_of_error(reference):
        fail(
            f"{reference.upper()} says which kind of error it was: /ontwikkelaars/foutcodes here "
            "and docs/reference/errors.md tell. A login is found by the other code of its "
            "page, such as K7QM-4RXT."
        )
    with explained():
        lines = explain_login(invocation.settings(), reference, language)
    if lines is None:
        fail(
            f"nothing is kept under {reference[:32]!r}. Was it typed well? A login can be found "
            "once it ended or showed a code, for retention.trace_days. The code of a page that was "
            "shown while the database was away, or in a flood of them, is in the log alone: look "
            "there for page_error."
        )
    for line in lines:
        click.echo(line)


for command in (
    audit,
    client,
    person,
    factor,
    keys,
    metadata,
    operator,
    otp,
    organisation,
    outbox,
    recipe,
    saml,
    service,
    session,
    seed,
    serve,
    worker,
):
    main.add_command(command)

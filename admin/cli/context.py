"""What every command shares: the settings, and errors that say what to do in one line."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import click
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from broker import settings as configuration
from broker.settings import Settings, SettingsError
from keys.sealing import MasterKeyError, WrongMasterKey
from state import outages
from state.engine import DatabaseUrlError
from state.ephemeral import StoreUnavailable
from state.outages import Outage
from state.registrations import OfAnotherVersion

DEFAULT_CONFIG: Final = Path("config.toml")


@dataclass(frozen=True)
class Invocation:
    """The file that ``--config`` named, or the default one when it exists."""

    config: Path | None

    @property
    def command(self) -> str:
        """How this very installation is asked again: for what is printed to be copied."""
        program = sys.argv[0]
        is_found = shutil.which("sluis") == program or not program.endswith("sluis")
        called = "sluis" if is_found else program
        if self.config is None or self.config == DEFAULT_CONFIG:
            return called
        return f"{called} --config {self.config}"

    def settings(self) -> Settings:
        """Read the settings. Ends the command when they cannot be used."""
        with explained():
            return configuration.load(self.config)


def fail(message: str, status: int = 1) -> NoReturn:
    """One line on standard error, and the exit status."""
    click.echo(f"sluis: {message}", err=True)
    sys.exit(status)


@contextmanager
def explained() -> Iterator[None]:
    """Known errors become a line with a remedy instead of a traceback."""
    try:
        yield
    except SettingsError as error:
        fail(
            f"the configuration cannot be used:\n  {str(error).replace(chr(10), chr(10) + '  ')}", 2
        )
    except WrongMasterKey as error:
        fail(f"this is not the master key of this database: {error}; put the right one back")
    except (MasterKeyError, DatabaseUrlError, OfAnotherVersion) as error:
        fail(str(error))
    except (DBAPIError, PoolTimeout) as error:
        outage = outages.outage_of(error)
        if outage is None and not isinstance(error, OperationalError):
            raise
        fail(f"the database cannot be used: {_told(error, outage)}")
    except StoreUnavailable as error:
        fail(f"the store cannot be used: {_told(error, error.outage)}")


def _told(error: Exception, outage: Outage | None) -> str:
    if outage is None:
        return f"{outages.named(error)}; sluis doctor looks at what it needs"
    return f"{outage.says}; {outage.instead}"

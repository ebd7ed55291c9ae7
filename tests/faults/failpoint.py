"""An application that dies where a test says: before it did anything, or after it did everything
and before anybody heard of it.

A test writes ``before POST /saml/acs`` or ``after GET /login/`` into the file ``failpoint`` beside
the settings; the first worker that serves such a request takes the file away and kills itself.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

FILE: Final = "failpoint"
BEFORE: Final = "before"
AFTER: Final = "after"


def served() -> Any:
    """Factory for the server: the real application with a failpoint around it."""
    from admin.operations.front import CONFIG_VARIABLE
    from admin.operations.server import application as real
    from admin.operations.whole_requests import WholeRequests
    from broker import settings

    config = Path(os.environ[CONFIG_VARIABLE])
    threads = settings.load(config).web.threads
    application = around(real(), config.parent / FILE)
    # No test of faults brings a scan.
    return WholeRequests(application, threads=threads, is_open=lambda _: False)


def around(
    inner: Callable[..., Iterable[bytes]], file: Path, die: Callable[[], None] | None = None
) -> Callable[..., Iterable[bytes]]:
    """``inner`` with a failpoint that is armed by writing ``file``."""
    end = die or _die

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        if _takes(file, f"{BEFORE} {request}"):
            end()
        body = inner(environ, start_response)
        if _takes(file, f"{AFTER} {request}"):
            end()
        return body

    return answer


def arm(file: Path, what: str) -> None:
    """The next request that begins with ``what`` kills its worker."""
    new = file.with_suffix(".new")
    new.write_text(what)
    new.rename(file)


def _takes(file: Path, now: str) -> bool:
    """Is this the moment? True for one worker only."""
    try:
        armed = file.read_text()
        if not armed or not now.startswith(armed):
            return False
        file.unlink()
    except FileNotFoundError:
        return False
    return True


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)

"""Lists of federations read in the process of the tests: to start Python for each takes most of a
second. What the process of its own is for, ``tests/attacks/test_federation_lists.py`` says.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import IO, Any

import pytest

from providers.saml.federation import reading, verified_list


@contextmanager
def lists_read_here() -> Iterator[None]:
    """Inside this block, and without the limits of that process."""
    names = {**vars(verified_list.subprocess), "run": _run}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verified_list, "subprocess", SimpleNamespace(**names))
        patch.setattr(reading, "_limit", lambda _: None)
        yield


def _run(command: Sequence[str], *, stdout: IO[str], **more: Any) -> CompletedProcess[str]:
    _, _, module, *arguments = command
    assert module == reading.__name__
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout):
        patch.setattr(reading.sys, "stdin", io.StringIO(more["input"]))
        return CompletedProcess(command, reading.main(arguments))

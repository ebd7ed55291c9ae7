"""The front of the server, with the application of failpoint.py in its workers."""

from __future__ import annotations

from typing import Any

from granian import Granian

from admin.operations import front


class _Server(Granian):  # type: ignore[misc]  # whatever class the platform offers
    def __init__(self, _target: str, **options: Any) -> None:
        super().__init__("tests.faults.failpoint:served", **options)


if __name__ == "__main__":
    front.Granian = _Server
    front.main()

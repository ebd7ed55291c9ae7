"""``python -m tests.fuzz TARGET --minutes 20``, where Atheris is there too. Ends with 1 at
its first find, and leaves the bytes in ``var/fuzz``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

FINDS = Path("var/fuzz")
LONGEST = 60_000  # bytes of one message
SECONDS_OF_ONE = 20  # no refusal takes longer


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--minutes", type=float, default=20)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    atheris: Any = __import__("atheris")
    with atheris.instrument_imports(include=["keys", "providers", "broker.saml"]):
        from tests.fuzz.targets import TARGETS
    target = TARGETS.get(arguments.target)
    if target is None:
        parser.error(f"choose one of {', '.join(TARGETS)}")
    FINDS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sluis-fuzz-") as folder:
        for number, seed in enumerate(target.seeds()):
            target.look(seed)  # a good one passes, or nothing here means anything
            (Path(folder) / str(number)).write_bytes(seed)
        atheris.Setup(
            [
                sys.argv[0],
                folder,
                f"-max_total_time={int(arguments.minutes * 60)}",
                f"-max_len={LONGEST}",
                f"-timeout={SECONDS_OF_ONE}",
                f"-artifact_prefix={FINDS}/{arguments.target}-",
                "-rss_limit_mb=3000",
                "-print_final_stats=1",
            ],
            target.look,
        )
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())

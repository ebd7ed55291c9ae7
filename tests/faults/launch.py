"""``python -m tests.faults.launch …``: the command ``sluis``, with the application of failpoint.py
in its server.
"""

from __future__ import annotations

from admin.cli import main, serving

if __name__ == "__main__":
    serving.FRONT = "tests.faults.front"
    main()

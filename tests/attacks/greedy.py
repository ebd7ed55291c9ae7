"""A reader of lists that takes more memory than it may, for tests of its limit."""

from __future__ import annotations

import sys
from pathlib import Path

from providers.saml.federation import reading

if __name__ == "__main__":
    reading._limit(Path(sys.argv[1]))
    taken = bytearray(1024 * 1024 * 1024)
    sys.stdout.write('{"signed_by": "nobody", "created": null, "valid_until": null}\n{"end": 0}\n')

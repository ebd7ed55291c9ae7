"""How much work a message makes us do, in operations and not in time: what is parsed, compared with
a schema, verified and decrypted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

from keys.xml import encryption, guard, schema, signature
from providers.saml.wire import redirect

PLACES: Final = (
    (guard, "parse", "parsed"),
    (schema, "_check", "compared"),
    (signature, "_verifies", "verified"),
    (redirect, "_verifies", "verified"),
    (encryption, "_open", "decrypted"),
    (redirect, "inflated", "inflated"),
)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Within, each operation counts."""
    work: Counter[str] = Counter()
    with ExitStack() as stack:
        for module, name, word in PLACES:
            counting = _counting(getattr(module, name), word, work)
            stack.enter_context(patch.object(module, name, counting))
        yield work


def _counting(function: Callable[..., Any], word: str, work: Counter[str]) -> Callable[..., Any]:
    def counts(*arguments: Any, **named: Any) -> Any:
        work[word] += 1
        return function(*arguments, **named)

    return counts

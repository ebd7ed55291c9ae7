"""What a request passes around its view: counted in calls of functions, which do not depend on the
machine.
"""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any

from werkzeug.test import EnvironBuilder

from tests.world import World

CALLS = 255  # of functions in Python, around a view that does next to nothing
PROXIES = 21  # times that ``request``, ``g`` and the like are asked whom they stand for
WORDS = 8  # times that one of these is asked for a word, which takes three calls more


def test_a_request_passes_so_much_around_its_view(world: World) -> None:
    """Four times in each login."""
    called: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            called[frame.f_code.co_name] += 1

    for _ in range(2):  # some things are made at the first request, and once
        environ = EnvironBuilder("/health/live", headers=[("Cookie", "a=b")]).get_environ()
        called.clear()
        sys.setprofile(note)
        try:
            answer = world.app(environ, lambda *_: None)
        finally:
            sys.setprofile(None)
        assert b"".join(answer) == b'{"status":"ok"}\n'
    assert called["_get_current_object"] <= PROXIES
    assert called["bind_f"] <= WORDS
    assert called.total() <= CALLS, called.most_common(40)

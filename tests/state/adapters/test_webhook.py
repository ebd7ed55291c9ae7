from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from state.adapters.webhook import WebhookAdapter
from state.outbox import DeliveryFailed, Message
from tests.servers import free_port

MESSAGE = Message("mail", "a@example.nl", "Hallo", "Één regel", "7K3QX9AB")


@dataclass
class Hook:
    url: str
    status: int = 204
    requests: list[tuple[str | None, Any]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append((self.headers["Idempotency-Key"], json.loads(body)))
            self.send_response(hook.status)
            self.send_header("Location", hook.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook = Hook(f"http://127.0.0.1:{server.server_port}/messages")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield hook
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_message_is_posted_with_its_id(hook: Hook) -> None:
    WebhookAdapter(url=hook.url).send("01abc", MESSAGE)
    assert hook.requests == [
        (
            "01abc",
            {
                "id": "01abc",
                "channel": "mail",
                "recipient": "a@example.nl",
                "subject": "Hallo",
                "text": "Één regel",
                "reference": "7K3QX9AB",
            },
        )
    ]


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (404, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_what_it_answers_says_whether_to_try_again(
    hook: Hook, status: int, permanent: bool
) -> None:
    hook.status = status
    with pytest.raises(DeliveryFailed) as failed:
        WebhookAdapter(url=hook.url).send("01abc", MESSAGE)
    assert failed.value.permanent is permanent
    assert failed.value.reason == f"webhook_{status}"


def test_a_redirect_is_not_followed(hook: Hook) -> None:
    hook.status = 307
    with pytest.raises(DeliveryFailed):
        WebhookAdapter(url=hook.url).send("01abc", MESSAGE)
    assert len(hook.requests) == 1


def test_nobody_there_is_tried_again() -> None:
    with pytest.raises(DeliveryFailed) as failed:
        WebhookAdapter(url=f"http://127.0.0.1:{free_port()}/").send("01abc", MESSAGE)
    assert not failed.value.permanent
    assert "example" not in str(failed.value)

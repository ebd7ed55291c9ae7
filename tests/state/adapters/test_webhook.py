from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from state.adapters import make_adapter
from state.adapters.webhook import WebhookAdapter
from state.outbox import DeliveryFailed, Message
from tests.clocks import FakeClock
from tests.listener import Said, Seen, listening
from tests.servers import free_port

SECRET = "0123456789abcdef0123456789abcdef"
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


def test_a_mail_is_posted_with_its_html(hook: Hook) -> None:
    WebhookAdapter(url=hook.url).send("01abc", replace(MESSAGE, html="<p>Één regel"))
    ((_, posted),) = hook.requests
    assert (posted["text"], posted["html"]) == ("Één regel", "<p>Één regel")


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


def test_X_16_who_has_the_message_already_says_so(hook: Hook) -> None:
    hook.status = 409
    WebhookAdapter(url=hook.url).send("01abc", MESSAGE)


def test_a_signed_message_can_be_checked_by_who_receives_it(
    clock: FakeClock, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    with listening(lambda _: Said(status=202)) as there:
        url = f"http://{there.authority}/messages"
        made = make_adapter(adapter="webhook", url=url, secret_file=file, clock=clock)
        made.send("01abc", MESSAGE)
    (seen,) = there.seen
    parts = dict(part.split("=") for part in seen.headers["sluis-signature"].split(","))
    signed = f"{int(clock().timestamp())}.".encode() + seen.body
    assert parts["t"] == str(int(clock().timestamp()))
    assert parts["v1"] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()


def test_a_message_without_a_secret_is_not_signed() -> None:
    with listening(lambda _: Said(status=202)) as there:
        WebhookAdapter(url=f"http://{there.authority}/").send("01abc", MESSAGE)
    assert "sluis-signature" not in there.seen[0].headers


@pytest.mark.parametrize(
    ("content", "says"), [("kort", "at least 32"), ("", "is empty"), (None, "cannot be read")]
)
def test_a_secret_that_is_no_good_is_refused(
    tmp_path: Path, content: str | None, says: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match=says):
        make_adapter(adapter="webhook", url="https://hooks.example.nl", secret_file=file)


def test_an_endless_answer_is_not_read() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 65536

    with listening(lambda _: Said(pieces=endless(), status=200)) as there:
        WebhookAdapter(url=f"http://{there.authority}/").send("01abc", MESSAGE)


def test_X_16_who_does_not_answer_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    brief = urllib3.Timeout(connect=1, read=0.2)
    monkeypatch.setattr("state.adapters.posting.ANSWER_WITHIN", brief)
    let_go = threading.Event()

    def silent(_: Seen) -> Said:
        let_go.wait(10)
        return Said()

    with listening(silent) as there:
        with pytest.raises(DeliveryFailed) as failed:
            WebhookAdapter(url=f"http://{there.authority}/").send("01abc", MESSAGE)
        let_go.set()
    assert (failed.value.reason, failed.value.permanent) == ("webhook_timeout", False)


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

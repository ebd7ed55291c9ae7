"""What the fault runs rely on: the balancer, the failpoint, the judge and the books."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import urllib3

from sandbox.wire import Answer
from tests.faults import failpoint
from tests.faults.balancer import HEADER, SAYS_CUT, SAYS_NOBODY, Backend, Balancer
from tests.faults.ending import Ending, Kind, judge_answer
from tests.faults.ledger import Ledger
from tests.listener import Said, listening
from tests.servers import free_port

HELP = b"<h1>Fout</h1><h2>Wat kunt u nu doen?</h2><p>Uw code<b>K7QM-4RXT</b></p>"
HTML = (("Content-Type", "text/html"),)


@contextmanager
def balancing(*ports: int) -> Iterator[Balancer]:
    balancer = Balancer(free_port(), [Backend(f"{port}", port) for port in ports], seed=7)
    balancer.start()
    try:
        yield balancer
    finally:
        balancer.stop()


@contextmanager
def dying() -> Iterator[tuple[int, list[bytes]]]:
    """Takes every connection, reads, and is gone."""
    heard: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(4096))

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def ask(balancer: Balancer, method: str) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager(retries=False, timeout=10) as http:
        return http.request(method, f"http://127.0.0.1:{balancer.port}/a", body=b"x=1")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_nobody_listens_another_instance_is_asked(method: str) -> None:
    with (
        listening(lambda seen: Said(seen.body)) as well,
        balancing(free_port(), well.port) as balancer,
    ):
        answers = {ask(balancer, method).data for _ in range(8)}
    assert answers == {b"x=1"}


def test_a_post_that_was_sent_is_not_sent_again_and_a_get_is() -> None:
    with dying() as (one, heard), dying() as (two, heard_too), balancing(one, two) as balancer:
        for method, times in (("POST", 1), ("GET", 3)):
            heard.clear()
            heard_too.clear()
            answer = ask(balancer, method)
            assert answer.status == 502 and answer.headers[HEADER] == SAYS_CUT
            sent = [each for each in heard + heard_too if each.startswith(method.encode())]
            looks = [each for each in heard + heard_too if b"/health/ready" in each]
            assert len(set(sent) - set(looks)) == 1
            assert len([each for each in sent if each not in looks]) == times


def test_where_no_instance_is_the_browser_hears_when_to_come_back() -> None:
    with balancing(free_port()) as balancer:
        answer = ask(balancer, "GET")
    assert answer.status == 503 and answer.headers[HEADER] == SAYS_NOBODY
    assert answer.headers["Retry-After"].isdigit()


def test_a_failpoint_strikes_once_and_where_it_says(tmp_path: Path) -> None:
    file, deaths, done = tmp_path / failpoint.FILE, [], []

    def inner(environ: dict[str, str], _: object) -> list[bytes]:
        done.append(environ["PATH_INFO"])
        return []

    def die() -> None:
        deaths.append(len(done))

    app = failpoint.around(inner, file, die)
    for what, died_after in (("before GET /a", 0), ("after GET /a", 1)):
        deaths.clear()
        done.clear()
        failpoint.arm(file, what)
        app({"REQUEST_METHOD": "POST", "PATH_INFO": "/a"}, None)
        assert deaths == []
        done.clear()
        app({"REQUEST_METHOD": "GET", "PATH_INFO": "/a"}, None)
        app({"REQUEST_METHOD": "GET", "PATH_INFO": "/a"}, None)
        assert deaths == [died_after]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(410, HTML, HELP), Kind.HELPED),
        (Answer(503, (*HTML, ("Retry-After", "10")), HELP), Kind.BUSY),
        (Answer(502, (*HTML, (HEADER, SAYS_CUT)), b""), Kind.CUT),
        (Answer(503, HTML, HELP), Kind.BAD),
        (Answer(503, (*HTML, ("Retry-After", "10")), b"busy"), Kind.BAD),
        (Answer(410, HTML, b"<h1>Gone</h1>"), Kind.BAD),
        (Answer(500, HTML, HELP), Kind.BAD),
        (Answer(410, HTML, HELP + b"Traceback (most recent call last)"), Kind.BAD),
    ],
)
def test_the_judge_knows_a_page_that_helps(answer: Answer, kind: Kind) -> None:
    assert judge_answer(answer, "here").kind is kind


def test_the_books_see_what_is_missing_and_what_is_double(tmp_path: Path) -> None:
    from admin.tables import TABLES
    from state.db import Base
    from state.engine import make_engine

    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine = make_engine(url)
    assert TABLES
    Base.metadata.create_all(engine)
    engine.dispose()
    ledger = Ledger()
    assert ledger.check(url) == []
    ledger.ended(Ending(Kind.REDEEMED, grant="g" * 26), "portal")
    for _ in range(2):
        ledger.got_token("code")
        ledger.used_factor(7)
    ledger.requested()
    found = "\n".join(ledger.check(url))
    for words in ("is missing", "code redeemed 2", "factor code accepted 2", "1 mandate requests"):
        assert words in found

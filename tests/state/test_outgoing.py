"""Outgoing calls against servers on loopback."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from state.addresses import OutgoingRefused
from state.breaker import FAILURES_TO_OPEN, OPEN_SECONDS
from state.outgoing import HttpAnswer, OutgoingClient, OutgoingFailed
from tests.listener import Listener, Said, Seen, listening


def answer(seen: Seen) -> Said:
    if seen.path == "/busy":
        return Said(status=503)
    if seen.path == "/fault":
        return Said(b"<x/>", 500, {"Content-Type": 'Text/XML; charset="utf-8"'})
    if seen.path == "/error":
        return Said(b"<html/>", 500, {"Content-Type": "text/html"})
    if seen.path == "/moved":
        return Said(status=302, headers={"Location": "/"})
    if seen.path == "/large":
        return Said(b"x" * 2000)
    if seen.path == "/missing":
        return Said(status=404)
    return Said(b'{"fine": true}', headers={"Content-Type": "application/json"})


def client(server: Listener, *more: str) -> OutgoingClient:
    return OutgoingClient([server.authority, *more])


def test_get_returns_status_headers_and_body() -> None:
    with listening(answer) as server:
        got = client(server).get(f"http://{server.authority}/a?b=c", accept="application/json")
    assert (got.status, got.json()) == (200, {"fine": True})
    assert got.headers["content-type"] == "application/json"
    assert server.seen[0].path == "/a?b=c"
    assert server.seen[0].headers["accept"] == "application/json"
    assert server.seen[0].headers["host"] == server.authority


def test_what_is_large_goes_into_a_file_and_no_further_than_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with listening(answer) as server:
        outgoing, url = client(server), f"http://{server.authority}"
        with file.open("wb") as into:
            got = outgoing.download(f"{url}/large", into, max_bytes=2000)
        assert (got.status, got.body, file.read_bytes()) == (200, b"", b"x" * 2000)
        with file.open("wb") as into, pytest.raises(OutgoingFailed) as failed:
            outgoing.download(f"{url}/large", into, max_bytes=1999)
        assert failed.value.reason == "too_large" and file.stat().st_size <= 1999
        with file.open("wb") as into, pytest.raises(OutgoingFailed) as failed:
            outgoing.download(f"{url}/moved", into, max_bytes=2000)
        assert failed.value.reason == "redirected"


def test_a_form_and_json_are_posted_with_their_headers() -> None:
    with listening(answer) as server:
        outgoing = client(server)
        outgoing.post_form(f"http://{server.authority}/f", {"a": "ü&"}, headers={"X-Y": "z"})
        outgoing.post_json(f"http://{server.authority}/j", {"a": 1})
    form, json = server.seen
    assert (form.method, form.body) == ("POST", b"a=%C3%BC%26")
    assert form.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form.headers["x-y"] == "z"
    assert (json.body, json.headers["content-type"]) == (b'{"a": 1}', "application/json")


def test_the_address_that_was_checked_is_the_one_called() -> None:
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.2"]

    with listening(answer, host="127.0.0.2") as server:
        authority = f"localhost:{server.port}"
        outgoing = OutgoingClient([authority], resolver=resolver)
        assert outgoing.get(f"http://{authority}/").status == 200
    assert asked == [("localhost", server.port)]
    assert server.seen[0].headers["host"] == authority


def test_the_next_address_is_tried_where_the_first_is_silent() -> None:
    with listening(answer, host="127.0.0.2") as server:
        authority = f"localhost:{server.port}"
        outgoing = OutgoingClient([authority], resolver=lambda _h, _p: ["127.0.0.3", "127.0.0.2"])
        assert outgoing.get(f"http://{authority}/").status == 200


def test_X_09_an_endpoint_that_fails_is_left_alone_and_others_do_not_notice() -> None:
    with listening(answer) as bad, listening(answer) as good:
        outgoing = client(bad, good.authority)
        for _ in range(FAILURES_TO_OPEN):
            assert outgoing.get(f"http://{bad.authority}/busy").status == 503
        with pytest.raises(OutgoingFailed, match="circuit_open") as caught:
            outgoing.get(f"http://{bad.authority}/busy")
        assert caught.value.retry_after in range(1, int(OPEN_SECONDS) + 1)
        assert outgoing.get(f"http://{bad.authority}/realms/other").status == 200
        assert outgoing.get(f"http://{good.authority}/").status == 200
        assert outgoing.get(f"http://{good.authority}/busy").status == 503
    assert len(bad.seen) == FAILURES_TO_OPEN + 1


def test_X_09_who_fails_for_one_party_is_still_called_for_another() -> None:
    with listening(answer) as server:
        outgoing, url = client(server), f"http://{server.authority}/busy"
        for _ in range(FAILURES_TO_OPEN):
            outgoing.get(url, party="makelaar one")
        with pytest.raises(OutgoingFailed, match="circuit_open"):
            outgoing.get(url, party="makelaar one")
        assert outgoing.get(url, party="makelaar two").status == 503
        assert outgoing.post_form(url, {}, party="client three").status == 503


def test_S_78_a_fault_about_one_message_shuts_nobody_else_out() -> None:
    """Five made-up artifacts would else keep every user of a makelaar from logging in."""
    with listening(answer) as server:
        outgoing = client(server)
        for _ in range(FAILURES_TO_OPEN + 1):
            assert outgoing.post_xml(f"http://{server.authority}/fault", b"<x/>").status == 500
        for _ in range(FAILURES_TO_OPEN):
            assert outgoing.post_xml(f"http://{server.authority}/error", b"<x/>").status == 500
        with pytest.raises(OutgoingFailed, match="circuit_open"):
            outgoing.post_xml(f"http://{server.authority}/error", b"<x/>")


@pytest.mark.parametrize("path", ["/moved", "/large", "/missing"])
def test_an_answer_that_is_of_no_use_was_an_answer_all_the_same(path: str) -> None:
    with listening(answer) as server:
        outgoing, url = client(server), f"http://{server.authority}{path}"
        for _ in range(FAILURES_TO_OPEN + 2):
            with contextlib.suppress(OutgoingFailed):
                outgoing.get(url, max_bytes=1000)
    assert len(server.seen) == FAILURES_TO_OPEN + 2


def test_an_answer_that_says_no_is_an_answer() -> None:
    with listening(answer) as server:
        outgoing = client(server)
        for _ in range(FAILURES_TO_OPEN + 1):
            assert outgoing.get(f"http://{server.authority}/missing").status == 404


def test_what_the_policy_refuses_does_not_count_against_the_party() -> None:
    found = [["10.0.0.1"]] * FAILURES_TO_OPEN
    with listening(answer) as server:
        authority = f"localhost:{server.port}"
        outgoing = OutgoingClient(
            [authority], resolver=lambda _h, _p: found.pop() if found else ["127.0.0.1"]
        )
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(OutgoingRefused, match="address"):
                outgoing.get(f"http://{authority}/")
        assert outgoing.get(f"http://{authority}/").status == 200


def test_nobody_listening_and_no_such_name() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    with listening(answer) as server:
        pass
    with pytest.raises(OutgoingFailed, match="refused"):
        client(server).get(f"http://{server.authority}/")
    with pytest.raises(OutgoingFailed, match="name_not_found"):
        OutgoingClient(resolver=nowhere).get("https://makelaar.example/")


@pytest.mark.parametrize("body", [b"", b"<html>", b"NaN", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_is_said_without_repeating_it(body: bytes) -> None:
    with pytest.raises(OutgoingFailed, match=r"^not_json$"):
        HttpAnswer(200, {}, body).json()


def test_an_answer_does_not_show_what_is_in_it() -> None:
    assert "secret" not in repr(HttpAnswer(200, {"set-cookie": "secret"}, b"secret"))


def test_where_it_matters_a_name_stands_once() -> None:
    twice = HttpAnswer(200, {}, b'{"error": "no", "error": null}')
    assert twice.json() == {"error": None}
    with pytest.raises(OutgoingFailed, match="not_json"):
        twice.json(unique_names=True)
    assert HttpAnswer(200, {}, b'{"a": {"a": 1}}').json(unique_names=True) == {"a": {"a": 1}}


def test_who_is_left_alone_is_told_with_what_went_wrong_last() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    outgoing = OutgoingClient(resolver=nowhere)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(OutgoingFailed, match="name_not_found"):
            outgoing.get("https://makelaar.example/")
    with pytest.raises(OutgoingFailed, match="circuit_open") as caught:
        outgoing.get("https://makelaar.example/")
    assert caught.value.because == "name_not_found"
    assert "because of name_not_found" in caught.value.explained
    assert caught.value.setting == "" and caught.value.retry_after is not None


def test_one_that_is_left_alone_for_its_authority_names_our_setting() -> None:
    failed = OutgoingFailed("circuit_open", 20, "tls_untrusted")
    assert (failed.setting, failed.is_of_proxy) == ("outgoing.ca_file", False)

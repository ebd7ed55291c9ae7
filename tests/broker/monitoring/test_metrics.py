"""Labels are words of ours: what was received makes no series."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from broker.monitoring import metrics
from broker.monitoring.metrics import MOST_WORDS, OTHER, word


@pytest.fixture(autouse=True)
def _nothing_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_seen", set())


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (None, ""),
        ("", ""),
        ("audience", "audience"),
        ("token_not_yet-valid.2+", "token_not_yet-valid.2+"),
        ("a" * 64, "a" * 64),
        ("a" * 65, OTHER),
        ("two words", OTHER),
        ("_first", OTHER),
        ("line\nend", OTHER),
        ("audience\n", OTHER),
        ("é", OTHER),
        ("<script>", OTHER),
    ],
)
def test_a_machine_word_is_a_label_and_anything_else_is_other(
    value: str | None, label: str
) -> None:
    assert word(value) == label


def test_after_so_many_words_only_those_that_were_seen_are_labels() -> None:
    words = [f"word{number}" for number in range(MOST_WORDS)]
    assert [word(one) for one in words] == words
    assert word("one-more") == OTHER
    assert word(words[0]) == words[0]


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_token_request_counts_by_its_grant_and_its_result() -> None:
    def seen() -> tuple[float, float]:
        name = "sluis_token_requests_total"
        return counted(name, grant="authorization_code", result="ok"), counted(
            name, grant=OTHER, result=OTHER
        )

    before = seen()
    metrics.token_answered("authorization_code", "ok", 0.1)
    metrics.token_answered(OTHER, "what came in", 0.1)
    assert seen() == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize(
    ("method", "label"), [("GET", "GET"), ("POST", "POST"), ("get", OTHER), ("INVENTED", OTHER)]
)
def test_a_request_counts_by_its_rule_and_a_method_that_we_serve(method: str, label: str) -> None:
    name = "sluis_http_request_seconds_count"
    labels = {"route": "/login/<id>", "method": label, "status": "200"}
    before = counted(name, **labels)
    metrics.request_answered("/login/<id>", method, 200, 0.1)
    assert counted(name, **labels) == before + 1

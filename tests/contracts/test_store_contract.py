"""One suite for every expiring store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from state.engine import make_engine
from state.ephemeral import AddOnce, Append, Count, Get, Put, Redeem, Swap, Take
from state.stores import make_store
from state.stores.store_generation import LARGEST_SKEW
from tests.contracts import racers
from tests.contracts.conftest import SHARED, Subject


def test_what_was_put_is_read(subject: Subject) -> None:
    subject.store.put("a", b"\x00\xff value", 60)
    assert subject.store.get("a") == b"\x00\xff value"
    subject.store.put("a", b"", 60)
    assert subject.store.get("a") == b""
    assert subject.store.get("b") is None


def test_a_value_is_taken_once(subject: Subject) -> None:
    subject.store.put("a", b"x", 60)
    assert subject.store.take("a") == b"x"
    assert subject.store.take("a") is None
    assert subject.store.get("a") is None


def test_a_swap_needs_the_expected_value(subject: Subject) -> None:
    subject.store.put("a", b"old", 60)
    assert not subject.store.swap("a", b"other", b"new", 60)
    assert subject.store.get("a") == b"old"
    assert subject.store.swap("a", b"old", b"new", 60)
    assert subject.store.get("a") == b"new"
    assert not subject.store.swap("absent", b"", b"new", 60)
    assert subject.store.get("absent") is None


def test_a_value_is_redeemed_by_whoever_expects_it_and_others_hear_what_is_there(
    subject: Subject,
) -> None:
    subject.store.put("a", b"\x00\xff", 60)
    assert subject.store.batch(
        [
            Redeem("a", b"other", b"done", 60),
            Redeem("a", b"\x00\xff", b"done", 60),
            Redeem("a", b"\x00\xff", b"once more", 60),
            Redeem("absent", b"", b"new", 60),
            Get("a"),
            Get("absent"),
        ]
    ) == [b"\x00\xff", b"\x00\xff", b"done", None, b"done", None]


@pytest.mark.parametrize("is_dated", [False, True])
def test_what_comes_with_something_seen_redeems_nothing(subject: Subject, is_dated: bool) -> None:
    def once(name: str) -> AddOnce:
        return AddOnce(name, 60, subject.clock() if is_dated else None)

    subject.store.batch([Put("a", b"x", 60), once("seen")])
    redeemed = [
        Redeem("a", b"x", b"done", 60, once(name)) for name in ("seen", "new", "new", "newer")
    ]
    assert subject.store.batch(redeemed) == [False, b"x", False, b"done"]
    # Whatever is there: what must be new was seen since.
    assert subject.store.batch(
        [
            Redeem("absent", b"x", b"y", 60, once("newest")),
            Redeem("a", b"x", b"y", 60, once("newest")),
            once("newest"),
            Get("a"),
        ]
    ) == [None, False, False, b"done"]


def test_X_04_an_emptied_store_redeems_nothing_for_what_is_older(subject: Subject) -> None:
    issued = subject.clock()
    subject.store.batch([AddOnce("first of all", 60, issued)])
    emptied = subject.empty()
    old, new = AddOnce("a", 60, issued), AddOnce("b", 60, issued + 3 * LARGEST_SKEW)
    emptied.put("code", b"x", 60)
    assert emptied.batch([Redeem("code", b"x", b"y", 60, old)]) == [False]
    assert emptied.get("code") == b"x"
    assert emptied.batch([Redeem("code", b"x", b"y", 60, new)]) == [b"x"]
    assert emptied.get("code") == b"y"


def test_a_redemption_starts_the_time_to_live_again_and_expires(subject: Subject) -> None:
    subject.store.batch([Put("a", b"x", 60), Put("b", b"x", 60)])
    assert subject.store.batch([Redeem("a", b"x", b"y", 3600)]) == [b"x"]
    subject.wait(61)
    assert subject.store.batch([Get("a"), Redeem("b", b"x", b"y", 60)]) == [b"y", None]


def test_something_is_added_once(subject: Subject) -> None:
    assert subject.store.add_once("a", 60)
    assert not subject.store.add_once("a", 60)
    assert subject.store.add_once("b", 60)


def test_counting_starts_at_one_and_goes_up(subject: Subject) -> None:
    assert [subject.store.count("a", 60) for _ in range(3)] == [1, 2, 3]
    assert subject.store.count("b", 60) == 1


def test_everything_expires(subject: Subject) -> None:
    store = subject.store
    store.batch([Put(key, b"x", 60) for key in ("get", "take", "swap")])
    store.batch(
        [Put("stays", b"x", 3600), AddOnce("once", 60), Count("count", 60), Count("count", 60)]
    )
    subject.wait(61)
    assert store.batch([Get("get"), Take("take"), Swap("swap", b"x", b"y", 3600)]) == [
        None,
        None,
        False,
    ]
    assert store.batch([Get("swap"), Get("stays"), AddOnce("once", 60), Count("count", 60)]) == [
        None,
        b"x",
        True,
        1,
    ]


def test_a_window_is_not_prolonged_by_counting(subject: Subject) -> None:
    subject.store.count("a", 60)
    subject.wait(40)
    assert subject.store.count("a", 60) == 2
    subject.wait(40)
    assert subject.store.count("a", 60) == 1


def test_a_swap_starts_the_time_to_live_again(subject: Subject) -> None:
    subject.store.put("a", b"old", 60)
    assert subject.store.swap("a", b"old", b"new", 3600)
    subject.wait(61)
    assert subject.store.get("a") == b"new"


def test_lines_are_added_to_what_is_there(subject: Subject) -> None:
    lines = (b"first", b"\x00\xff", b"third")
    assert subject.store.batch([Append("a", line, 60) for line in lines]) == [None] * 3
    assert subject.store.get("a") == b"first\n\x00\xff\nthird\n"
    subject.store.batch([Put("b", b"before ", 60), Append("b", b"after", 60)])
    assert subject.store.take("b") == b"before after\n"
    subject.store.batch([Append("b", b"anew", 60)])
    assert subject.store.get("b") == b"anew\n"


def test_lines_expire_together_and_each_starts_the_time_to_live_again(subject: Subject) -> None:
    subject.store.batch([Append("a", b"old", 60), Append("b", b"old", 60)])
    subject.store.batch([Append("b", b"new", 3600)])
    subject.wait(61)
    assert subject.store.get("a") is None
    assert subject.store.get("b") == b"old\nnew\n"
    subject.store.batch([Append("a", b"new", 3600)])
    assert subject.store.get("a") == b"new\n"


def test_threads_lose_no_line(subject: Subject) -> None:
    def run(name: int) -> None:
        for number in range(20):
            subject.store.batch([Append("a", f"{name}-{number}".encode(), 60)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    found = (subject.store.get("a") or b"").split()
    assert len(found) == len(set(found)) == 80


def test_a_batch_runs_in_order(subject: Subject) -> None:
    operations = [
        Put("a", b"1", 60),
        Swap("a", b"1", b"2", 60),
        Get("a"),
        Take("a"),
        Take("a"),
        AddOnce("b", 60, subject.clock()),
        AddOnce("b", 60, subject.clock()),
        Count("c", 60),
        Count("c", 60),
    ]
    expected = [None, True, b"2", b"2", None, True, False, 1, 2]
    assert subject.store.batch(operations) == expected
    assert subject.store.batch([]) == []


@pytest.mark.parametrize(
    "operation",
    [
        Put("a", b"x", 0),
        AddOnce("a", -1),
        Count("a", 0),
        Append("a", b"x", 0),
        Redeem("a", b"x", b"y", 0),
        Redeem("a", b"x", b"y", 60, AddOnce("b", 0)),
    ],
)
def test_nothing_is_kept_without_an_end(
    subject: Subject, operation: Put | AddOnce | Count | Append | Redeem
) -> None:
    with pytest.raises(ValueError, match="time to live"):
        subject.store.batch([operation])
    assert subject.store.get("a") is None


def test_a_first_store_accepts_what_was_issued_just_before(subject: Subject) -> None:
    issued = subject.clock() - timedelta(seconds=30)
    assert subject.store.add_once("a", 60, issued)
    assert not subject.store.add_once("a", 60, issued)


def test_X_04_an_emptied_store_counts_nothing_older_as_fresh(subject: Subject) -> None:
    issued = subject.clock()
    assert subject.store.add_once("message", 600, issued)
    subject.clock.advance(5)
    emptied = subject.empty()
    assert not emptied.add_once("message", 600, issued), "a replay"
    # Of a partner whose clock runs ahead it could have been accepted before as well.
    ahead = subject.clock() + LARGEST_SKEW - timedelta(seconds=1)
    assert not emptied.add_once("another", 600, ahead)
    subject.clock.advance(LARGEST_SKEW.total_seconds() + 1)
    assert emptied.add_once("later", 600, subject.clock())
    assert not emptied.add_once("later", 600, subject.clock())


def test_it_answers(subject: Subject) -> None:
    subject.store.ping()


def test_threads_share_one_winner(subject: Subject) -> None:
    subject.store.batch([put for number in range(20) for put in racers.prepare(number)])

    def run(name: bytes) -> list[object]:
        found: list[object] = []
        for number in range(20):
            found += subject.store.batch(
                [
                    Take(f"take-{number}"),
                    Swap(f"swap-{number}", b"old", name, 60),
                    AddOnce(f"once-{number}", 60),
                ]
            )
        return found

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(run, [b"1", b"2", b"3", b"4"]))
    for results in zip(*runs, strict=True):
        assert sum(1 for result in results if result) == 1


@pytest.mark.parametrize("subject", SHARED, indirect=True)
def test_the_first_store_of_all_has_the_last_word(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes start together: the second comes first, the first claimed before it."""
    engine, now = make_engine(subject.database_url), subject.clock()
    for is_first, accepted in ((False, False), (True, True)):
        monkeypatch.setattr(
            "state.stores.store_generation.is_first_store", lambda *_, said=is_first: said
        )
        store = make_store(subject.store_url, engine, subject.clock)
        store._is_first = lambda said=is_first: said  # type: ignore[attr-defined]
        store._be_born()  # type: ignore[attr-defined]
        assert store.add_once("once", 60, now) is accepted
    engine.dispose()


@pytest.mark.parametrize("subject", SHARED, indirect=True)
def test_processes_share_one_winner(subject: Subject) -> None:
    subject.store.batch([put for number in range(racers.ROUNDS) for put in racers.prepare(number)])
    runs = racers.race(subject.database_url, subject.store_url, subject.clock())
    rounds = [list(zip(*[iter(run)] * 6, strict=True)) for run in runs]
    for first, second in zip(*rounds, strict=True):
        take, swap, once, redeemed, with_same, _ = first
        other_take, other_swap, other_once, other_redeemed, other_with_same, _ = second
        assert {take, other_take} == {b"x", None}
        assert {redeemed, other_redeemed} in ({b"old", b"first"}, {b"old", b"second"})
        assert {with_same, other_with_same} == {b"old", False}
        assert {swap, other_swap} == {True, False}
        assert {once, other_once} == {True, False}
    counts = [count for run in rounds for *_, count in run]
    assert sorted(counts) == list(range(1, 2 * racers.ROUNDS + 1))

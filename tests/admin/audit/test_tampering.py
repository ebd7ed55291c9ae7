"""L-04: whatever is changed in what was sealed, the check says so, and where."""

from __future__ import annotations

import pytest

from admin.audit.verification import SHOWN, Fault
from tests.admin.audit.chain import OTHER, Chain

ROW = {
    "tag": "'login.succeeded'",
    "tag to none of ours": "'nonsense'",
    "at": "'2026-01-01 00:00:00.000000'",
    "reference": "'ZZZZZZZZ'",
    "client_id": "'another'",
    "service_uuid": "NULL",
    "provider_id": "'another'",
    "organisation_id": "'another'",
    "outcome": "'refused'",
    "reason": "NULL",
    "level": "'EH4'",
    "level to none of ours": "'EH9'",
    "details": """'{"person": "qqqqqqqqqqqqqqqqqqqqqqqqqq", "factors": 99}'""",
    "digest": "NULL",
    "sealed_people": "NULL",
}
BATCH = {
    "first_id": "first_id - 1",
    "last_id": "last_id + 1",
    "count": "count + 1",
    "root": "previous",
    "previous": "root",
    "hash": "root",
    "sealed_at": "'2026-01-01 00:00:00.000000'",
    "checkpoint": "'e30.e30.e30'",
}


def test_what_nobody_touched_is_whole(chain: Chain) -> None:
    report = chain.verify()
    assert report.is_whole, report.faults
    assert (report.batches, report.rows, report.last, report.unsealed) == (3, 9, 3, 0)


@pytest.mark.parametrize("field", ROW)
def test_L_04_a_changed_field_of_an_event_is_reported(chain: Chain, field: str) -> None:
    column = field.split()[0]
    chain.sql(f"UPDATE audit_event SET {column} = {ROW[field]} WHERE id = 5")
    assert (Fault.ROW_CHANGED, 2, 5) in chain.faults()


def test_L_04_another_person_is_reported(chain: Chain) -> None:
    chain.sql("UPDATE audit_event SET person_id = :other WHERE id = 5", other=OTHER)
    assert chain.faults() == {(Fault.PERSON_CHANGED, 2, 5)}


def test_L_04_another_person_in_the_details_is_reported(chain: Chain) -> None:
    details = '{"person": "pppppppppppppppppppppppppp", "factors": 5}'
    chain.sql("UPDATE audit_event SET details = :details WHERE id = 5", details=details)
    assert chain.faults() == {(Fault.PERSON_CHANGED, 2, 5)}


def test_L_04_a_person_taken_out_is_not_one_who_was_forgotten(chain: Chain) -> None:
    chain.sql("UPDATE audit_event SET person_id = NULL WHERE id = 5")
    assert chain.faults() == {(Fault.PERSON_ERASED, 2, 5)}


def test_L_04_a_person_taken_out_with_the_key_is_not_one_who_was_forgotten(chain: Chain) -> None:
    chain.sql("UPDATE audit_event SET person_id = NULL WHERE person_id = :p", p="p" * 26)
    chain.sql("DELETE FROM person_key WHERE person_id = :p", p="p" * 26)
    assert {fault for fault, *_ in chain.faults()} == {Fault.PERSON_ERASED}


@pytest.mark.parametrize(("event", "batch"), [(5, 2), (9, 3), (1, 1)])
def test_L_04_a_deleted_event_is_reported(chain: Chain, event: int, batch: int) -> None:
    chain.sql("DELETE FROM audit_event WHERE id = :event", event=event)
    assert chain.faults() == {(Fault.ROWS_MISSING, batch, None)}


def test_L_04_an_event_moved_to_another_batch_is_reported(chain: Chain) -> None:
    chain.sql("UPDATE audit_event SET batch = 3 WHERE id = 5")
    assert chain.faults() == {(Fault.ROWS_MISSING, 2, None), (Fault.ROWS_ADDED, 3, None)}


def test_L_04_swapped_events_are_reported(chain: Chain) -> None:
    for old, new in ((4, 1000), (5, 4), (1000, 5)):
        chain.sql("UPDATE audit_event SET id = :new WHERE id = :old", old=old, new=new)
    faults = chain.faults()
    assert {(Fault.ROW_CHANGED, 2, 4), (Fault.ROW_CHANGED, 2, 5)} <= faults


def test_L_04_an_event_taken_out_of_its_batch_is_reported_after_the_next_seal(
    chain: Chain,
) -> None:
    chain.sql("UPDATE audit_event SET batch = NULL WHERE id = 5")
    chain.seal()
    assert (Fault.ROWS_MISSING, 2, None) in chain.faults()


@pytest.mark.parametrize("field", BATCH)
def test_L_04_a_changed_field_of_a_batch_is_reported(chain: Chain, field: str) -> None:
    column = f'"{field}"'
    value = BATCH[field].replace("count", '"count"')
    chain.sql(f"UPDATE audit_batch SET {column} = {value} WHERE number = 2")
    assert any(batch in (2, 3) for _, batch, _ in chain.faults())


def test_L_04_a_deleted_batch_is_reported(chain: Chain) -> None:
    chain.sql("DELETE FROM audit_batch WHERE number = 2")
    assert (Fault.BATCH_MISSING, 2, None) in chain.faults()


def test_L_04_a_batch_deleted_with_its_events_is_reported(chain: Chain) -> None:
    chain.sql("DELETE FROM audit_event WHERE batch = 2")
    chain.sql("DELETE FROM audit_batch WHERE number = 2")
    assert chain.faults() == {(Fault.BATCH_MISSING, 2, None)}


def test_L_04_the_first_batch_deleted_with_its_events_is_reported(chain: Chain) -> None:
    chain.sql("DELETE FROM audit_event WHERE batch = 1")
    chain.sql("DELETE FROM audit_batch WHERE number = 1")
    assert chain.faults() == {(Fault.BATCH_MISSING, 1, None)}


def test_L_04_the_last_batch_deleted_alone_is_reported(chain: Chain) -> None:
    chain.sql("DELETE FROM audit_batch WHERE number = 3")
    assert (Fault.BATCH_MISSING, 3, None) in chain.faults()


@pytest.mark.parametrize("number", [0, -1, -(2**31)])
def test_L_04_events_in_a_batch_before_the_first_are_reported(chain: Chain, number: int) -> None:
    """Such a batch follows nothing, so nothing in the chain would miss it."""
    chain.sql(
        'INSERT INTO audit_batch (number, first_id, last_id, "count", root, previous, hash,'
        " sealed_at, checkpoint) SELECT :number, first_id, last_id, 1, root, previous, hash,"
        " sealed_at, checkpoint FROM audit_batch WHERE number = 1",
        number=number,
    )
    chain.sql(
        "INSERT INTO audit_event (id, tag, at, person_id, details, batch, sealed_people, digest)"
        " SELECT 1000, tag, at, person_id, details, :number, sealed_people, digest"
        " FROM audit_event WHERE id = 1",
        number=number,
    )
    assert any(batch == number for _, batch, _ in chain.faults())


def test_L_04_a_batch_with_a_number_far_away_does_not_keep_the_check_busy(chain: Chain) -> None:
    chain.sql("UPDATE audit_batch SET number = :far WHERE number = 3", far=2**31 - 1)
    faults = chain.verify().faults
    assert (Fault.BATCH_MISSING, 3) in {(one.fault, one.batch) for one in faults}
    assert len(faults) == SHOWN


def test_L_04_a_key_of_somebody_else_signs_nothing(chain: Chain) -> None:
    chain.sql("UPDATE audit_signer SET sealed = :other", other=b"{}")
    assert Fault.SIGNER_BAD in {fault for fault, *_ in chain.faults()}


def test_M_12_L_04_an_end_cut_off_shows_beside_a_checkpoint_kept_elsewhere(chain: Chain) -> None:
    kept = chain.checkpoint()
    assert chain.faults(kept) == set()
    chain.sql("DELETE FROM audit_event WHERE batch = 3")
    chain.sql("DELETE FROM audit_batch WHERE number = 3")
    assert chain.faults() == set(), "this is what only the checkpoint can tell"
    assert chain.faults(kept) == {(Fault.CHAIN_CUT, 3, None)}
    chain.record(1)
    chain.seal()
    assert chain.faults(kept) == {(Fault.CHAIN_REWRITTEN, 3, None)}


def test_a_checkpoint_holds_for_a_chain_that_went_on(chain: Chain) -> None:
    kept = chain.checkpoint()
    chain.record(1)
    chain.seal()
    assert chain.faults(f"{kept}\n") == set()


@pytest.mark.parametrize("forged", ["", "no checkpoint", "e30.e30.e30"])
def test_a_checkpoint_that_we_did_not_sign_is_worth_nothing(chain: Chain, forged: str) -> None:
    assert chain.faults(forged) == {(Fault.SIGNATURE_BAD, None, None)}

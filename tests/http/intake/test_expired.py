"""What a batch has kept back is kept for thirty days after its end, and goes with an event."""

from datetime import UTC, datetime, timedelta

from insurance import wiring
from insurance.domain.schedule.plan import jobs_after
from insurance.domain.schedule.scheduled_job import LIVE, JobKind

from tests.support.calls import CONTEXT
from tests.support.intake import GOOD, LIVE_BROKER, Desk, motor_file
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

TOO_YOUNG = ("CD34 EFG", "Ben Young", "7", *GOOD[3:])
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def test_thirty_days_after_a_batch_has_ended_the_keys_of_its_rows_are_destroyed(
    handlers: Platform,
) -> None:
    desk = Desk(handlers, mode="live")
    desk.approved()
    batch = desk.brought_id(motor_file([GOOD, TOO_YOUNG, TOO_YOUNG]), by=LIVE_BROKER)
    assert desk.step(batch, "start", LIVE_BROKER).status == 200
    desk.run(batch, LIVE_BROKER)
    rows = f"/v1/batches/{batch}/rows"
    rejected = desk.call(
        f"{rows}/3/resolution", {"resolution": "reject", "reason": "No."}, LIVE_BROKER
    )
    assert rejected.status == 200, rejected.text

    events = streams(handlers.backend)[batch]
    [(ended, job)] = [
        (event, job)
        for event in events
        for job in jobs_after(event, handlers.products.version)
        if job.kind is JobKind.EXPIRED_ROWS
    ]
    with handlers.surroundings():
        wiring.stores().scheduled_jobs.add(job.moved(SINCE))
        done = handlers.apps["data_intake"].run_live({"kinds": ["expired_rows"]}, CONTEXT)

    assert (job.partition, job.subject) == (LIVE, batch)
    assert job.due_at - ended.processed_at < timedelta(days=30, seconds=2)
    assert (done["jobs"], done["failed"]) == (1, 0)
    [expired] = desk.get(f"{rows}?state=expired", LIVE_BROKER)["items"]
    [left_out] = desk.get(f"{rows}?state=rejected", LIVE_BROKER)["items"]
    assert (expired["number"], left_out["number"]) == (4, 3)
    assert "values" not in expired
    assert "values" not in left_out
    assert desk.get(f"/v1/batches/{batch}", LIVE_BROKER)["open_rows"] == 0
    kept = [item for item in handlers.backend.items("intake") if item["id"]["S"].startswith("row_")]
    assert not any("key" in item for item in kept)
    assert_chains_hold(handlers.backend)
    types = [event.type for item in kept for event in streams(handlers.backend)[item["id"]["S"]]]
    assert types.count("row.expired") == 2

"""What falls due after another broker was appointed is theirs: instalments, notices, the next term."""

from datetime import timedelta

from insurance.domain.core.identity import Mode
from insurance.domain.schedule.scheduled_job import partition_for
from insurance.operations.scheduler.run_jobs import RunReport, run_jobs

from tests.support.claims import MOTOR
from tests.support.driving.http import Json
from tests.support.platform import Platform, platform_in_memory
from tests.support.search import ADA

FORMER, NEW, CLERK = "harbour-test", "meadow-test", "call-centre-test"
APPOINTED: Json = {
    "reason": "broker",
    "to_partner": "meadow",
    "consents": ["holder"],
    "evidence": "APPOINTMENT-1",
}


def run(platform: Platform, partner: str) -> RunReport:
    """What a partner's clock lets the scheduler do."""
    platform.schedule_events()
    return run_jobs(
        partition_for(Mode.TEST, partner),
        platform.jobs,
        scheduled=platform.stores.scheduled_jobs,
        now=platform.now,
        time_is_up=lambda: False,
    )


def test_what_falls_due_is_in_the_new_book_and_follows_its_clock():
    with platform_in_memory() as (platform, _):
        body = {"product": "personal_motor", "start": "2026-12-01", "answers": MOTOR}
        quote = platform.post("/v1/quotes", body | {"policyholder": ADA})
        platform.post(f"/v1/quotes/{quote['id']}/acceptance")
        path = f"/v1/policies/{platform.post('/v1/policies', {'quote_id': quote['id']})['id']}"
        platform.post(f"{path}/billing/plan", {"plan": "monthly"})
        platform.schedule_events()
        platform.now += timedelta(days=30)
        platform.post(f"{path}/transfers", APPOINTED, by=CLERK)
        platform.schedule_events()
        before = {event.hash for event in platform.events()}
        platform.now += timedelta(days=330)

        run(platform, "harbour")  # its quote alone, which was issued
        assert {event.hash for event in platform.events()} == before
        report = run(platform, "meadow")

        assert (report.failed, report.finished) == (0, True)
        made = [event for event in platform.events() if event.hash not in before]
        types = {event.type for event in made}
        assert {"billing.instalment_due", "policy.notice_given", "policy.renewal_invited"} <= types
        assert {event.facts["partner"] for event in made if "partner" in event.facts} == {"meadow"}
        [offer] = [event.stream for event in made if event.type == "quote.made"]
        for each in (f"/v1/quotes/{offer}", path):
            assert platform.call("GET", each, by=NEW).status == 200
            assert platform.call("GET", each, by=FORMER).status == 404

"""The callers of `bench.load`, in a process of their own: locust's users, each walking one journey after another.

What is asked for comes as JSON on standard input, and what was found is answered on standard output.
"""

# gevent must be the first to see the standard library: locust patches it when it is imported.
from locust import FastHttpUser, task
from locust.env import Environment

# isort: split
import itertools
import json
import sys
import time
from collections import Counter

import gevent

from demo.samples import british_iban

QUOTED_AT, NOTIFIED_AT = "2026-11-24T09:00:00Z", "2027-01-16T08:20:00Z"
PLATES = ("AB12CDE", "CD34EFG", "EF56GHJ")
"""Of vehicles that the sample look-up knows."""
LOOK_SECONDS = 0.25
"""Until the first look at a claim whose payment the bank has not reported yet; then twice as long each time: a
stack that is slow is not made slower by being asked."""
PAID_WITHIN = 60.0

asked = json.loads(sys.stdin.readline())
numbers = itertools.count(asked["first"])
left = itertools.count(asked["journeys"], -1)
journeys: list[float] = []
settled: dict[str, float] = {}
faults: Counter[str] = Counter()


class Failed(Exception):
    """A journey that came to no paid claim."""


class Broker(FastHttpUser):
    """One caller of a partner: a policy is quoted, accepted, issued, and a claim on it is paid."""

    host = asked["url"]
    default_headers = {"Authorization": f"Bearer {asked['token']}"}

    @task
    def journey(self):
        if next(left) <= 0:
            self.stop()
            return
        number, began = next(numbers), time.perf_counter()
        try:
            walk(self.call, number)
        except Failed as why:
            faults[str(why)] += 1
        else:
            journeys.append(time.perf_counter() - began)

    def call(self, method, name, path, body=None, *, key=None, at=QUOTED_AT):
        headers = {"Coverwright-Clock": at} | ({"Idempotency-Key": key} if key else {})
        with self.client.request(
            method, path, json=body, headers=headers, name=name, catch_response=True
        ) as answer:
            if answer.status_code >= 300 or answer.status_code == 0:
                answer.failure(f"{answer.status_code}: {(answer.text or '')[:200]}")
                raise Failed(f"{name}: {answer.status_code} {(answer.text or '')[:200]}")
            return answer.json()


def walk(call, number):
    """Every second journey looks around on its way: its quote, what the policy covers, a claim in two calls."""
    looks = bool(number % 2)
    key = f"{asked['run']}-{number}"
    name = f"Ada Merton {number}"
    quote = call("POST", "quote", "/v1/quotes", quote_body(name, number), key=f"{key}-quote")
    if looks:
        call("GET", "read quote", f"/v1/quotes/{quote['id']}")
    call("POST", "accept", f"/v1/quotes/{quote['id']}/acceptance", {}, key=f"{key}-accept")
    policy = call("POST", "issue", "/v1/policies", {"quote_id": quote["id"]}, key=f"{key}-issue")
    loss = {
        "policy_id": policy["id"],
        "cover": "accidental_damage",
        "occurred_at": "2027-01-15T08:20:00Z",
        "claimed": {"amount": 300000, "currency": "GBP"},
        "facts": {"driver_age": 35, "fault": True},
    }
    notice = loss | {
        "claimant": {"name": name},
        "payee": {"name": name, "iban": british_iban(number)},
        "narrative": "Slid into a wall on ice.",
    }
    then = {"at": NOTIFIED_AT}
    if looks:
        call("GET", "read policy", f"/v1/policies/{policy['id']}", **then)
        call("POST", "check coverage", "/v1/coverage-checks", loss, **then)
        claim = call("POST", "notify", "/v1/claims", notice, key=f"{key}-claim", **then)
        path = f"/v1/claims/{claim['id']}/settlement"
        claim = call("POST", "settle", path, {}, key=f"{key}-settle", **then)
    else:
        notice |= {"settle": True}
        claim = call("POST", "notify and settle", "/v1/claims", notice, key=f"{key}-claim", **then)
    settled.update(dict.fromkeys((each["id"] for each in claim["payments"]), time.time()))
    wait_for_the_bank(call, claim, then)


def wait_for_the_bank(call, claim, then):
    until, pause = time.monotonic() + PAID_WITHIN, LOOK_SECONDS
    while {each["status"] for each in claim["payments"]} != {"paid"}:
        if time.monotonic() > until or claim["status"] == "referred":
            raise Failed(f"the claim is {claim['status']}: {claim.get('task')}")
        gevent.sleep(pause)
        pause *= 2
        claim = call("GET", "read claim", f"/v1/claims/{claim['id']}", **then)


def quote_body(name, number):
    return {
        "product": "personal_motor",
        "start": "2026-12-01",
        "policyholder": {
            "name": name,
            "email": "ada.merton@example.com",
            "date_of_birth": "1991-03-14",
        },
        "answers": {
            "registration": PLATES[number % len(PLATES)],
            "vehicle_value": {"amount": 1200000, "currency": "GBP"},
            "annual_mileage": 8000,
            "no_claims_years": 5,
            "voluntary_excess": {"amount": 25000, "currency": "GBP"},
            "cover_type": "comprehensive",
            "drivers": [{"age": 35, "licence_years": 15, "convictions": 0}],
        },
        "covers": [],
    }


def main():
    environment = Environment(user_classes=[Broker])
    runner = environment.create_local_runner()
    cpu, began = time.process_time(), time.perf_counter()
    runner.start(asked["callers"], spawn_rate=100)
    runner.spawning_greenlet.join()
    while runner.user_count:
        gevent.sleep(0.02)
    runner.quit()
    total = environment.stats.total
    found = {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "journeys": journeys,
        "settled": settled,
        "requests": total.num_requests,
        "errors": total.num_failures,
        "faults": dict(faults),
        "by_request": {
            name: [entry.num_requests, entry.median_response_time]
            for (name, _), entry in environment.stats.entries.items()
        },
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()

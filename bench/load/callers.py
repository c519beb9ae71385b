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

from bench.load.journey import QUOTED_AT, Failed, headers, walk

asked = json.loads(sys.stdin.readline())
numbers = itertools.count(asked["first"])
left = itertools.count(asked["journeys"], -1)
journeys: list[float] = []
settled: dict[str, float] = {}
faults: Counter[str] = Counter()


class Broker(FastHttpUser):
    """One caller of a partner."""

    host = asked["url"]
    default_headers = {"Authorization": f"Bearer {asked['token']}"}

    @task
    def journey(self):
        if next(left) <= 0:
            self.stop()
            return
        number, began = next(numbers), time.perf_counter()
        try:
            walk(self.call, number, run=asked["run"], settled=settled)
        except Failed as why:
            faults[str(why)] += 1
        else:
            journeys.append(time.perf_counter() - began)

    def call(self, method, name, path, body=None, *, key=None, at=QUOTED_AT):
        with self.client.request(
            method, path, json=body, headers=headers(key, at), name=name, catch_response=True
        ) as answer:
            if answer.status_code >= 300 or answer.status_code == 0:
                answer.failure(f"{answer.status_code}: {(answer.text or '')[:200]}")
                raise Failed(f"{name}: {answer.status_code} {(answer.text or '')[:200]}")
            return answer.json()


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

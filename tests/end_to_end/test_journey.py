"""The main job over HTTP, and what many callers at once may not do to it."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from demo.journey import Walk, read_journey
from demo.samples import Partner
from local.settings import ROOT
from local.stack import Stack
from tests.end_to_end.conftest import CallAs, Caller
from tests.support.clock_ahead import a_year_ahead
from tests.support.waiting import wait_until

type Json = dict[str, Any]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("private-motor", "OK: quoted 169.26 GBP, policy issued, claim settled, 2500.00 GBP paid"),
        ("young-driver", "OK: quoted 385.64 GBP, policy issued, claim settled, 1000.00 GBP paid"),
    ],
)
def test_a_policy_goes_from_quote_to_paid_claim(stack: Stack, file: str, line: str) -> None:
    walk = Walk(read_journey(ROOT / "demo" / "journeys" / f"{file}.json"), stack)

    with walk.client:
        ids = walk.from_quote_to_paid_claim()

        assert walk.last_line(ids) == line


def test_the_journey_reads_its_figures_back_from_a_stack_started_again_a_year_from_now(
    tmp_path: Path,
) -> None:
    said = played(tmp_path, **a_year_ahead())

    assert said.count("up in") == 2


def test_where_only_a_database_in_memory_runs_the_journey_ends_well_too(tmp_path: Path) -> None:
    said = played(tmp_path, ENGINE="moto")

    assert said.count("up in") == 1
    assert "this database keeps nothing: read back without starting again" in said


def played(folder: Path, **settings: str) -> str:
    """What `make run` prints, which ends well."""
    ours = {
        "DATA": str(folder),
        "PORT": "0",
        "SERVICES_PORT": "0",
        "DATABASE_PORT": "0",
        "WARM": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", "local", "run"],
        cwd=ROOT,
        env=os.environ | ours | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *before, last = done.stdout.splitlines()
    assert last == "OK: quoted 169.26 GBP, policy issued, claim settled, 2500.00 GBP paid"
    assert re.search(r"^ +timed +\d+ s from the start to the figures read back$", before[-1])
    return done.stdout


def test_eight_callers_at_once_each_see_themselves_and_only_themselves(
    stack: Stack, call_as: CallAs, risk: Json
) -> None:
    partners = [Partner(f"caller-{n}", f"partner-{n}", f"Caller {n}", "gold") for n in range(8)]
    for partner in partners:
        stack.admit(partner)
    callers = {partner.partner: call_as(partner) for partner in partners}

    def quote(partner: str) -> tuple[str, str]:
        body = risk | {"policyholder": {"name": partner}}
        answer = callers[partner].post("/v1/quotes", body, key="the-same-key-for-all")
        assert answer.status_code == 201, answer.text
        return partner, answer.json()["id"]

    def read(pair: tuple[str, str]) -> tuple[int, str]:
        reader, quote_id = pair
        answer = callers[reader].get(f"/v1/quotes/{quote_id}")
        name = answer.json().get("policyholder", {}).get("name", "")
        return answer.status_code, name

    with ThreadPoolExecutor(8) as pool:
        quotes = dict(pool.map(quote, callers))
        pairs = [(reader, quotes[owner]) for reader in callers for owner in callers]
        seen = dict(zip(pairs, pool.map(read, pairs), strict=True))

    assert len(set(quotes.values())) == 8
    for (reader, quote_id), answer in seen.items():
        own = quotes[reader] == quote_id
        assert answer == ((200, reader) if own else (404, ""))


def test_a_new_quote_reaches_lists_and_searches_by_the_stream_of_its_table(
    stack: Stack, call_as: CallAs, risk: Json
) -> None:
    partner = Partner("lister", "lister", "Lister", "gold")
    stack.admit(partner)
    caller = call_as(partner)
    holder = {"name": "Ida Lister", "email": "ida@lister.example"}
    quote = caller.post("/v1/quotes", risk | {"policyholder": holder}).json()

    def found() -> list[Json]:
        listed = caller.get("/v1/quotes").json()["items"]
        marks = {"email": "Ida@Lister.example"}
        parties = caller.post("/v1/parties/search", marks).json()["items"]
        return [*listed, *parties]

    listed, party = wait_until(found, lambda rows: len(rows) == 2)
    assert (listed["id"], listed["party_id"]) == (quote["id"], party["id"])


def test_sixteen_clients_issuing_one_quote_make_one_policy(harbour: Caller, risk: Json) -> None:
    quote_id = harbour.post("/v1/quotes", risk).json()["id"]
    assert harbour.post(f"/v1/quotes/{quote_id}/acceptance", {}).status_code == 200

    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda _: harbour.post("/v1/policies", {"quote_id": quote_id}), range(16))
        )

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * 15
    [issued] = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    events = harbour.get(f"/v1/policies/{issued}/events").json()
    assert [event["type"] for event in events["items"]] == ["policy.issued"]
    assert events["verified"]


def test_a_command_sent_again_is_answered_as_the_first_was(harbour: Caller, risk: Json) -> None:
    first = harbour.post("/v1/quotes", risk, key="again")
    second = harbour.post("/v1/quotes", risk, key="again")

    assert first.json() == second.json()
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"


def test_a_referred_risk_is_taken_on_by_an_underwriter(
    call_as: CallAs, harbour: Caller, risk: Json
) -> None:
    value = {"amount": 6_000_000, "currency": "GBP"}
    quote = harbour.post(
        "/v1/quotes", risk | {"answers": risk["answers"] | {"vehicle_value": value}}
    ).json()
    underwriter = call_as("underwriter-test")

    decided = underwriter.post(
        f"/v1/quotes/{quote['id']}/referral-decision",
        {"decision": "accept", "reason": "Garaged at night.", "load": "0.25"},
    )

    assert quote["status"] == "referred"
    assert decided.status_code == 200, decided.text
    assert decided.json()["status"] == "bindable"


def test_erasing_a_party_leaves_the_chain_whole(
    call_as: CallAs, harbour: Caller, risk: Json
) -> None:
    quote_id = harbour.post("/v1/quotes", risk).json()["id"]
    harbour.post(f"/v1/quotes/{quote_id}/acceptance", {})
    policy = harbour.post("/v1/policies", {"quote_id": quote_id}).json()
    officer = call_as("privacy-test")

    path = f"/v1/parties/{policy['party_id']}/erasure"
    refused = officer.post(path, {"reason": "requested"})
    erased = officer.post(path, {"reason": "requested"}, at=refused.json()["possible_from"])

    assert refused.json()["code"] == "legal-hold"
    assert erased.status_code == 200, erased.text
    after = harbour.get(f"/v1/policies/{policy['id']}")
    assert "Ada Merton" not in after.text
    assert harbour.get(f"/v1/policies/{policy['id']}/events").json()["verified"]

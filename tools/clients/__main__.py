"""`make clients`: generate a client with each generator, compile it, and play quote to paid claim with it.

`python -m tools.clients [name …]`. A generator that cannot be tried on this machine is said to be not tried: that
fails where all are asked for, and where CI is set.
"""

import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from demo.journey import read_journey
from demo.samples import british_iban
from local.settings import ROOT, Settings
from local.stack import Stack, ephemeral
from tools.clients.generators import GENERATORS, Generator, installed
from tools.clients.workshop import Failed, Workshop, install

type Json = dict[str, Any]

JOURNEY = ROOT / "demo" / "journeys" / "private-motor.json"
AT_ONCE = 2


class Outcome(NamedTuple):
    """What became of one generator."""

    name: str
    said: str
    failed: bool = False
    tried: bool = True


class Bench:
    """The stack that the clients call, and what it serves of the definition."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._folder = folder
        self._client = httpx.Client(trust_env=False, timeout=35)
        self._base_url = stack.base_url
        definition = self._client.get(f"{stack.services_url}/openapi.json").raise_for_status()
        self._definition = folder / "openapi.json"
        self._definition.write_bytes(definition.content)
        self._said: Json = definition.json()
        self.operations = sum(len(item) for item in self._said["paths"].values())
        # One account for all would be paid more than goes straight through, and the last claims would wait for a person.
        self._accounts: Iterator[str] = map(british_iban, count(1))
        journey = read_journey(JOURNEY)
        self._token = self._signed_in(journey.caller, stack.issuer.client_secret(journey.caller))
        self._clock = journey.notified_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._given: Json = {
            "base_url": self._base_url,
            "token": self._token,
            "clock": {
                "quoted_at": journey.quoted_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "notified_at": self._clock,
            },
            "quote": journey.quote,
            "claim": journey.claim,
        }

    def try_out(self, generator: Generator) -> Outcome:
        """Generate, compile, play; then read over HTTP whether the claim is paid."""
        if not installed(generator):
            why = "needs node and npm" if generator.on_node else "is installed by `make clients`"
            return Outcome(generator.name, f"NOT TRIED: {why}", tried=False)
        began = time.monotonic()
        try:
            said = self._made_and_played(generator)
        except Failed as error:
            return Outcome(generator.name, f"FAILED: {error}", failed=True)
        return Outcome(generator.name, f"{said} in {time.monotonic() - began:.0f} s")

    def _made_and_played(self, generator: Generator) -> str:
        workshop = self._workshop(generator.name)
        operations = generator.generate(workshop)
        if operations != self.operations:
            raise Failed(f"{operations} of {self.operations} operations generated")
        generator.compile(workshop)
        paid = self._paid(generator.play(workshop))
        return f"{operations} operations generated, compiled, journey paid {paid}"

    def _workshop(self, name: str) -> Workshop:
        folder = self._folder / name
        folder.mkdir()
        given = folder / "given.json"
        claim = self._given["claim"]
        paid_to = {**claim["payee"], "iban": next(self._accounts)}
        own = {"claim": {**claim, "payee": paid_to}, "run": uuid.uuid4().hex}
        given.write_text(json.dumps({**self._given, **own}))
        return Workshop(folder, self._definition, given)

    def _signed_in(self, client_id: str, secret: str) -> str:
        """An access token as the definition says that an application gets one."""
        scheme = self._said["components"]["securitySchemes"]["application"]
        answer = self._client.post(
            scheme["flows"]["clientCredentials"]["tokenUrl"],
            data={"grant_type": "client_credentials"},
            auth=(client_id, secret),
        )
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    def _paid(self, claim_id: str) -> str:
        answer = self._client.get(
            f"{self._base_url}/v1/claims/{claim_id}",
            headers={
                "Authorization": f"Bearer {self._token}",
                "Coverwright-Clock": self._clock,
            },
        )
        payments = answer.json().get("payments", [])
        if not payments or {payment["status"] for payment in payments} != {"paid"}:
            raise Failed(f"claim {claim_id} reads back as {answer.text[:500]}")
        amounts = [payment["amount"] for payment in payments]
        total = sum(amount["amount"] for amount in amounts)
        return f"{total // 100}.{total % 100:02d} {amounts[0]['currency']}"


def main(asked: list[str]) -> int:
    """Try each; 1 if one failed, or could not be tried where it must be."""
    unknown = set(asked) - {each.name for each in GENERATORS}
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(g.name for g in GENERATORS)}")
        return 1
    chosen = [each for each in GENERATORS if not asked or each.name in asked]
    try:
        install()
    except Failed as error:
        print(f"FAILED: {error}")
        return 1
    return _try_out(chosen, must_be_tried=not asked or "CI" in os.environ)


def _try_out(chosen: list[Generator], *, must_be_tried: bool) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            Stack(ephemeral(Settings(), folder=folder / "stack")) as stack,
            ThreadPoolExecutor(AT_ONCE) as pool,
        ):
            outcomes = []
            for outcome in pool.map(Bench(stack, folder).try_out, chosen):
                print(f"{outcome.name}: {outcome.said}", flush=True)
                outcomes.append(outcome)
    good = [each for each in outcomes if each.tried and not each.failed]
    print(f"{len(good)} of {len(outcomes)} generators: generated, compiled, journey paid")
    bad = [each for each in outcomes if each.failed or (must_be_tried and not each.tried)]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

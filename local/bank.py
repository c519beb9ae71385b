"""The bank simulator: takes payment instructions, pays, reports, each exactly once.

It is told by events, and pays at once; or, while `by_file` holds, by files of payments, which it
reads as strictly as a bank does and answers with a status report.

An instruction is in its inbox before the event that brought it is acknowledged, and stays there
until the report about it has been answered; the report's idempotency key is the instruction's id,
so a report whose answer was lost is the same report again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from local.aws.background import end
from local.aws.services.event_bus import Event

type Json = dict[str, Any]

EXECUTING = "executing"
ORDERS = {"clm": "payments", "cmp": "redress", "bil": "refunds", "sus": "refunds"}
"""Where the events of a stream have what is to be paid out."""
BY_FILE = frozenset({"clm", "bil", "cmp"})
"""Those whose orders reach a bank in files, where it takes files."""

REPORTS = "/v1/bank-reports"

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 15.0
_RETRIED = frozenset({401, 403, 408, 429})  # a token or a plan may recover, as a server may

log = logging.getLogger("coverwright.bank")


@dataclass(frozen=True)
class Instruction:
    """One instruction as the bank keeps it."""

    id: str
    payment: Json
    executed_at: str

    @property
    def mode(self) -> str:
        """Test instructions are reported by the bank's test client, live ones by its live one."""
        return "test" if "_test_" in self.id else "live"


class Bank:
    """Inbox on disk, reports over HTTP with the bank's own token."""

    def __init__(
        self, path: Path, *, token: Callable[[str], str], verify: str | bool = True
    ) -> None:
        self._inbox = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._inbox.execute("PRAGMA journal_mode = WAL")
        self._inbox.execute("PRAGMA synchronous = FULL")
        self._inbox.execute(
            "CREATE TABLE IF NOT EXISTS instructions (id TEXT PRIMARY KEY, payment TEXT NOT NULL,"
            " received REAL NOT NULL, executed_at TEXT NOT NULL, answer INTEGER, body TEXT)"
        )
        self._token = token
        self._verify = verify
        self._by_file = False
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def receive(self, event: Event) -> None:
        """Keep what an event orders to be paid; an order that came before is known."""
        stream = event.detail.get("stream", "")[:3]
        where = ORDERS.get(stream)
        if where is None or (self._by_file and stream in BY_FILE):
            return
        for payment in event.detail["facts"].get(where, ()):
            if payment.get("status") == EXECUTING:
                self._inbox.execute(
                    "INSERT OR IGNORE INTO instructions (id, payment, received, executed_at)"
                    " VALUES (?, ?, ?, ?)",
                    (payment["id"], json.dumps(payment), time.time(), _now()),
                )
        self._news.set()

    @contextmanager
    def by_file(self) -> Iterator[None]:
        """Do as a bank does that is told by files alone. Events go by unheard."""
        self._by_file = True
        try:
            yield
        finally:
            self._by_file = False

    def answer(self, document: bytes, *, refusing: Mapping[str, str]) -> str:
        """The status report on a file: paid but for what is refused, by reference and reason's code."""
        # Reading the standard's schemas takes half a second that nobody else has to wait for.
        from local.bank_messages.messages import read_payments, status_report  # noqa: PLC0415

        ordered = read_payments(document)
        statuses = {
            each.reference: ("RJCT", refusing[each.reference])
            if each.reference in refusing
            else ("ACSC", None)
            for each in ordered.transfers
        }
        group = "PART" if refusing else "ACSC"
        report_id = _reference(ordered.message_id)
        return status_report(report_id, ordered.message_id, group=group, payments=statuses)

    def start(self, base_url: str) -> None:
        self._task = asyncio.create_task(self._run(base_url))

    async def stop(self) -> None:
        if self._task is not None:
            await end(self._task)

    def close(self) -> None:
        """Close the inbox, once nobody can bring anything any more."""
        self._inbox.close()

    def unreported(self) -> list[Instruction]:
        rows = self._inbox.execute(
            "SELECT id, payment, executed_at FROM instructions WHERE answer IS NULL ORDER BY received"
        )
        return [Instruction(row[0], json.loads(row[1]), row[2]) for row in rows]

    async def _run(self, base_url: str) -> None:
        wait = FIRST_WAIT_SECONDS
        async with httpx.AsyncClient(
            base_url=base_url, verify=self._verify, timeout=35, trust_env=False
        ) as client:
            while True:
                self._news.clear()
                answered = [await self._report(client, each) for each in self.unreported()]
                if all(answered):
                    wait = FIRST_WAIT_SECONDS
                    await self._news.wait()
                else:
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    async def _report(self, client: httpx.AsyncClient, instruction: Instruction) -> bool:
        """Report one execution; False when there is no final answer yet."""
        body = {
            "instruction_id": instruction.id,
            "outcome": "paid",
            "bank_reference": _reference(instruction.id),
            "executed_at": instruction.executed_at,
        }
        headers = {
            "Authorization": f"Bearer {self._token(instruction.mode)}",
            "Idempotency-Key": f"bank-{instruction.id}",
        }
        try:
            answer = await client.post(REPORTS, json=body, headers=headers)
        except httpx.HTTPError as error:
            log.warning("report of %s: %s", instruction.id, error)
            return False
        if answer.is_server_error or answer.status_code in _RETRIED:
            log.warning("report of %s: %d %s", instruction.id, answer.status_code, answer.text)
            return False
        if answer.is_error:
            log.error("report of %s refused: %s", instruction.id, answer.text)
        self._inbox.execute(
            "UPDATE instructions SET answer = ?, body = ? WHERE id = ?",
            (answer.status_code, answer.text, instruction.id),
        )
        return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _reference(instruction_id: str) -> str:
    return "LB" + hashlib.sha256(instruction_id.encode()).hexdigest()[:16].upper()

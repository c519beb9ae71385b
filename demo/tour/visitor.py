"""The visitor of the tour: makes calls as any of the sample callers, at a time of their choice."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

import httpx

from demo import ANSWER_SECONDS
from local.aws.schedules import lambda_client
from local.stack import Stack

type Json = dict[str, Any]

PARTNER, HANDLER, SUPERVISOR = "harbour-test", "handler-test", "supervisor-test"
BANK_SECONDS = 180.0


BUSY_SECONDS = 60.0
"""A busy machine is no failure of the tour: a call that was answered `busy` is repeated for so long."""


class TourFailed(Exception):
    """A scene did not end as it should, and why."""


class Visitor:
    """Calls over HTTP, each with a key of its own, told as they are made."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        certificate = stack.certificate
        self._client = httpx.Client(
            base_url=stack.base_url,
            timeout=ANSWER_SECONDS,
            trust_env=False,
            verify=str(certificate.certificate) if certificate else True,
        )
        self.now = datetime.now(UTC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def post(self, path: str, body: Json | None = None, *, by: str = PARTNER) -> Json:
        """The body of an answer that must be a success."""
        answer = self._send("POST", path, {} if body is None else body, by)
        if answer.is_error:
            self.fail(f"{by}: POST {path}: {answer.status_code} {answer.text}")
        found: Json = answer.json()
        return found

    def get(self, path: str, *, by: str = PARTNER) -> Json:
        answer = self._send("GET", path, None, by)
        if answer.is_error:
            self.fail(f"{by}: GET {path}: {answer.status_code} {answer.text}")
        found: Json = answer.json()
        return found

    def found(self, path: str, *, by: str = PARTNER) -> Json | None:
        """The body of an answer; None: a conflict, which passes."""
        answer = self._send("GET", path, None, by)
        if answer.status_code == httpx.codes.CONFLICT:
            return None
        if answer.is_error:
            self.fail(f"{by}: GET {path}: {answer.status_code} {answer.text}")
        found: Json = answer.json()
        return found

    def calls(self, function: str, given: Json) -> Json:
        """What a function answers that is called as a schedule calls it."""
        name = self._stack.template.functions[function].name
        answer = lambda_client(self._stack.services_url).invoke(
            FunctionName=name, Payload=json.dumps(given)
        )
        said: Json = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            self.fail(f"{function}: {said}")
        return said

    def refused(self, path: str, body: Json, code: str, *, by: str = PARTNER) -> str:
        """The call must be refused with this code; what the problem says."""
        answer = self._send("POST", path, body, by)
        problem: Json = answer.json()
        if problem.get("code") != code:
            self.fail(f"{by}: POST {path}: {answer.status_code} {answer.text}, not {code}")
        detail: str = problem["detail"]
        return detail

    def signs_in(self, credentials: tuple[str, str]) -> str | None:
        """A token for a client id and a secret; None: the user pool does not know them."""
        answer = httpx.post(
            f"{self._stack.services_url}/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=credentials,
            trust_env=False,
            timeout=ANSWER_SECONDS,
        )
        token: str | None = answer.json().get("access_token")
        return token

    def status_as(self, credentials: tuple[str, str], path: str) -> int:
        """What a client's call is answered, with a token that it gets now."""
        return self.call_as(credentials, path).status_code

    def call_as(self, credentials: tuple[str, str], path: str) -> httpx.Response:
        """A client's call, with a token that it gets now."""
        headers = {"Authorization": f"Bearer {self.signs_in(credentials)}"}
        return self._client.get(path, headers=headers)

    def paid(self, claim_id: str, payment_id: str) -> Json:
        """The claim, once the bank has reported the payment."""
        deadline = time.monotonic() + BANK_SECONDS
        while True:
            claim = self.get(f"/v1/claims/{claim_id}")
            payments = {each["id"]: each["status"] for each in claim["payments"]}
            if payments[payment_id] == "paid":
                return claim
            if time.monotonic() > deadline:
                self.fail(f"the bank has not reported {payment_id} in {BANK_SECONDS:.0f} s")
            time.sleep(0.1)

    def bank_by_file(self) -> AbstractContextManager[None]:
        """The bank is told by files alone, for as long as this holds."""
        return self._stack.bank.by_file()

    def bank_answers(self, file: Json, *, refusing: Mapping[str, str]) -> str:
        """What the bank reports on a file that it fetched, read and carried out."""
        document = self._stack.file("PaymentFilesBucket", file["name"])
        return self._stack.bank.answer(document, refusing=refusing)

    def keep(self, name: str, content: bytes) -> Path:
        """A file to look at after the tour."""
        path = self._stack.settings.folder / "tour" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def say(self, who: str, text: str) -> None:
        print(f"{who:>12}  {text}", flush=True)

    def fail(self, reason: str) -> NoReturn:
        raise TourFailed(reason)

    def expect(self, holds: bool, what: str) -> None:  # noqa: FBT001 (a claim, not an option)
        if not holds:
            self.fail(f"not so: {what}")

    def _send(self, method: str, path: str, body: Json | None, by: str) -> httpx.Response:
        self.now += timedelta(minutes=1)
        headers = {
            "Authorization": f"Bearer {self._stack.token(by)}",
            "Coverwright-Clock": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Idempotency-Key": uuid.uuid4().hex,
        }
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            answer = self._client.request(method, path, json=body, headers=headers)
            is_busy = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
            if not is_busy or time.monotonic() > deadline:
                return answer
            time.sleep(
                int(answer.headers.get("Retry-After", 1))
            )  # the same key: nothing is done twice


def shown(money: Json) -> str:
    """Minor units as people write them."""
    whole, cents = divmod(abs(money["amount"]), 100)
    sign = "-" if money["amount"] < 0 else ""
    return f"{sign}{whole}.{cents:02d} {money['currency']}"

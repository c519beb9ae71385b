"""The commands whose doing twice would cost money: issue a policy, settle a claim, and settle one
whose payment is set against what is overdue on the policy."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.backend import Backend
from tests.support.calls import CLAIM, CLOCK, LOSS_CLOCK, PARTNER, event
from tests.support.platform import Platform
from tests.support.streams import assert_issued_once, assert_paid_once, assert_set_off_once
from tests.support.zygote import Run

PREMIUM = 18_180
PAYOUT = 275_000


@dataclass(frozen=True)
class Command:
    """A command made ready: everything before it is done, it is not."""

    subject: str
    """The id that its transaction names, and no other's does."""
    call: Callable[[str], Run]
    """The call with this idempotency key."""
    read_back: str

    @property
    def run(self) -> Run:
        """The call with a key of its own, the same every time."""
        return self.call(self.subject)


@dataclass(frozen=True)
class Kind:
    """What a command is, and what it must leave behind, however often it was called."""

    name: str
    status: int
    prepare: Callable[[Platform], Command]
    check: Callable[[Backend, list[str]], None]
    clock: str
    writes: int
    """How many its transaction has."""
    already_done: str
    """How another call is refused once it is done."""


def _issuing(handlers: Platform) -> Command:
    quote_id = handlers.accepted()["id"]

    def call(key: str) -> Run:
        body = {"quote_id": quote_id}
        return Run("policy_issuance", event("POST", "/v1/policies", body, caller=PARTNER, key=key))

    return Command(quote_id, call, f"/v1/policies/{quote_id.replace('quo_', 'pol_')}")


def _settling(handlers: Platform) -> Command:
    return _settling_claim(handlers.notified()["id"])


def _offsetting(handlers: Platform) -> Command:
    payee = CLAIM["payee"] | {"is_policyholder": True}
    return _settling_claim(handlers.notified(payee=payee)["id"])


def _settling_claim(claim_id: str) -> Command:
    path = f"/v1/claims/{claim_id}"

    def call(key: str) -> Run:
        sent = event("POST", f"{path}/settlement", {}, caller=PARTNER, key=key, clock=LOSS_CLOCK)
        return Run("settlement", sent)

    return Command(claim_id, call, path)


ISSUE = Kind(
    name="issue",
    status=201,
    prepare=_issuing,
    check=lambda backend, quotes: assert_issued_once(backend, quotes, premium=PREMIUM),
    clock=CLOCK,
    writes=6,
    already_done="quote-already-issued",
)
SETTLE = Kind(
    name="settle",
    status=200,
    prepare=_settling,
    check=lambda backend, claims: assert_paid_once(backend, claims, amount=PAYOUT),
    clock=LOSS_CLOCK,
    writes=5,
    already_done="wrong-state",
)
OFFSET = Kind(
    name="offset",
    status=200,
    prepare=_offsetting,
    check=lambda backend, claims: assert_set_off_once(
        backend, claims, amount=PAYOUT, set_off=PREMIUM
    ),
    clock=LOSS_CLOCK,
    writes=7,
    already_done="wrong-state",
)

"""A house whose calendar turns: its events planned on an scheduled, and the scheduler that works it off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.billing import BillingSummary
from insurance.domain.claim import Claim, Payment
from insurance.domain.claim.notice import LossInput, NoticeInput
from insurance.domain.claim.verdict import Verdict
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, billing_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account
from insurance.domain.jurisdiction import DispatchChannel, local_midnight
from insurance.domain.party.party import Claimant, Payee
from insurance.domain.schedule.scheduled_job import JobKind, partition_for
from insurance.operations.billing.choose_plan import choose_plan
from insurance.operations.billing.collect_premium import collect_premium
from insurance.operations.billing.ports import CollectionPorts, RefundPorts
from insurance.operations.billing.read_billing import read_billing
from insurance.operations.billing.receive_payment import PaymentResult, receive_payment
from insurance.operations.claims.check_coverage import check_coverage
from insurance.operations.claims.notify_claim import notify_claim
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.claims.report_payment import report_payment
from insurance.operations.command import Command, Query
from insurance.operations.ledger.ports import EarningsPorts
from insurance.operations.ledger.post_earned_premium import post_earned_premium
from insurance.operations.policy.invite_renewal import invite_renewal
from insurance.operations.quoting.expire_quote import expire_quote
from insurance.operations.scheduler.ports import ScheduledJobs
from insurance.operations.scheduler.run_jobs import Job, RunReport, run_jobs
from insurance.operations.scheduler.schedule_jobs import schedule_jobs
from insurance.products import LookUps
from insurance.screening import BundledScreening

from tests.fakes.billing import MemoryBilling
from tests.fakes.claims import MemoryClaims
from tests.fakes.ledger import MemoryEarnings
from tests.fakes.policy_ports import invitation_ports
from tests.fakes.quoting import MemoryQuotes
from tests.fakes.scheduler import MemoryScheduledJobs
from tests.support.billing import NOBODY, query_at
from tests.support.policy_life import PARTNER, House, gbp, motor_with

BANK = Caller(
    principal="bank",
    kind=CallerKind.STAFF,
    partner="",
    roles=frozenset(),
    scopes=frozenset({"payments:report"}),
    mode=Mode.TEST,
)
PARTITION = partition_for(Mode.TEST, PARTNER.partner)


@dataclass
class Almanac:
    """One house, and everything that is due in it."""

    house: House = field(default_factory=House)
    scheduled: ScheduledJobs = field(default_factory=MemoryScheduledJobs)

    def __post_init__(self) -> None:
        memory, products = self.house.memory, self.house.products
        self.billing = MemoryBilling(memory)
        self.billing_ports = RefundPorts(products, self.billing, NOBODY)
        self.quotes = MemoryQuotes(memory)
        self.planned: set[tuple[str, int]] = set()
        self.jobs: Mapping[JobKind, Job] = {
            JobKind.QUOTE: partial(expire_quote, quotes=self.quotes),
            JobKind.RENEWAL: partial(invite_renewal, ports=invitation_ports(products, memory)),
            JobKind.BILLING: partial(
                collect_premium,
                ports=CollectionPorts(products, self.billing, LookUps(), self.house.policies),
            ),
            JobKind.EARNING: partial(
                post_earned_premium, ports=EarningsPorts(products, MemoryEarnings(memory))
            ),
        }

    def issue(self, plan: str | None = "monthly", **asked: Any) -> str:
        self.house.issue(**asked)
        if plan:
            choose_plan(self.house.policy_id, plan, self.house.command("plan"), self.billing_ports)
        return self.house.policy_id

    def pay(self, amount: str, *, on: date | None = None, reference: str = "") -> PaymentResult:
        return self.take(gbp(amount), on=on, reference=reference)

    def take(self, amount: Money, *, on: date | None = None, reference: str = "") -> PaymentResult:
        self.house.calls += 1
        payment = IncomingPayment(
            policy_id=self.house.policy_id,
            reference=reference or f"REF-{self.house.calls}",
            amount=amount,
            received_on=on or self.house.now.date(),
        )
        return receive_payment(payment, self.house.command("pay", caller=BANK), self.billing_ports)

    def billed(self) -> BillingSummary:
        query = query_at(self.house.now)
        return read_billing(self.house.policy_id, None, query, self.billing_ports)

    def prove_dispatch(self, number: int | None = None) -> datetime:
        notice = self.house.prove_dispatch(channel=DispatchChannel.EMAIL, number=number).notice
        assert notice.effective_at is not None
        return notice.effective_at

    def deliver(self, *, again: bool = False) -> None:
        """Plan what the events give to look at; `again`: as a stream that delivers twice."""
        for events in list(self.house.memory.events.values()):
            for event in events:
                place = (event.stream, event.sequence)
                if again or place not in self.planned:
                    self.planned.add(place)
                    schedule_jobs(event, products=self.house.products, schedule=self.scheduled)

    def turn_to(
        self, day: date | datetime, *, time_is_up: Callable[[], bool] = lambda: False
    ) -> RunReport:
        """It becomes this day, and what fell due by its first moment is done."""
        self.house.now = self.moment(day)
        self.deliver()
        return run_jobs(
            PARTITION,
            self.jobs,
            scheduled=self.scheduled,
            now=self.house.now,
            time_is_up=time_is_up,
        )

    def moment(self, day: date | datetime) -> datetime:
        if isinstance(day, datetime):
            return day.astimezone(UTC)
        return local_midnight(day, self.house.product.zone)

    def story(self, policy_id: str | None = None) -> list[tuple[str, str]]:
        """What happened to the policy and its account, in order: when, and what."""
        suffix = (policy_id or self.house.policy_id).rpartition("_")[2]
        found: list[Event] = []
        for stream, events in self.house.memory.events.items():
            if stream.endswith(suffix):
                found += events
        found.sort(key=lambda event: (event.processed_at, event.stream, event.sequence))
        return [(f"{event.processed_at:%Y-%m-%dT%H:%MZ}", event.type) for event in found]


ADA = Payee(name="Ada Lovelace", iban="GB33BUKB20201555555555", is_policyholder=True)


CALLER = Caller(
    principal="app_one",
    kind=CallerKind.APPLICATION,
    partner="ptn_one",
    roles=frozenset(),
    scopes=frozenset({"claims:write", "claims:settle"}),
    mode=Mode.TEST,
)


@dataclass
class Desk:
    """A policy whose first instalment is overdue, and the claims that are made on it."""

    almanac: Almanac

    def __post_init__(self) -> None:
        self.house = self.almanac.house
        self.claims = MemoryClaims(self.house.memory)
        self.ports = ClaimPorts(self.house.products, self.claims, BundledScreening())

    def noticed(self, claimed: str = "1000", payee: Payee | None = ADA, **changes: Any) -> Claim:
        """Noticed and settled in one call."""
        asked = self._asked(claimed)
        told: dict[str, Any] = {
            "claimant": Claimant(name="Ada Lovelace"),
            "payee": payee,
            "narrative": None,
            "loss_payee": None,
            "catastrophe_event": None,
            "reference": None,
            "channel": None,
            **changes,
        }
        notice = NoticeInput(**{name: getattr(asked, name) for name in asked.__slots__}, **told)
        command = Command(CALLER, self.house.idempotency("claim"))
        return notify_claim(notice, command, self.ports, settle=True).record

    def checked(self, claimed: str = "1000") -> Verdict:
        query = Query(CALLER, self.house.now, self.house.now)
        return check_coverage(self._asked(claimed), query, self.ports)

    def reported(self, payment: Payment, outcome: str, claims: Any = None) -> Claim:
        report = BankReport(payment.id, BankOutcome(outcome), "FP-1", self.house.now, None)
        command = Command(BANK, self.house.idempotency("report"))
        return report_payment(report, command, claims or self.claims).record

    def _asked(self, claimed: str) -> LossInput:
        return LossInput(
            policy_id=self.house.policy_id,
            cover="accidental_damage",
            occurred_at=self.house.now - timedelta(hours=2),
            claimed=gbp(claimed),
            facts={"driver_age": 35, "fault": True},
            item=None,
        )

    @property
    def overdue(self) -> Money:
        return self.almanac.billed().statement.overdue

    @property
    def events_of_account(self) -> list[Event]:
        return self.house.memory.events[billing_id_for(self.house.policy_id)]

    def balance(self, account: Account) -> int:
        return sum(
            posting.amount.amount * ((posting.debit is account) - (posting.credit is account))
            for events in self.house.memory.events.values()
            for event in events
            for posting in event.postings
        )


def desk_with(**life: Any) -> Desk:
    almanac = Almanac(House(motor_with(**life)))
    almanac.issue()
    almanac.turn_to(datetime(2026, 1, 2, 9, tzinfo=UTC))
    return Desk(almanac)


@dataclass
class Killed(BaseException):
    """The process is gone."""


class Fuse:
    """Lets so many calls through, and kills the run before or after the next one."""

    def __init__(self, calls: int, *, after: bool) -> None:
        self.calls, self.after = calls, after

    def guard(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **named: Any) -> Any:
            if self.calls == 0 and not self.after:
                raise Killed
            result = call(*args, **named)
            if self.calls == 0:
                raise Killed
            self.calls -= 1
            return result

        return guarded


class blown:  # noqa: N801 - reads as what it does
    """The stores with a fuse in front of every call, for one run."""

    def __init__(self, almanac: Almanac, fuse_at: int | None, *, after: bool) -> None:
        self.almanac, self.fuse_at, self.after = almanac, fuse_at, after
        self.guarded = [
            (almanac.billing, "get"),
            (almanac.billing, "store"),
            (almanac.house.policies, "get"),
            (almanac.house.policies, "change"),
            (almanac.quotes, "add"),
            (almanac.scheduled, "move"),
            (almanac.scheduled, "due"),
        ]

    def __enter__(self) -> None:
        if self.fuse_at is None:
            return
        fuse = Fuse(self.fuse_at, after=self.after)
        for store, name in self.guarded:
            setattr(store, name, fuse.guard(getattr(type(store), name).__get__(store)))

    def __exit__(self, *_: object) -> None:
        for store, name in self.guarded:
            vars(store).pop(name, None)

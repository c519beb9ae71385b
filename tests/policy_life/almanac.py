"""A house whose calendar turns: its events planned on an scheduled, and the scheduler that works it off."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Money
from insurance.domain.jurisdiction import Channel, local_midnight
from insurance.domain.schedule.scheduled_job import JobKind, partition_for
from insurance.operations.billing.bill_policy import (
    Billed,
    PaymentTaken,
    PaymentTold,
    choose_plan,
    read_billing,
    receive_payment,
)
from insurance.operations.billing.collect_premium import PremiumCollector
from insurance.operations.ledger.post_earnings import PremiumEarner
from insurance.operations.policy.invite_renewal import RenewalInviter
from insurance.operations.quoting.expire_quote import QuoteExpirer
from insurance.operations.scheduler.ports import ScheduledJobs
from insurance.operations.scheduler.run_jobs import Job, RunReport, run_jobs
from insurance.operations.scheduler.schedule_jobs import schedule_jobs
from insurance.products import LookUps

from tests.fakes.billing import MemoryBilling
from tests.fakes.keys import MemoryKeys
from tests.fakes.ledger import MemoryEarnings
from tests.fakes.policy import MemoryRenewals
from tests.fakes.quoting import MemoryQuotes
from tests.fakes.scheduler import MemoryScheduledJobs
from tests.policy_life.house import PARTNER, House, gbp

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
        self.quotes = MemoryQuotes(memory)
        self.planned: set[tuple[str, int]] = set()
        renewals = MemoryRenewals(memory)
        self.jobs: Mapping[JobKind, Job] = {
            JobKind.QUOTE: QuoteExpirer(self.quotes).look,
            JobKind.RENEWAL: RenewalInviter(
                products, LookUps(), renewals, self.quotes, MemoryKeys(), self.house.policies
            ).look,
            JobKind.BILLING: PremiumCollector(
                products, LookUps(), self.billing, self.house.policies
            ).look,
            JobKind.EARNING: PremiumEarner(products, MemoryEarnings(memory)).look,
        }

    def issue(self, plan: str | None = "monthly", **asked: Any) -> str:
        self.house.issue(**asked)
        if plan:
            choose_plan(
                self.house.policy_id,
                plan,
                caller=PARTNER,
                products=self.house.products,
                billing=self.billing,
                receipt=self.house.receipt("plan"),
            )
        return self.house.policy_id

    def pay(self, amount: str, *, on: date | None = None, reference: str = "") -> PaymentTaken:
        return self.take(gbp(amount), on=on, reference=reference)

    def take(self, amount: Money, *, on: date | None = None, reference: str = "") -> PaymentTaken:
        self.house.calls += 1
        told = PaymentTold(
            policy_id=self.house.policy_id,
            reference=reference or f"REF-{self.house.calls}",
            amount=amount,
            received_on=on or self.house.now.date(),
        )
        return receive_payment(
            told,
            caller=BANK,
            products=self.house.products,
            billing=self.billing,
            receipt=self.house.receipt("pay"),
        )

    def billed(self) -> Billed:
        return read_billing(
            self.house.policy_id,
            at=self.house.now,
            caller=PARTNER,
            products=self.house.products,
            billing=self.billing,
        )

    def prove_dispatch(self, number: int | None = None) -> datetime:
        notice = self.house.prove_dispatch(channel=Channel.EMAIL, number=number).notice
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

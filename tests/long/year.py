"""`python -m tests.long.year 1000 10000`: a year of so many policies, played on the local engine.

Policies are sold all through the year, a third of them by instalments. Most pay; some change, some
cancel, some fall into arrears, of whom half are cured and half lapse; who comes to the end of the
term is renewed. Every event goes from the engine's own stream through what event delivery does, and
time by the scheduler. In the end the house's books are asked whether they are exact.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from insurance import wiring
from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, policy_id_for
from insurance.domain.core.money import Currency, Money
from insurance.domain.jurisdiction.jurisdiction import DispatchChannel
from insurance.domain.ledger.health import Health
from insurance.domain.party.party import Policyholder
from insurance.domain.policy import TransactionKind
from insurance.domain.schedule.scheduled_job import JobKind, partition_for
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.ledger.earnings import DynamoDBEarnings
from insurance.dynamodb.stores import Stores
from insurance.operations.billing.choose_plan import choose_plan
from insurance.operations.billing.collect_premium import collect_premium
from insurance.operations.billing.ports import CollectionPorts, RefundPorts
from insurance.operations.billing.read_billing import read_billing
from insurance.operations.billing.receive_payment import receive_payment
from insurance.operations.command import Command, Query
from insurance.operations.delivery.ports import BooksPorts
from insurance.operations.delivery.post_event import post_event
from insurance.operations.idempotency import Idempotency, RecordedAnswer
from insurance.operations.ledger.ports import EarningsPorts, LedgerPorts
from insurance.operations.ledger.post_earned_premium import post_earned_premium
from insurance.operations.ledger.read_general_ledger import read_health
from insurance.operations.policy.change_policy import ChangeInput, change_policy
from insurance.operations.policy.invite_renewal import invite_renewal
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.policy.ports import InvitationPorts, IssuingPorts, ServicingPorts
from insurance.operations.policy.report_dispatch import DispatchInput, report_dispatch
from insurance.operations.quoting.accept_quote import accept_quote
from insurance.operations.quoting.expire_quote import expire_quote
from insurance.operations.quoting.make_quote import RiskInput, make_quote
from insurance.operations.quoting.ports import QuotingPorts
from insurance.operations.quoting.quoted_party import PartyInput
from insurance.operations.scheduler.run_jobs import Job, run_jobs
from insurance.operations.scheduler.schedule_jobs import schedule_jobs
from insurance.products import SampleLookUps
from insurance.screening import BundledScreening

from tests.fakes.keys import PlainKeys
from tests.fakes.memory import Memory
from tests.fakes.quoting import quoting_ports
from tests.fakes.screening import screening_ports
from tests.support.billing import BANK
from tests.support.engine import client, make_tables, running_engine, template
from tests.support.lean_client import LeanClient
from tests.support.motor import answers
from tests.support.policy_life import UNDERWRITER, OneProduct, motor_with
from tests.support.stores import on_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BEGINS, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 2, 3, tzinfo=UTC)
STEP = timedelta(days=10)
WORKERS = 2
GRACE_DAYS = 20
LINEAR_UP_TO = 1.2
"""Times the work of the smaller book's policy: the depth of the engine's trees may show."""
FINANCE = Caller(
    principal="finance",
    kind=CallerKind.STAFF,
    partner="",
    roles=frozenset({"finance"}),
    scopes=frozenset({"ledger:read"}),
    mode=Mode.TEST,
)


class Played(NamedTuple):
    """What happened in a year, and how it ended."""

    policies: int
    seconds: float
    processor_seconds: float
    """Of everybody and the engine: what else the machine does lengthens a day, not the work."""
    happened: Counter[str]
    """Events by type."""
    health: Health


def play(policies: int, folder: Path | None = None) -> Played:
    """The year on a fresh engine, in memory without a folder, by a few workers at once."""
    context = multiprocessing.get_context("spawn")
    worked_before = _processor_seconds()
    with running_engine(folder) as url:
        dynamodb = client(url)
        tables = make_tables(dynamodb)
        began = time.monotonic()
        with context.Pool(WORKERS) as pool:
            parts = [(url, tables, worker, policies) for worker in range(WORKERS)]
            happened = sum(pool.starmap(_part, parts), Counter[str]())
            pool.close()
            pool.join()
        seconds = time.monotonic() - began
        stores = Stores(lambda: dynamodb, tables.__getitem__, PlainKeys, PlainKeys)
        ports = LedgerPorts(
            wiring.products(),
            stores.policy_ledgers,
            stores.general_ledger,
            stores.deliveries,
            stores.kept_reports,
        )
        health = read_health(Currency.GBP, Query(FINANCE, ENDS, ENDS), ports).health
    return Played(policies, seconds, _processor_seconds() - worked_before, happened, health)


def _processor_seconds() -> float:
    """What the processes have used that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _part(url: str, tables: dict[str, str], worker: int, policies: int) -> Counter[str]:
    year = Year(url, tables, f"worker{worker}", range(worker, policies, WORKERS), policies)
    return year.play()


class Year:
    """One partner's book: its policies, its clock, and what people do when something happens."""

    def __init__(
        self, url: str, tables: dict[str, str], partner: str, numbers: range, of: int
    ) -> None:
        dynamodb = cast("DynamoDBClient", LeanClient(url))
        self.caller = Caller(
            principal=f"app_{partner}",
            kind=CallerKind.APPLICATION,
            partner=partner,
            roles=frozenset(),
            scopes=frozenset(),
            mode=Mode.TEST,
        )
        self.products = OneProduct(motor_with(grace_days=GRACE_DAYS))
        self.stores = on_dynamodb(dynamodb, tables)
        self._billing = RefundPorts(
            self.products, self.stores.billing, BundledScreening(), self.stores.running_totals
        )
        self.keys = PlainKeys()
        made = Stores(lambda: dynamodb, tables.__getitem__, lambda: self.keys, lambda: self.keys)
        self.scheduled = made.scheduled_jobs
        self.control_accounts = made.control_accounts
        self.stream = _Stream(url, partner)
        self.jobs = self._looks(made.earnings)
        self.waiting = list(numbers)
        self.of = of
        self.now = BEGINS
        self.calls = 0
        self.personas: dict[str, int] = {}
        self.happened: Counter[str] = Counter()

    def _looks(self, earnings: DynamoDBEarnings) -> dict[JobKind, Job]:
        stores, products, look_ups = self.stores, self.products, SampleLookUps()
        return {
            JobKind.QUOTE: partial(expire_quote, quotes=stores.quotes),
            JobKind.RENEWAL: partial(
                invite_renewal,
                ports=InvitationPorts(
                    products, look_ups, stores.renewals, stores.quotes, stores.changes
                ),
            ),
            JobKind.BILLING: partial(
                collect_premium,
                ports=CollectionPorts(products, stores.billing, look_ups, stores.changes),
            ),
            JobKind.EARNING: partial(post_earned_premium, ports=EarningsPorts(products, earnings)),
        }

    def play(self) -> Counter[str]:
        while self.now < ENDS:
            self._sell()
            reactions = self._deliver()
            ran = run_jobs(
                partition_for(Mode.TEST, self.caller.partner),
                self.jobs,
                scheduled=self.scheduled,
                now=self.now,
                time_is_up=lambda: False,
            )
            if ran.failed:
                raise RuntimeError(f"{ran.failed} jobs failed at {self.now}")
            reactions += self._deliver()
            for react in reactions:
                react()
            self.now += STEP
        self._deliver()
        return self.happened

    # What people do

    def _sell(self) -> None:
        """What starts before the next step, three days ahead of it."""
        while self.waiting:
            start = date(2026, 1, 4) + timedelta(days=self.waiting[0] * 365 // self.of)
            if start > (self.now + STEP).date():
                return
            self._issue(self.waiting.pop(0), start)

    @property
    def _quoting(self) -> QuotingPorts:
        return quoting_ports(self.products, self.stores.quotes, keys=self.keys)

    @property
    def _servicing(self) -> ServicingPorts:
        return ServicingPorts(
            self.products, SampleLookUps(), self.stores.changes, self.stores.billing
        )

    def _issue(self, number: int, start: date) -> None:
        made = make_quote(
            RiskInput(
                product=self.products.of.code,
                start=start,
                party=PartyInput(Policyholder(name="Ada Lovelace")),
                answers=answers(annual_mileage=5000 + number % 7 * 1000),
                options=(),
                producer=None,
                territory="",
            ),
            Command(self.caller, self._idempotency("quote")),
            self._quoting,
        )
        quote_id = made.record.id
        policy_id = policy_id_for(quote_id)
        self.personas[policy_id] = number
        self._take_up(quote_id)
        if number % 3 == 0:
            command = Command(self.caller, self._idempotency("plan"))
            choose_plan(policy_id, "monthly", command, self._billing)

    def _take_up(self, quote_id: str) -> None:
        accept_quote(quote_id, Command(self.caller, self._idempotency("accept")), self._quoting)
        issuing = IssuingPorts(self.products, self.stores.policies, screening_ports(Memory()))
        issue_policy(quote_id, Command(self.caller, self._idempotency("issue")), issuing)

    def _reactions(self, event: Event) -> Iterator[Callable[[], object]]:
        """What somebody does about an event, at the end of the step."""
        facts, persona = event.facts, self.personas.get(event.facts.get("policy_id", event.stream))
        if persona is None:
            return
        owing = persona % 60 in {6, 36}
        if event.type == "billing.instalment_due" and not (owing and facts["invoiced"] > 1):
            yield lambda: self._pay(facts["policy_id"])
            if persona % 10 == 1 and facts["invoiced"] == 1:
                yield lambda: self._change(facts["policy_id"], TransactionKind.ENDORSEMENT)
            if persona % 20 == 2 and facts["invoiced"] == 1:
                yield lambda: self._change(facts["policy_id"], TransactionKind.CANCELLATION)
        elif event.type == "policy.notice_given":
            number = len(facts["notices"])
            yield lambda: self._prove_dispatch(event.stream, number)
            if persona % 60 == 6:
                yield lambda: self._pay(event.stream)
        elif (
            event.type == "policy.renewal_invited" and facts["invitation"]["outcome"] == "bindable"
        ):
            yield lambda: self._take_up(facts["invitation"]["quote_id"])

    def _pay(self, policy_id: str) -> None:
        """Whatever is open and was asked for."""
        query = Query(self.caller, self.now, self.now)
        billed = read_billing(policy_id, None, query, self._billing)
        zero = Money.zero(Currency.GBP)
        asked = [
            each.open
            for each in billed.statement.invoices
            if each.due.number <= billed.account.invoiced
        ]
        owed = sum(asked, zero)
        if not owed:
            return
        idempotency = self._idempotency("pay")
        payment = IncomingPayment(f"REF-{idempotency.key}", owed, self.now.date(), policy_id)
        receive_payment(payment, Command(BANK, idempotency), self._billing)

    def _change(self, policy_id: str, kind: TransactionKind) -> None:
        policy = self.stores.changes.get(policy_id).record
        at = max(self.now, policy.period.start) + timedelta(days=30)
        if not policy.covers_at(at):
            return
        endorses = kind is TransactionKind.ENDORSEMENT
        change_policy(
            policy_id,
            ChangeInput(
                kind=kind,
                effective_on=None,
                effective_at=at,
                answers={"annual_mileage": 20_000} if endorses else None,
            ),
            Command(self.caller, self._idempotency(kind)),
            self._servicing,
        )

    def _prove_dispatch(self, policy_id: str, number: int) -> None:
        report_dispatch(
            policy_id,
            number,
            DispatchInput(DispatchChannel.EMAIL, f"MSG-{self.calls}", self.now),
            Command(UNDERWRITER, self._idempotency("dispatch")),
            self._servicing,
        )

    # What the house does

    def _deliver(self) -> list[Callable[[], object]]:
        """As event delivery does, event by event; what somebody will do about them."""
        reactions: list[Callable[[], object]] = []
        for event in self.stream.events(self.personas):
            schedule_jobs(event, products=self.products, schedule=self.scheduled)
            post_event(
                event,
                self.now,
                BooksPorts(self.products, self.control_accounts),
            )
            self.happened[event.type] += 1
            reactions += self._reactions(event)
        return reactions

    def _idempotency(self, operation: str) -> Idempotency:
        self.calls += 1
        return Idempotency(
            principal=self.caller.principal,
            operation=operation,
            key=f"{self.caller.partner}-{self.calls}",
            request_hash=b"r" * 32,
            now=self.now,
            received_at=self.now,
            render=lambda _result: RecordedAnswer("{}"),
        )


class _Stream:
    """The engine's stream of events, of which a worker takes its own."""

    def __init__(self, url: str, partner: str) -> None:
        self._partner = partner
        self._client = LeanClient(url)
        name = template().resources["EventsTable"].name
        described = client(url).describe_table(TableName=name)["Table"]
        self._arn = described["LatestStreamArn"]
        self._iterators: dict[str, str | None] = {}

    def events(self, own: dict[str, int]) -> Iterator[Event]:
        found = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]
        for shard in found.get("Shards", []):
            name = shard["ShardId"]
            if name not in self._iterators:
                self._iterators[name] = self._client.get_shard_iterator(
                    StreamArn=self._arn, ShardId=name, ShardIteratorType="TRIM_HORIZON"
                )["ShardIterator"]
            yield from self._shard(name, own)

    def _shard(self, name: str, own: dict[str, int]) -> Iterator[Event]:
        while (iterator := self._iterators[name]) is not None:
            answer = self._client.get_records(ShardIterator=iterator, Limit=1000)
            self._iterators[name] = answer.get("NextShardIterator")
            for record in answer["Records"]:
                image: Any = record["dynamodb"]["NewImage"]
                event = read_event(image)
                if event.facts["partner"] == self._partner:
                    if event.type == "policy.issued":
                        own.setdefault(event.stream, len(own))
                    yield event
            if not answer["Records"]:
                return


def report(played: Played) -> None:
    size, seconds, worked = played.policies, played.seconds, played.processor_seconds
    print(  # noqa: T201
        f"\n{size:,} policies, a year: {seconds:,.0f} s, {worked:,.0f} s of the processors'",
        flush=True,
    )
    for type, count in sorted(played.happened.items()):
        print(f"{count:>10,}  {type}")  # noqa: T201
    for each in played.health.invariants:
        print(f"{'holds' if each.holds else 'BROKEN':>10}  {each.code}", flush=True)  # noqa: T201


def growth(small: Played, large: Played) -> float:
    """How many times the processors' time of the small book's policy the large book's took."""
    each = (large.processor_seconds / large.policies, small.processor_seconds / small.policies)
    return each[0] / each[1]


def main() -> int:
    """Play each size; 1 when a ledger is not exact, or work grows faster than the book."""
    parser = argparse.ArgumentParser(prog="tests.long.year", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[1_000, 10_000])
    sizes: list[int] = parser.parse_args().sizes
    played = []
    for size in sizes:
        with TemporaryDirectory() as folder:  # the largest takes more than memory has for it
            played.append(play(size, Path(folder)))
        report(played[-1])
    small, large = played[0], played[-1]
    if len(played) > 1:
        times = large.policies / small.policies
        print(  # noqa: T201
            f"\n{times:g} times the policies: {large.seconds / small.seconds:.2f} times the time,"
            f" {times * growth(small, large):.2f} times the processors' time;"
            f" up to {times * LINEAR_UP_TO:g} counts as linear"
        )
    exact = all(each.health.healthy for each in played)
    return 0 if exact and growth(small, large) <= LINEAR_UP_TO else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.long.mutants`: plant a fault, see a test fail, take it out again.

Each fault is one that real systems had. It is planted in a copy of the layer, so that nothing here
is ever changed; a fault that no test notices has survived, and that is a failure of the tests.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "layers" / "common"


class Fault(NamedTuple):
    """One wrong line: in which module, what stands there, what would be wrong, and who should notice."""

    name: str
    module: str
    right: str
    wrong: str
    noticed_by: str
    """The tests that are asked first; if they notice nothing, all the others are."""


FAULTS = (
    Fault(
        "the refund goes by the price of the first day, not by the one charged",
        "domain/policy/charging.py",
        "price = self.policy.at(at).premium",
        "price = self.policy.premium",
        "tests/operations/policy/test_published_cases.py",
    ),
    Fault(
        "the tax is forgotten on a refund",
        "domain/policy/charging.py",
        "lines = [line for line in premium.lines if line.refunded is LineRefund.PRO_RATA]",
        "lines = []",
        "tests/operations/policy/test_published_cases.py",
    ),
    Fault(
        "the day count is off by one",
        "domain/contract/proration.py",
        "return Fraction((day - start).days)",
        "return Fraction((day - start).days + (day > start))",
        "tests/unit/contract/test_proration.py",
    ),
    Fault(
        "the end of a change's day is counted in UTC, not where the risk is",
        "domain/contract/proration.py",
        "return moment.astimezone(self.zone).date()",
        "return moment.astimezone(UTC).date()",
        "tests/unit/contract/test_proration.py",
    ),
    Fault(
        "a fee is given back with the premium",
        "domain/policy/charging.py",
        "if line.refunded is LineRefund.PRO_RATA]",
        "if line.refunded is not LineRefund.FULL]",
        "tests/operations/policy/test_servicing.py",
    ),
    Fault(
        "the fee of a cancellation may exceed the refund",
        "domain/policy/charging.py",
        "_at_most(rule.fee, back)",
        "rule.fee",
        "tests/operations/policy/test_servicing.py",
    ),
    Fault(
        "each line is rounded for itself",
        "domain/contract/proration.py",
        "if rounding.by_line or not amounts:",
        "if True:",
        "tests/operations/policy/test_published_cases.py",
    ),
    Fault(
        "cooling off ends a day early",
        "domain/policy/charging.py",
        "return withdrawn <= day + timedelta(days=self.conditions.cooling_off_days)",
        "return withdrawn < day + timedelta(days=self.conditions.cooling_off_days)",
        "tests/operations/policy/test_servicing.py",
    ),
    Fault(
        "what was retained is kept at a reinstatement",
        "domain/policy/transaction.py",
        "lines=tuple(line.reversed() for line in self.lines),\n            commission",
        "lines=tuple(line.reversed() for line in self.lines"
        " if line.kind is not ChargeKind.RETAINED),\n            commission",
        "tests/operations/policy/test_published_cases.py",
    ),
    Fault(
        "a later change is not made again",
        "domain/policy/servicing.py",
        "self._apply_again(policy, (*later, *_restored(policy, made)))",
        "self._apply_again(policy, _restored(policy, made))",
        "tests/operations/policy/test_servicing.py",
    ),
    Fault(
        "the instant at which cover ends is covered",
        "domain/core/period.py",
        "return self.start <= instant < self.end",
        "return self.start <= instant <= self.end",
        "tests/operations/policy/test_claims_on_segments.py",
    ),
    Fault(
        "commission is not clawed back",
        "domain/policy/charging.py",
        "return share.of(later - earlier, self.conditions.rounding)",
        "return share.of(max(later - earlier, nil), self.conditions.rounding)",
        "tests/operations/policy/test_published_cases.py",
    ),
    Fault(
        "the unearned premium of a change is not posted",
        "domain/policy/transaction.py",
        "moved += post(Account.PREMIUM_DEFERRAL, Account.UNEARNED_PREMIUM, self.net)",
        "moved += ()",
        "tests/operations/policy/test_servicing.py",
    ),
    Fault(
        "the day of dispatch counts as a day of notice",
        "domain/jurisdiction/jurisdiction.py",
        "            else sent + timedelta(days=rule.days)\n        )\n"
        "        return local_midnight(last + timedelta(days=1), zone)",
        "            else sent + timedelta(days=rule.days)\n        )\n"
        "        return local_midnight(last, zone)",
        "tests/operations/policy/test_notices.py",
    ),
    Fault(
        "days of notice are counted in UTC, not where the risk is",
        "domain/jurisdiction/jurisdiction.py",
        "sent = dispatched_at.astimezone(zone).date()",
        "sent = dispatched_at.date()",
        "tests/operations/policy/test_notices.py",
    ),
    Fault(
        "the insurer ends cover before its notice is over",
        "domain/policy/servicing.py",
        "request.effective_at < (notice.effective_at or self.now):",
        "request.effective_at < self.now:",
        "tests/operations/policy/test_notices.py",
    ),
    Fault(
        "a payment on the day on which the lapse takes effect is in time",
        "domain/billing/collection.py",
        "if paid.received_on >= last",
        "if paid.received_on > last",
        "tests/operations/scheduler/test_scheduler.py",
    ),
    Fault(
        "arrears are announced on the last day of grace",
        "domain/billing/collection.py",
        "since < invoice.due.due_on < limit",
        "since < invoice.due.due_on <= limit",
        "tests/operations/scheduler/test_scheduler.py",
    ),
    Fault(
        "a part of the arrears stops the lapse",
        "domain/billing/collection.py",
        "return not any(",
        "return self.account.received.amount > 0 or not any(",
        "tests/operations/scheduler/test_scheduler.py",
    ),
    Fault(
        "an instalment is invoiced again at every check",
        "operations/billing/collect_premium.py",
        "account.replace(invoiced=task.number)",
        "account.replace(invoiced=task.number - 1)",
        "tests/operations/scheduler/test_scheduler.py",
    ),
    Fault(
        "a month is earned twice when its run is repeated",
        "operations/ledger/post_earned_premium.py",
        "postings=posted.postings(before),",
        "postings=posted.postings(before) * (1 + bool(context.earned)),",
        "tests/operations/scheduler/test_scheduler.py",
    ),
    Fault(
        "a loss is judged on the terms of the first day",
        "domain/claim/verification.py",
        "in_force = policy.at(at)",
        "in_force = policy",
        "tests/operations/policy/test_claims_on_segments.py",
    ),
    Fault(
        "what comes late is posted into a closed period",
        "domain/ledger/calendar.py",
        "if self.closed_through is None or month > self.closed_through:",
        "if True:",
        "tests/operations/ledger",
    ),
    Fault(
        "a booking under way does not notice that its month was closed",
        "dynamodb/ledger/control_accounts.py",
        'OPEN = "attribute_not_exists(closed_through) OR closed_through < :period"',
        'OPEN = "attribute_exists(account) OR attribute_not_exists(account) OR :period = :period"',
        "tests/operations/ledger",
    ),
    Fault(
        "more is refunded than was paid and is not owed",
        "domain/billing/account.py",
        "if amount > self.refundable(policy):",
        "if amount > self.received + self.in_suspense:",
        "tests/operations/billing/test_refunds.py",
    ),
    Fault(
        "a refund in the policyholder's name goes to any account",
        "domain/billing/payers.py",
        "*([TO_ELSEWHERE] if not self.is_known_account else []),",
        "",
        "tests/operations/billing/test_payers.py",
    ),
    Fault(
        "a payer whom a person typed counts as the bank's word",
        "domain/billing/payers.py",
        " and each.recorded_by is None",
        "",
        "tests/operations/billing/test_payers.py",
    ),
    Fault(
        "a penny makes an account the payer's",
        "domain/billing/payers.py",
        ">= refund.amount:",
        "> total((), currency):",
        "tests/operations/billing/test_payers.py",
    ),
    Fault(
        "a refund is paid though it is owed again",
        "domain/billing/account.py",
        "if refund.of_premium and missing > self._nothing:",
        "if False:",
        "tests/operations/billing/test_refunds.py",
    ),
    Fault(
        "a refund takes the tax off what was earned",
        "domain/policy/transaction.py",
        "    ChargeKind.TAX: Account.TAX_PAYABLE,",
        "    ChargeKind.TAX: Account.FEE_INCOME,",
        "tests/operations/policy/test_servicing.py",
    ),
    Fault(
        "the requester of a refund may approve it",
        "domain/bank/outgoing_payment.py",
        "done = {Duty.PAYMENT_REQUESTED: self.requested_by, Duty.PAYMENT_APPROVED: self.decided_by}",
        "done = {Duty.PAYMENT_APPROVED: self.decided_by}",
        "tests/operations/billing/test_refunds.py",
    ),
    Fault(
        "who took a notice and named the payee pays the claim alone",
        "domain/claim/settlement.py",
        "    alone = decides_alone(claim, record.by)\n",
        "    alone = False\n",
        "tests/operations/claims/test_segregation.py",
    ),
    Fault(
        "who named the payee approves the payment to it",
        "domain/claim/payments.py",
        "    check_duty(claim, Duty.PAYMENT_APPROVED, act)\n",
        "",
        "tests/operations/claims/test_segregation.py",
    ),
    Fault(
        "redress in parts gets round the limit",
        "operations/complaints/decide_redress.py",
        "complaint.redress_total(AGREED)",
        "complaint.redress_of(redress_id).amount",
        "tests/operations/complaints/test_refusals.py",
    ),
    Fault(
        "an entry with other figures is taken for the one in suspense",
        "operations/payments/import_statement.py",
        "    entry.payment().check_same(earlier.amount, earlier.received_on)\n",
        "",
        "tests/operations/payments/test_bank_statements.py",
    ),
    Fault(
        "health compares the postings with themselves",
        "domain/ledger/health.py",
        "posted, source = totals.posted, totals.source",
        "posted = source = totals.posted",
        "tests/operations/ledger",
    ),
    Fault(
        "an event that is delivered twice is posted twice",
        "dynamodb/ledger/control_accounts.py",
        "            except _PostedBefore:\n                return None",
        "            except _PostedBefore:\n                transact(self._client, writes[:-1])",
        "tests/operations/ledger",
    ),
    Fault(
        "a consumer that is out of reach passes for one that took the event",
        "operations/delivery/deliver_streams.py",
        "            self._fails(consumer, event.sequence, error)\n            return False\n",
        "            self._fails(consumer, event.sequence, error)\n",
        "tests/operations/delivery",
    ),
    Fault(
        "what a consumer collected and did not take passes for taken",
        "operations/delivery/deliver_streams.py",
        "self._at[consumer] = sequence - 1",
        "pass",
        "tests/operations/delivery",
    ),
    Fault(
        "what follows an event that could not be entered in a feed is entered",
        "operations/notifications/feed_events.py",
        "            if failed is None:\n",
        "            if True:\n",
        "tests/operations/notifications",
    ),
    Fault(
        "a reader of a feed is not told that it comes too late",
        "operations/notifications/read_feed.py",
        "if after + 1 < extent.oldest:",
        "if after + 1 < 0:",
        "tests/operations/notifications",
    ),
    Fault(
        "a stream is done with when its delivery is, whatever was registered meanwhile",
        "domain/core/delivery.py",
        "head = max(self.head, progress.head)",
        "head = progress.head",
        "tests/operations/delivery",
    ),
    Fault(
        "a gap in a stream passes for its end",
        "operations/delivery/deliver_streams.py",
        "if each in reached and self._at[each] == sequence - 1",
        "if each in reached and self._at[each] < sequence",
        "tests/operations/delivery",
    ),
    Fault(
        "who closed a month may lock it",
        "domain/ledger/calendar.py",
        "done = {Duty.MONTH_CLOSED: self.closed_by}",
        "done = {Duty.MONTH_CLOSED: None}",
        "tests/operations/ledger",
    ),
    Fault(
        "premium is earned again that was posted before",
        "domain/ledger/earnings.py",
        "self.earned - before.earned",
        "self.earned",
        "tests/operations/ledger",
    ),
    Fault(
        "what a claim sets off is counted as cash",
        "domain/billing/premium_payment.py",
        "not (self.from_suspense or self.from_claim or self.before_migration)",
        "not (self.from_suspense or self.before_migration)",
        "tests/operations/claims/test_premium_set_off.py",
    ),
    Fault(
        "what was paid in another system is counted as cash",
        "domain/billing/premium_payment.py",
        "self.from_claim or self.before_migration)",
        "self.from_claim)",
        "tests/http/intake/test_migration.py",
    ),
    Fault(
        "a batch is cut over whose totals are not the source's",
        "domain/intake/batch.py",
        "        if differing:\n",
        "        if differing and not differing:\n",
        "tests/http/intake/test_migration.py",
    ),
    Fault(
        "what a claim set off stays when its payment fails",
        "domain/claim/set_off.py",
        "if stored is None or paid_in is None:",
        "if True:",
        "tests/operations/claims/test_premium_set_off.py",
    ),
    Fault(
        "what is set off is taken off what the claim has paid",
        "domain/claim/postings.py",
        "post(accounts.paid, Account.PREMIUM_SET_OFF, set_off)",
        "()",
        "tests/operations/claims/test_premium_set_off.py",
    ),
    Fault(
        "a third party is made to pay the policyholder's premium",
        "domain/claim/claim.py",
        "is_policyholder = self.payee is not None and self.payee.is_policyholder",
        "is_policyholder = self.payee is not None",
        "tests/operations/claims/test_premium_set_off.py",
    ),
    Fault(
        "a transaction that is undone leaves what came after as it was",
        "domain/policy/servicing.py",
        "reversed_ = (undone, *later)",
        "reversed_, later = (undone,), ()",
        "tests/operations/policy/test_servicing.py",
    ),
    Fault(
        "a call that is delivered again is counted again",
        "dynamodb/usage/meter.py",
        "_mark(call) not in marks[_mark_key(stream, call)].ids",
        "call.id",
        "tests/resilience/test_usage.py",
    ),
    Fault(
        "two deliveries at once write over each other's marks",
        "dynamodb/usage/meter.py",
        'condition="revision = :seen"',
        'condition="revision >= :seen"',
        "tests/contract/usage/test_meter.py",
    ),
    Fault(
        "a line that comes late changes a statement that is final",
        "domain/usage/months.py",
        "while now >= takes_lines_until(month):",
        "while now < end_of(month) and False:",
        "tests/operations/usage/test_read_usage.py",
    ),
    Fault(
        "a caller's own request id makes two calls one",
        "access_log.py",
        'call = line["call_id"]',
        'call = line["request_id"]',
        "tests/unit/usage/test_access_log.py",
    ),
)
TESTS = (
    "tests/operations/policy/test_published_cases.py",
    "tests/operations/policy/test_servicing.py",
    "tests/operations/policy/test_claims_on_segments.py",
    "tests/unit/contract/test_proration.py",
    "tests/operations/policy/test_notices.py",
    "tests/operations/scheduler/test_scheduler.py",
    "tests/operations/billing/test_refunds.py",
    "tests/operations/claims/test_premium_set_off.py",
    "tests/operations/payments/test_bank_statements.py",
    "tests/operations/ledger",
    "tests/operations/policy/test_random_lives.py",
)


AT_ONCE = 2
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def noticed(copy: Path, *tests: str) -> str:
    """The first of these tests that fails with the layer as it is in this copy, if one does."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise SystemExit(f"the tests could not be run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    failed = FAILED.search(done.stdout)
    return failed[1] if failed else ""


def plant(fault: Fault, folder: Path) -> str:
    """Which test notices the fault in a copy of its own; none: it survived."""
    copy = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(LAYER / "insurance", copy / "insurance")
    module = copy / "insurance" / fault.module
    sound = module.read_text(encoding="utf-8")
    module.write_text(sound.replace(fault.right, fault.wrong), encoding="utf-8")
    others = [each for each in TESTS if each != fault.noticed_by]
    found = noticed(copy, fault.noticed_by) or noticed(copy, *others)
    print(  # noqa: T201
        f"{'noticed' if found else 'SURVIVED':>9}  {fault.name}" + (f" ({found})" if found else ""),
        flush=True,
    )
    return found


def main() -> int:
    """Plant them all, each by itself; 1 when one survives."""
    argparse.ArgumentParser(prog="tests.long.mutants", description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(AT_ONCE) as pool:
        if failed := noticed(LAYER, *TESTS):
            raise SystemExit(f"without any fault {failed} fails")
        found = list(pool.map(lambda fault: plant(fault, Path(name)), FAULTS))
    survived = found.count("")
    print(f"{len(FAULTS)} planted, {survived} survived")  # noqa: T201
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())

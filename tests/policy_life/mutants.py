"""`python -m tests.policy_life.mutants`: plant a fault, see a test fail, take it out again.

Each fault is one that real systems had. It is planted in a copy of the layer, so that nothing here
is ever changed; a fault that no test notices has survived, and that is a failure of the tests.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "layers" / "common"


class Fault(NamedTuple):
    """One wrong line: in which module, what stands there, and what would be wrong."""

    name: str
    module: str
    right: str
    wrong: str


FAULTS = (
    Fault(
        "the refund goes by the price of the first day, not by the one charged",
        "domain/policy/charging.py",
        "price = self.policy.at(at).premium",
        "price = self.policy.premium",
    ),
    Fault(
        "the tax is forgotten on a refund",
        "domain/policy/charging.py",
        "lines = [line for line in premium.lines if line.refunded is Refund.PRO_RATA]",
        "lines = []",
    ),
    Fault(
        "the day count is off by one",
        "domain/proration.py",
        "return Fraction((day - start).days)",
        "return Fraction((day - start).days + (day > start))",
    ),
    Fault(
        "the end of a change's day is counted in UTC, not where the risk is",
        "domain/proration.py",
        "return moment.astimezone(self.zone).date()",
        "return moment.astimezone(UTC).date()",
    ),
    Fault(
        "a fee is given back with the premium",
        "domain/policy/charging.py",
        "if line.refunded is Refund.PRO_RATA]",
        "if line.refunded is not Refund.FULL]",
    ),
    Fault(
        "the fee of a cancellation may exceed the refund",
        "domain/policy/charging.py",
        "_at_most(rule.fee, back)",
        "rule.fee",
    ),
    Fault(
        "each line is rounded for itself",
        "domain/proration.py",
        "if rounding.by_line or not amounts:",
        "if True:",
    ),
    Fault(
        "cooling off ends a day early",
        "domain/policy/charging.py",
        "return said <= day + timedelta(days=self.conditions.cooling_off_days)",
        "return said < day + timedelta(days=self.conditions.cooling_off_days)",
    ),
    Fault(
        "what was retained is kept at a reinstatement",
        "domain/policy/transaction.py",
        "lines=tuple(line.reversed() for line in self.lines),\n            commission",
        "lines=tuple(line.reversed() for line in self.lines"
        " if line.kind is not ChargeKind.RETAINED),\n            commission",
    ),
    Fault(
        "a later change is not made again",
        "domain/policy/servicing.py",
        "self._made_again(policy, (*later, *_restored(policy, made)))",
        "self._made_again(policy, _restored(policy, made))",
    ),
    Fault(
        "the instant at which cover ends is covered",
        "domain/period.py",
        "return self.start <= instant < self.end",
        "return self.start <= instant <= self.end",
    ),
    Fault(
        "commission is not clawed back",
        "domain/policy/charging.py",
        "return share.of(later - earlier, self.conditions.rounding)",
        "return share.of(max(later - earlier, nil), self.conditions.rounding)",
    ),
    Fault(
        "the unearned premium of a change is not posted",
        "domain/policy/transaction.py",
        "moved += post(Account.PREMIUM_DEFERRAL, Account.UNEARNED_PREMIUM, self.net)",
        "moved += ()",
    ),
    Fault(
        "the day of dispatch counts as a day of notice",
        "domain/jurisdiction/jurisdiction.py",
        "            else sent + timedelta(days=rule.days)\n        )\n"
        "        return local_midnight(last + timedelta(days=1), zone)",
        "            else sent + timedelta(days=rule.days)\n        )\n"
        "        return local_midnight(last, zone)",
    ),
    Fault(
        "days of notice are counted in UTC, not where the risk is",
        "domain/jurisdiction/jurisdiction.py",
        "sent = dispatched_at.astimezone(zone).date()",
        "sent = dispatched_at.date()",
    ),
    Fault(
        "the insurer ends cover before its notice is over",
        "domain/policy/servicing.py",
        "asked.effective_at < (notice.effective_at or self.now):",
        "asked.effective_at < self.now:",
    ),
    Fault(
        "a payment on the day on which the lapse takes effect is in time",
        "domain/billing/collection.py",
        "if each.received_on >= last",
        "if each.received_on > last",
    ),
    Fault(
        "arrears are announced on the last day of grace",
        "domain/billing/collection.py",
        "since < each.due.due_on < limit",
        "since < each.due.due_on <= limit",
    ),
    Fault(
        "a part of the arrears stops the lapse",
        "domain/billing/collection.py",
        "return not any(",
        "return self.account.received.amount > 0 or not any(",
    ),
    Fault(
        "an instalment is asked for again at every look",
        "operations/collect_premium.py",
        "account = collection.account.replace(asked=number)",
        "account = collection.account.replace(asked=number - 1)",
    ),
    Fault(
        "a month is earned twice when its run is repeated",
        "operations/post_earnings.py",
        "postings=posted.postings(was),",
        "postings=posted.postings(was) * (1 + bool(file.earned)),",
    ),
    Fault(
        "a loss is judged on the terms of the first day",
        "operations/verify_claim.py",
        "in_force = policy.at(at)",
        "in_force = policy",
    ),
    Fault(
        "what comes late is posted into a closed period",
        "domain/books/calendar.py",
        "if self.closed_through is None or wanted > self.closed_through:",
        "if True:",
    ),
    Fault(
        "a booking under way does not notice that its month was closed",
        "dynamodb/balances.py",
        'OPEN = "attribute_not_exists(closed_through) OR closed_through < :period"',
        'OPEN = "attribute_exists(account) OR attribute_not_exists(account) OR :period = :period"',
    ),
    Fault(
        "more is refunded than was paid and is not owed",
        "domain/billing/account.py",
        "if amount > self.refundable(policy):",
        "if amount > self.received + self.in_suspense:",
    ),
    Fault(
        "a refund is paid though it is owed again",
        "domain/billing/account.py",
        "if refund.of_premium and missing > self._nothing:",
        "if False:",
    ),
    Fault(
        "a refund takes the tax off what was earned",
        "domain/policy/transaction.py",
        "    ChargeKind.TAX: Account.TAX_PAYABLE,",
        "    ChargeKind.TAX: Account.FEE_INCOME,",
    ),
    Fault(
        "whoever asked for a refund may approve it",
        "domain/claim/payment.py",
        "moved = self._moved(PaymentStep.SUSPECT if suspect else PaymentStep.APPROVE)\n"
        "        if by == self.requested_by:",
        "moved = self._moved(PaymentStep.SUSPECT if suspect else PaymentStep.APPROVE)\n"
        "        if False:",
    ),
    Fault(
        "an entry of a statement that was in suspense is booked again",
        "operations/import_statement.py",
        "return self._suspended(entry) or self._received(told, named, entry)",
        "return self._received(told, named, entry)",
    ),
    Fault(
        "health compares the postings with themselves",
        "domain/books/health.py",
        "posted, source = totals.posted, totals.source",
        "posted = source = totals.posted",
    ),
    Fault(
        "an event that is delivered twice is booked twice",
        "dynamodb/balances.py",
        "            except _BookedBefore:\n                return None",
        "            except _BookedBefore:\n                transact(self._client, writes[:-1])",
    ),
    Fault(
        "who closed a month may lock it",
        "domain/books/calendar.py",
        "if by == self.closed_by:",
        "if False:",
    ),
    Fault(
        "premium is earned again that was posted before",
        "domain/books/earnings.py",
        "self.earned - was.earned",
        "self.earned",
    ),
    Fault(
        "a transaction that is undone leaves what came after as it was",
        "domain/policy/servicing.py",
        "gone = (undone, *later)",
        "gone, later = (undone,), ()",
    ),
)
TESTS = (
    "tests/policy_life/test_published_cases.py",
    "tests/policy_life/test_servicing.py",
    "tests/policy_life/test_claims_on_segments.py",
    "tests/policy_life/test_proration.py",
    "tests/policy_life/test_notices.py",
    "tests/policy_life/test_clockwork.py",
    "tests/policy_life/test_refunds.py",
    "tests/policy_life/test_bank_statements.py",
    "tests/books",
    "tests/policy_life/test_random_lives.py",
)


def noticed(copy: Path) -> bool:
    """Whether some test fails with the layer as it is in this copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise SystemExit(f"the tests could not be run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 1


def main() -> int:
    """Plant them all, one at a time; 1 when one survives."""
    survived = []
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        shutil.copytree(LAYER / "insurance", copy / "insurance")
        if noticed(copy):
            raise SystemExit("the tests fail without any fault")
        for fault in FAULTS:
            module = copy / "insurance" / fault.module
            sound = module.read_text(encoding="utf-8")
            if sound.count(fault.right) != 1:
                raise SystemExit(f"{fault.module} does not say once: {fault.right}")
            module.write_text(sound.replace(fault.right, fault.wrong), encoding="utf-8")
            found = noticed(copy)
            module.write_text(sound, encoding="utf-8")
            if not found:
                survived.append(fault.name)
            print(f"{'noticed' if found else 'SURVIVED':>9}  {fault.name}", flush=True)  # noqa: T201
    print(f"{len(FAULTS)} planted, {len(survived)} survived")  # noqa: T201
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())

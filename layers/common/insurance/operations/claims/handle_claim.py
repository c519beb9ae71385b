"""Handle a claim: hold it, change its reserve, pay its expenses, close it, open it again."""

from collections.abc import Callable
from datetime import datetime

from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.claim import (
    Claim,
    CostType,
    Decision,
    Handling,
    Hold,
    ReserveReason,
    Step,
    Task,
    attention,
)
from insurance.domain.claim.diary import Note
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import WrongState
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Payee
from insurance.domain.product import Product
from insurance.operations.claims.authority import (
    check_authority,
    check_profile,
    has_authority,
    is_straight_through,
)
from insurance.operations.claims.change_claim import HANDLER, load_claim, store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.screen_payment import screening_matches
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products

type Change = Callable[[Claim, Product], tuple[Claim, str]]
"""What a step makes of a claim, and the type of its event."""


class ClaimDesk:
    """A member of staff at work on one claim: what every step at the desk is given."""

    def __init__(
        self,
        claim_id: str,
        *,
        expected_revision: int | None,
        caller: Caller,
        products: Products,
        claims: Claims,
        receipt: Idempotency,
    ) -> None:
        self._claim_id = claim_id
        self._expected_revision = expected_revision
        self._caller = caller
        self._products = products
        self._claims = claims
        self._receipt = receipt

    def hold(self, reason: str) -> Stored[Claim]:
        """Nothing is decided or paid from now on, until it is released."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            if claim.hold is not None:
                raise WrongState(f"Claim {claim.id}", "on hold", Step.HOLD)
            hold = Hold(reason=reason, by=self._by, since=self._receipt.now)
            return claim.moved(Step.HOLD, hold=hold), "claim.held"

        return self._changed(change)

    def release(self) -> Stored[Claim]:
        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            if claim.hold is None:
                raise WrongState(f"Claim {claim.id}", "not on hold", Step.RELEASE)
            return claim.moved(Step.RELEASE, hold=None), "claim.released"

        return self._changed(change)

    def reserve(
        self, cost_type: CostType, outstanding: Money, reason: ReserveReason
    ) -> Stored[Claim]:
        """Expect so much more of this type of cost; what it makes of the total needs authority."""

        def change(claim: Claim, product: Product) -> tuple[Claim, str]:
            total = claim.paid_of(cost_type) + outstanding
            check_authority(self._caller, total, product, cost_type)
            changed = claim.moved(Step.RESERVE).with_reserve(
                cost_type, outstanding, reason, by=self._by, at=self._receipt.now
            )
            return changed, "claim.reserved"

        return self._changed(change)

    def pay_expense(
        self, amount: Money, reason: str, to: Payee, screening: Screening
    ) -> Stored[Claim]:
        """Pay for the handling of the claim, out of the reserve for that, to who sent the bill."""

        def change(claim: Claim, product: Product) -> tuple[Claim, str]:
            total = claim.committed_of(CostType.EXPENSE) + amount
            found = screening_matches(claim, to, screening)
            straight = (
                is_straight_through(total, product)
                and not found
                and has_authority(self._caller, total, product, CostType.EXPENSE)
            )
            paying = claim.moved(Step.PAY).paying(
                CostType.EXPENSE,
                amount,
                status=PaymentStatus.EXECUTING if straight else PaymentStatus.AWAITING_APPROVAL,
                by=self._by,
                to=to,
            )
            if straight:
                return paying, "payment.requested"
            task = self._task(TaskCode.APPROVE_PAYMENT, reason)
            return paying.replace(task=paying.task or task), "payment.requested"

        return self._changed(change)

    def pay_share(self, amount: Money, reason: str) -> Stored[Claim]:
        """Ask again for the insured's part of what was recovered, after it was refused or came back."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            paying = claim.moved(Step.PAY).paying(
                CostType.INSURED_SHARE,
                amount,
                status=PaymentStatus.AWAITING_APPROVAL,
                by=self._by,
            )
            task = self._task(TaskCode.APPROVE_PAYMENT, reason)
            return paying.replace(task=paying.task or task), "payment.requested"

        return self._changed(change)

    def cancel_payment(self, payment_id: str, reason: str) -> Stored[Claim]:
        """Take back a payment that nobody has approved yet."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            cancelled = claim.payment(payment_id).cancelled(by=self._by, reason=reason)
            return claim.losing(cancelled, self._task(TaskCode.PAYMENT_CANCELLED, reason)), (
                "payment.cancelled"
            )

        return self._changed(change)

    def close(self, closed_as: str, *, step: Step) -> Stored[Claim]:
        """Close it, its reserve released; nothing may be on its way."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            closed = claim.closed(closed_as, by=self._by, at=self._receipt.now, step=step)
            paid = claim.paid_of(CostType.INDEMNITY)
            return (closed if paid else closed.replace(draws=(), counts=False)), "claim.closed"

        return self._changed(change)

    def reopen(self, reason: str, reserve: Money | None) -> Stored[Claim]:
        """Look at a closed claim again; its decision is open, what was paid stays paid."""

        def change(claim: Claim, product: Product) -> tuple[Claim, str]:
            if claim.handling is not Handling.CLOSED:
                raise WrongState(f"Claim {claim.id}", claim.handling, Step.REOPEN)
            reopened = claim.moved(
                Step.REOPEN,
                decision=Decision.PENDING,
                closed_as=None,
                task=self._task(TaskCode.REOPENED, reason),
            )
            if reserve is not None:
                total = claim.paid_of(CostType.INDEMNITY) + reserve
                check_authority(self._caller, total, product)
                reopened = reopened.with_reserve(
                    CostType.INDEMNITY,
                    reserve,
                    ReserveReason.REOPENED,
                    by=self._by,
                    at=self._receipt.now,
                )
            return reopened, "claim.reopened"

        return self._changed(change)

    def assign(self, handler: str | None) -> Stored[Claim]:
        """Put the claim into somebody's hands, whoever had it before; into nobody's with None."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            return claim.moved(Step.ASSIGN, handler=handler), "claim.assigned"

        return self._changed(change)

    def note(self, text: str) -> Stored[Claim]:
        """Write down what the next person should know."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            note = Note(text=text, by=self._by, at=self._receipt.now)
            return attention.noted(claim, note), "claim.noted"

        return self._changed(change)

    def follow_up(self, on: datetime, about: str) -> Stored[Claim]:
        """Have the claim come back to the work list at a time."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            return attention.followed_up(claim, on, about, self._by), "claim.follow_up_set"

        return self._changed(change)

    def followed_up(self, number: int) -> Stored[Claim]:
        """Strike a follow-up that was seen to."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            return attention.done(claim, number), "claim.follow_up_done"

        return self._changed(change)

    @property
    def _by(self) -> str:
        return self._caller.principal

    def _task(self, code: TaskCode, reason: str) -> Task:
        return Task(role=HANDLER, code=code, reason=reason, since=self._receipt.now)

    def _changed(self, change: Change) -> Stored[Claim]:
        file = load_claim(
            self._claim_id,
            expected_revision=self._expected_revision,
            caller=self._caller,
            claims=self._claims,
            receipt=self._receipt,
        )
        product = self._products.version(file.policy.product)
        check_profile(self._caller, product)
        changed, type = change(file.claim.record, product)
        return store_claim(
            changed,
            type,
            before=file.claim,
            caller=self._caller,
            claims=self._claims,
            receipt=self._receipt,
        )

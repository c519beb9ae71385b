"""Recover what a claim cost: from who caused it, from what is left of the object; share it; give up."""

from collections.abc import Callable

from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.claim import Claim, CostType, ReserveReason, Task
from insurance.domain.claim.recovery import Recovery, RecoveryKind, Sharing
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import RecoveryNotFound, WrongState
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.product import Product
from insurance.operations.claims.authority import check_profile
from insurance.operations.claims.change_claim import HANDLER, load_claim, store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.idempotency import Idempotency
from insurance.operations.products.ports import Products

type Change = Callable[[Claim, Product], tuple[Claim, str]]


class RecoveryDesk:
    """A member of staff at work on the recoveries of one claim."""

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

    def identify(self, kind: RecoveryKind, against: str, expected: Money) -> Stored[Claim]:
        """Something paid may come back. What was not paid cannot."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            if not claim.committed_of(CostType.INDEMNITY):
                raise WrongState(f"Claim {claim.id}", "not paid", "be recovered")
            return claim.expecting(kind, against, expected), "recovery.identified"

        return self._changed(change)

    def pursue(self, number: str) -> Stored[Claim]:
        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            pursued = _recovery(claim, number).pursued()
            return claim.with_recovery(pursued), "recovery.pursued"

        return self._changed(change)

    def receive(self, number: str, amount: Money) -> Stored[Claim]:
        """Money has come in: the insurer's part is income, the insured's is paid on to them."""

        def change(claim: Claim, product: Product) -> tuple[Claim, str]:
            recovery = _recovery(claim, number)
            kept = claim.keeps(amount, recovery.kind, _sharing(product))
            received = claim.with_recovery(recovery.receiving(amount, kept=kept))
            return self._passed_on(received, amount - kept), "recovery.received"

        return self._changed(change)

    def abandon(self, number: str, because: str) -> Stored[Claim]:
        """Nothing more will come: the rest is written off."""

        def change(claim: Claim, _product: Product) -> tuple[Claim, str]:
            abandoned = _recovery(claim, number).abandoned(because)
            return claim.with_recovery(abandoned), "recovery.abandoned"

        return self._changed(change)

    def _passed_on(self, claim: Claim, theirs: Money) -> Claim:
        """What is the insured's is owed to them from now on, and waits for a second person."""
        if not theirs:
            return claim
        owed = claim.reserve_of(CostType.INSURED_SHARE) + theirs
        return (
            claim.with_reserve(
                CostType.INSURED_SHARE,
                owed,
                ReserveReason.RECOVERY,
                by=self._caller.principal,
                at=self._receipt.now,
            )
            .paying(
                CostType.INSURED_SHARE,
                theirs,
                status=PaymentStatus.AWAITING_APPROVAL,
                by=self._caller.principal,
            )
            .replace(task=self._to_approve(theirs))
        )

    def _to_approve(self, theirs: Money) -> Task:
        reason = f"{theirs} of what was recovered is the insured's."
        return Task(
            role=HANDLER, code=TaskCode.APPROVE_PAYMENT, reason=reason, since=self._receipt.now
        )

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


def _recovery(claim: Claim, number: str) -> Recovery:
    for recovery in claim.recoveries:
        if str(recovery.number) == number:
            return recovery
    raise RecoveryNotFound(number)


def _sharing(product: Product) -> Sharing:
    """Who comes first, as the product has it."""
    return Sharing(product.claims.recovery_deductible)

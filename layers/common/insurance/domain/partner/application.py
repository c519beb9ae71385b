"""A partner's application: requested, approved by another person, given its credentials, and what follows."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.api_products import API_PRODUCTS, ApiProduct, scopes_of
from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import FieldFault, Unavailable, WrongState
from insurance.domain.core.identity import ApplicationId, Mode, application_id_for, mode_of
from insurance.domain.core.scopes import Scope
from insurance.domain.core.segregation import OfficeDuty, check_segregation
from insurance.domain.core.value import Value
from insurance.domain.partner.partner import PartnerCode, TradeName
from insurance.domain.partner.plans import PLANS
from insurance.domain.partner.quota import MARKS, QuotaMark

ApplicationCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
IssuerUrl = Annotated[
    str, StringConstraints(pattern=r"^https://[a-z0-9.-]{1,100}(/[A-Za-z0-9._~-]{1,60}){0,3}$")
]
"""Who signs tokens, as they name it."""
Thumbprint = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""SHA-256 of a key or a certificate, in base64url without padding (RFC 7638, RFC 8705)."""


class PartnerPlan(StrEnum):
    """The usage plans that partners have."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


PARTNER_SCOPES: Final = frozenset(Scope(scope) for scope in scopes_of(API_PRODUCTS))
"""The most that a partner's application may have: everything else is for staff and our own machines."""


class SenderProofMethod(StrEnum):
    DPOP = "dpop"
    MTLS = "mtls"


class SenderProof(Value):
    """What the sender of the application's tokens must prove: a key or a certificate of its own."""

    method: SenderProofMethod
    thumbprints: Annotated[tuple[Thumbprint, ...], Field(min_length=1, max_length=5)]


class ApplicationStatus(StrEnum):
    REQUESTED = "requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    PROVISIONING = "provisioning"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class ApplicationStep(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    PROVISION = "provision"
    ACTIVATE = "activate"
    ADD_SECRET = "add_secret"  # noqa: S105 - a step, no secret
    WITHDRAW_SECRET = "withdraw_secret"  # noqa: S105 - as above
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    CHANGE = "change"
    APPROVE_CHANGE = "approve_change"
    REJECT_CHANGE = "reject_change"


NEXT: Final[Mapping[tuple[ApplicationStatus, ApplicationStep], ApplicationStatus]] = {
    (ApplicationStatus.REQUESTED, ApplicationStep.APPROVE): ApplicationStatus.APPROVED,
    (ApplicationStatus.REQUESTED, ApplicationStep.REJECT): ApplicationStatus.REJECTED,
    (ApplicationStatus.APPROVED, ApplicationStep.PROVISION): ApplicationStatus.PROVISIONING,
    (ApplicationStatus.PROVISIONING, ApplicationStep.PROVISION): ApplicationStatus.PROVISIONING,
    (ApplicationStatus.PROVISIONING, ApplicationStep.ACTIVATE): ApplicationStatus.ACTIVE,
    (ApplicationStatus.ACTIVE, ApplicationStep.ADD_SECRET): ApplicationStatus.ACTIVE,
    (ApplicationStatus.ACTIVE, ApplicationStep.WITHDRAW_SECRET): ApplicationStatus.ACTIVE,
    (ApplicationStatus.ACTIVE, ApplicationStep.CHANGE): ApplicationStatus.ACTIVE,
    (ApplicationStatus.ACTIVE, ApplicationStep.APPROVE_CHANGE): ApplicationStatus.ACTIVE,
    (ApplicationStatus.ACTIVE, ApplicationStep.REJECT_CHANGE): ApplicationStatus.ACTIVE,
    (ApplicationStatus.ACTIVE, ApplicationStep.SUSPEND): ApplicationStatus.SUSPENDED,
    (ApplicationStatus.SUSPENDED, ApplicationStep.RESUME): ApplicationStatus.ACTIVE,
    (ApplicationStatus.APPROVED, ApplicationStep.CANCEL): ApplicationStatus.CANCELLED,
    (ApplicationStatus.PROVISIONING, ApplicationStep.CANCEL): ApplicationStatus.CANCELLED,
    (ApplicationStatus.SUSPENDED, ApplicationStep.CANCEL): ApplicationStatus.CANCELLED,
    (ApplicationStatus.CANCELLED, ApplicationStep.CANCEL): ApplicationStatus.CANCELLED,
}
"""An application is suspended before it is cancelled: from then on nobody is admitted by it. Cancelled again, it
ends the client that a call which broke off has left."""

CLAIM_LASTS: Final = timedelta(seconds=30)
"""How long one call alone may change credentials: longer than the function that does it may run."""


PER_MONTH_MAX: Final = 1_000_000_000
"""No figure of an application's own is larger."""
QUOTA_MARKS_MAX: Final = 2 * len(MARKS)
"""Those of two months are known: of the one before some may be noted late."""


class Secret(StrEnum):
    """One of an application's two secrets."""

    OLDER = "older"
    NEWER = "newer"


SECRETS_MAX: Final = 2
"""How many may live at once: the user pool takes no more."""

SECRETS_BEFORE: Final[Mapping[ApplicationStep, range]] = {
    ApplicationStep.ADD_SECRET: range(SECRETS_MAX),
    ApplicationStep.WITHDRAW_SECRET: range(SECRETS_MAX, SECRETS_MAX + 1),
}
"""How many secrets an application may have for a step that changes them."""


def not_on_offer(
    plan: PartnerPlan, products: tuple[ApiProduct, ...], scopes: tuple[Scope, ...], at: str = ""
) -> list[FieldFault]:
    """What these API products do not have: the plan, or a scope that none of their operations asks for.

    `at` is where the request has them.
    """
    without = [each for each in products if plan not in each.offer.plans]
    others = sorted(set(scopes) - scopes_of(products))
    of_none = "is of none of these API products."
    return [
        *(FieldFault(f"{at}/plan", "not-offered", f"{each} has other plans.") for each in without),
        *(FieldFault(f"{at}/scopes", "not-offered", f"{each} {of_none}") for each in others),
    ]


class ApplicationChange(Value):
    """Another plan, other API products and scopes for an active application, as somebody asks for them."""

    plan: PartnerPlan
    per_month: int | None = None
    products: tuple[ApiProduct, ...]
    scopes: tuple[Scope, ...]
    reason: str
    requested_by: str = ""


class PartnerApplication(Record):
    """One application of one mode, with its subscriptions, and what its credentials are called.

    No secret stands here. The user pool has them, and says them once, when it makes them.
    """

    id: Internal[ApplicationId]
    code: Internal[ApplicationCode]
    partner: Internal[PartnerCode]
    name: Internal[TradeName]
    team: Internal[TradeName]
    status: Internal[ApplicationStatus]
    plan: Internal[PartnerPlan]
    per_month: Internal[int | None] = None
    """How many calls it has in a month; None: as its plan has it."""
    products: Internal[tuple[ApiProduct, ...]]
    scopes: Internal[tuple[Scope, ...]]
    is_portal: Internal[bool] = False
    """Whether policyholders sign in through it."""
    issuer: Internal[str] = ""
    """Who signs its tokens; empty: our own user pool."""
    proof: Internal[SenderProof | None] = None
    reason: Internal[str]
    """Why the last step was taken, as a code."""
    requested_by: Internal[str]
    decided_by: Internal[str] = ""
    client_id: Internal[str] = ""
    key_id: Internal[str] = ""
    """Of its key in the usage plan."""
    secret_ids: Internal[tuple[str, ...]] = ()
    """The secrets that were answered, by what the user pool calls them; the oldest first."""
    claimed_until: Internal[AwareDatetime | None] = None
    """Until when the call that changes credentials has them to itself."""
    changed_at: Internal[AwareDatetime]
    change: Internal[ApplicationChange | None] = None
    """What waits for another person's approval."""
    is_keyed_by_plan: Internal[bool] = False
    """Whether its usage key is of its plan too: each plan that it has moved to has a key of its own for it."""
    quota_marks: Internal[tuple[QuotaMark, ...]] = ()
    """What was told of its quotas, the last at the end."""

    @property
    def calls_a_month(self) -> int:
        """How many calls it has in a month: its own figure, or its plan's."""
        return self.per_month or PLANS[self.plan].per_month or 0

    @property
    def mode(self) -> Mode:
        return mode_of(self.id)

    @property
    def subscriptions(self) -> frozenset[ApiProduct]:
        """The API products that it has. One that is suspended may go on with them."""
        has_them = self.status in {ApplicationStatus.ACTIVE, ApplicationStatus.SUSPENDED}
        return frozenset(self.products if has_them else ())

    @property
    def must_prove_its_sender(self) -> bool:
        """In live mode, what reads claims or moves money: the authorizer admits nothing else."""
        with_claims = any(scope.startswith("claims:") for scope in self.scopes)
        proves = with_claims or any(product.offer.proves_sender for product in self.products)
        return self.mode is Mode.LIVE and proves

    def taken(self, step: ApplicationStep, *, now: AwareDatetime, reason: str = "") -> Self:
        """The next state; without a reason the last one stays.

        Raises:
            WrongState: The step does not follow from where the application stands.
        """
        after = NEXT.get((self.status, step))
        if after is None:
            raise WrongState(self.code, self.status, step, shown=step.replace("_", " "))
        return self.replace(
            status=after, reason=reason or self.reason, changed_at=now, claimed_until=None
        )

    def decided(
        self, step: ApplicationStep, *, by: str, now: AwareDatetime, reason: str = ""
    ) -> Self:
        """Approved or rejected, by another person than who requested it.

        Raises:
            WrongState: It is decided already.
            SamePerson: Who requested it would approve it.
        """
        decided = self.taken(step, now=now, reason=reason)
        if step is ApplicationStep.APPROVE:
            done = {OfficeDuty.APPLICATION_REQUESTED: self.requested_by}
            check_segregation(OfficeDuty.APPLICATION_APPROVED, by, done, self.code)
        return decided.replace(decided_by=by)

    def claimed(self, step: ApplicationStep, *, now: AwareDatetime, at: AwareDatetime) -> Self:
        """The application while one call changes its credentials at the user pool and the gateway.

        Args:
            step: What the call does.
            now: When it changes, by the caller's clock.
            at: When the call came in, by ours: a claim runs out by it alone.

        Raises:
            WrongState: The step does not follow from where the application stands, or from how many
                secrets it has.
            Unavailable: Another call has not ended yet.
        """
        claimed = self.taken(step, now=now)
        if len(self.secret_ids) not in SECRETS_BEFORE.get(step, range(SECRETS_MAX + 1)):
            shown = f"{step.replace('_', ' ')} while it has {len(self.secret_ids)}"
            raise WrongState(self.code, self.status, step, shown=shown)
        self._check_unclaimed(at)
        return claimed.replace(claimed_until=at + CLAIM_LASTS)

    def with_change(
        self, asked: ApplicationChange, *, by: str, now: AwareDatetime, at: AwareDatetime
    ) -> Self:
        """With a change that waits for approval, in place of one that waited; for `at` see `claimed`.

        Raises:
            WrongState: It is not active.
            Unavailable: Another call changes its credentials now.
        """
        self._check_unclaimed(at)
        after = self.taken(ApplicationStep.CHANGE, now=now)
        return after.replace(change=asked.replace(requested_by=by))

    def pending_change(self, step: ApplicationStep, *, by: str) -> ApplicationChange:
        """What is to be approved or rejected.

        Raises:
            WrongState: Nothing is.
            SamePerson: Who requested it would approve it.
        """
        if self.change is None:
            shown = f"{step.replace('_', ' ')} that nobody requested"
            raise WrongState(self.code, self.status, step, shown=shown)
        if step is ApplicationStep.APPROVE_CHANGE:
            done = {OfficeDuty.APPLICATION_REQUESTED: self.change.requested_by}
            check_segregation(OfficeDuty.APPLICATION_APPROVED, by, done, self.code)
        return self.change

    def without_change(self, *, now: AwareDatetime, at: AwareDatetime, reason: str) -> Self:
        """With its change rejected; for `at` see `claimed`.

        Raises:
            WrongState: It is not active.
            Unavailable: Another call carries the change out now.
        """
        self._check_unclaimed(at)
        after = self.taken(ApplicationStep.REJECT_CHANGE, now=now, reason=reason)
        return after.replace(change=None)

    def changed(
        self, change: ApplicationChange, key_id: str, *, by: str, now: AwareDatetime
    ) -> Self:
        """On the plan, and with the API products and scopes, that were approved."""
        return self.replace(
            **dict(change),
            decided_by=by,
            key_id=key_id,
            is_keyed_by_plan=self.is_keyed_by_plan or change.plan is not self.plan,
            change=None,
            changed_at=now,
            claimed_until=None,
        )

    def cancelled(self, *, now: AwareDatetime, at: AwareDatetime, reason: str) -> Self:
        """Cancelled, while no other call makes its client; for `at` see `claimed`.

        Raises:
            WrongState: It is neither suspended nor without a client.
            Unavailable: Another call has not ended yet.
        """
        cancelled = self.taken(ApplicationStep.CANCEL, now=now, reason=reason)
        self._check_unclaimed(at)
        return cancelled

    def _check_unclaimed(self, at: AwareDatetime) -> None:
        if self.claimed_until is not None and at < self.claimed_until:
            left = int((self.claimed_until - at).total_seconds()) + 1
            raise Unavailable(f"The application {self.code}", retry_after_seconds=left)

    def with_quota_reached(self, mark: QuotaMark, now: AwareDatetime) -> Self | None:
        """With the mark told; None where it was told before.

        Raises:
            Unavailable: A call changes its credentials now, and would find it changed.
        """
        if mark in self.quota_marks:
            return None
        self._check_unclaimed(now)
        return self.replace(quota_marks=(*self.quota_marks, mark)[-QUOTA_MARKS_MAX:])

    def activated(self, client_id: str, key_id: str, secret_id: str, *, now: AwareDatetime) -> Self:
        """Active, with its credentials.

        Raises:
            WrongState: It is not being provisioned.
        """
        return self.taken(ApplicationStep.ACTIVATE, now=now).replace(
            client_id=client_id, key_id=key_id, secret_ids=(secret_id,)
        )

    def with_secret(self, secret_id: str, *, now: AwareDatetime) -> Self:
        """With one more secret beside the one that there is."""
        return self.replace(
            secret_ids=(*self.secret_ids, secret_id), changed_at=now, claimed_until=None
        )

    def without_secret(self, secret: Secret, *, now: AwareDatetime) -> Self:
        """With the other one of two secrets alone."""
        older, newer = self.secret_ids
        left = newer if secret is Secret.OLDER else older
        return self.replace(secret_ids=(left,), changed_at=now, claimed_until=None)


class ApplicationInput(Value):
    """What somebody asks for."""

    code: str
    name: str
    team: str
    plan: PartnerPlan
    per_month: int | None = None
    products: tuple[ApiProduct, ...]
    scopes: tuple[Scope, ...]
    is_portal: bool = False
    issuer: str = ""
    proof: SenderProof | None = None
    reason: str

    def of(self, partner: str, mode: Mode, *, by: str, now: AwareDatetime) -> PartnerApplication:
        """The application as it was requested."""
        return PartnerApplication(
            id=application_id_for(mode, self.code),
            partner=partner,
            status=ApplicationStatus.REQUESTED,
            requested_by=by,
            changed_at=now,
            **self.model_dump(exclude={"products", "scopes", "proof"}),
            products=tuple(sorted(set(self.products))),
            scopes=tuple(sorted(set(self.scopes))),
            proof=self.proof,
        )

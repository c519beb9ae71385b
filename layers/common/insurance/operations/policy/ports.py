"""What operations on policies are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.billing import BillingAccount
    from insurance.domain.claim import Claim
    from insurance.domain.control.stop import Stops
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode, PartyId
    from insurance.domain.core.stored import Naming, Stored
    from insurance.domain.party.demands import Demands
    from insurance.domain.party.record import Party
    from insurance.domain.policy import Policy
    from insurance.domain.policy.corrected_people import SharedPolicy
    from insurance.domain.quote.quote import Quote
    from insurance.operations.command import Command
    from insurance.operations.parties.ports import (
        IndexKeys,
        Keys,
        NamedParties,
        PartyChange,
        ScreeningPorts,
    )
    from insurance.operations.products.ports import Products
    from insurance.operations.quoting.ports import LookUps, Quotes


class PolicyReads(Protocol):
    def get(self, policy_id: str) -> Stored[Policy]:
        """The policy as it stands.

        Raises:
            PolicyNotFound: There is no such policy.
        """

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        """The policy as its last event up to a time left it.

        Raises:
            PolicyNotFound: There was no such policy at that time.
        """


class QuoteToIssue(NamedTuple):
    """A quote, and the stops that may hold its issue."""

    quote: Stored[Quote]
    stops: Stops


class Policies(PolicyReads, Protocol):
    """Policies for issuing and reading them."""

    def load_quote(self, quote_id: str, command: Command) -> QuoteToIssue:
        """The quote to issue, in one read with the stops of the caller's mode and the command's
        idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            QuoteNotFound: There is no such quote.
        """

    def issue(
        self,
        event: Event,
        policy: Policy,
        *,
        bound: QuoteEvent,
        ending: TransferContext | None = None,
        account: Event | None = None,
        command: Command,
    ) -> None:
        """Store the policy, its account where it comes with one (`account`: the first event of that), the bound quote and the command's answer, all or none.

        Raises:
            AlreadyAnswered: This call was answered before.
            QuoteAlreadyIssued: The quote's policy exists.
            NumberTaken: Another policy has the number.
            StaleRevision: The quote has changed since it was loaded, or somebody was erased.
        """

    def ending(self, policy_id: str) -> TransferContext:
        """The policy of the term before, with the keys of others on it; without its account."""

    def events(self, policy_id: str, *, after: int, limit: int) -> Sequence[Event]:
        """The policy's events in order, from the one that follows number `after`."""


class PolicyChanges(PolicyReads, Protocol):
    """Policies for changing them, without what issuing needs."""

    def load(self, policy_id: str, command: Command) -> Stored[Policy]:
        """The policy as it stands, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PolicyNotFound: There is no such policy.
        """

    def change(
        self, event: Event, policy: Stored[Policy], *, before: Stored[Policy], command: Command
    ) -> None:
        """Store the policy as the event left it, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The policy has changed since it was loaded.
        """


class PolicyTransfers(Protocol):
    """Policies for passing them on to another holder."""

    def get(self, policy_id: str) -> TransferContext:
        """The policy as it stands, the keys of its former holders, and its account.

        Raises:
            PolicyNotFound: There is no such policy.
        """

    def load(self, policy_id: str, command: Command) -> TransferContext:
        """As `get`, in one read with the idempotency record; refused as `PolicyChanges.load` is."""

    def pass_on(
        self,
        event: Event,
        policy: Stored[Policy],
        *,
        before: TransferContext,
        known: Stored[Party] | None,
        registered: Event | None,
        command: Command,
    ) -> None:
        """Store the policy for its new holder with the new holder's key, and the command's answer.

        What was stored before stays readable with the former holder's key.

        Args:
            event: The policy's.
            policy: The policy with its new holder, and their key.
            before: As it was loaded.
            known: The new holder as they were read, whose details the policy has; None: a new party.
            registered: The new holder's first event; None: they have one.
            command: With the answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The policy has changed since it was loaded, or the new holder, or a former holder
                was erased.
            AlreadyErased: The new holder was erased.
        """

    def join(
        self,
        event: Event,
        policy: Stored[Policy],
        *,
        newcomers: Sequence[Newcomer],
        before: TransferContext,
        command: Command,
    ) -> None:
        """Store the policy with customers who hold it jointly or have a role on it, their keys beside the
        policyholder's, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The policy or a customer has changed since they were read, or a holder was
                erased.
            AlreadyErased: A customer was erased.
        """


class Newcomer(NamedTuple):
    """A customer of whom a policy has data from now on, beside its holder's."""

    party: Stored[Party]
    registered: Event | None
    """Their first event; None: they have one."""


@dataclass(frozen=True, slots=True)
class TransferContext:
    """A policy that is to pass on, and the wrapped keys of others whose data it has: former holders, joint
    holders and interested parties who are customers."""

    policy: Stored[Policy]
    former: Mapping[PartyId, bytes] | None
    """By party, without those who were erased; None: there never were any."""
    account: Stored[BillingAccount] | None = None
    """None: nobody has chosen a plan, and nothing was paid."""


@dataclass(frozen=True, slots=True)
class CorrectionContext:
    """A party, or the one that stands for it, and the policies that it and its members hold."""

    party: Stored[Party]
    policies: Sequence[Stored[Policy]]
    """In the order of their ids."""
    quotes: Sequence[Stored[Quote]]
    """Those that became no policy, in the order of their ids."""
    is_complete: bool
    """Whether all contracts were read; there is a limit."""
    namings: Mapping[PartyId, Naming] = field(default_factory=dict)
    """Which contracts have named the party and its members; that all of them were read is checked by these."""
    shared: Sequence[SharedPolicy] = ()


class PolicyEvent(NamedTuple):
    """What one event makes of a policy."""

    event: Event
    before: Stored[Policy]
    after: Stored[Policy]


class QuoteEvent(NamedTuple):
    event: Event
    before: Stored[Quote]
    after: Quote


@dataclass(frozen=True, slots=True)
class CorrectionEvents:
    """The events of one correction."""

    party: PartyChange
    policies: Sequence[PolicyEvent]
    quotes: Sequence[QuoteEvent] = ()
    namings: Mapping[PartyId, Naming] = field(default_factory=dict)
    """As they were loaded."""


class Corrections(Protocol):
    """A party together with its policies, for changing all of them at once."""

    def get(self, party_id: PartyId) -> CorrectionContext:
        """The party and its policies as they stand.

        Raises:
            PartyNotFound: There is no such party.
            AlreadyErased: The party was erased.
        """

    def load(self, party_id: PartyId, command: Command) -> CorrectionContext:
        """As `get`, after a look at the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PartyNotFound, AlreadyErased: As in `get`.
        """

    def correct(self, events: CorrectionEvents, *, command: Command) -> None:
        """Store the party, its policies, its open quotes and the command's answer, all or none.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The party or one of the contracts has changed since it was loaded, or another
                contract has named the party or a member.
        """


class PolicyAccount(Protocol):
    """A policy, and the account that it is paid by."""

    @property
    def policy(self) -> Stored[Policy]: ...

    @property
    def account(self) -> Stored[BillingAccount] | None:
        """None: nobody has chosen a plan, and nothing was paid."""


class PolicyAccounts(Protocol):
    def get(self, policy_id: str) -> PolicyAccount:
        """The policy and its account as they stand.

        Raises:
            PolicyNotFound: There is no such policy.
        """

    def load(self, policy_id: str, command: Command) -> PolicyAccount:
        """The policy and its account, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PolicyNotFound: There is no such policy.
        """


class ExpiringPolicy(NamedTuple):
    """A policy, the claims on it, what its holder demands of those who process their data, and stops."""

    policy: Stored[Policy]
    claims: Sequence[Claim]
    demands: Demands
    stops: Stops
    """Of the policy's mode: they may hold its renewal."""


class Renewals(Protocol):
    def expiring(self, policy_id: str) -> ExpiringPolicy:
        """The policy and its claims.

        Raises:
            PolicyNotFound: There is no such policy.
        """


class RegisteredPartners(Protocol):
    def is_registered(self, partner: str, mode: Mode) -> bool:
        """Whether a partner has an active application for data of this mode; a new one a moment later."""


class ReadingPorts(Protocol):
    """What reading a policy needs from outside."""

    @property
    def policies(self) -> PolicyReads: ...


@dataclass(frozen=True, slots=True)
class IssuingPorts:
    """What issuing policies needs from outside."""

    products: Products
    policies: Policies
    screening: ScreeningPorts


@dataclass(frozen=True, slots=True)
class RenewalPorts:
    """What offering the next term of a policy needs from outside."""

    products: Products
    look_ups: LookUps
    renewals: Renewals
    quotes: Quotes


@dataclass(frozen=True, slots=True)
class InvitationPorts(RenewalPorts):
    """What inviting a policyholder to renew needs from outside."""

    policies: PolicyChanges


@dataclass(frozen=True, slots=True)
class ServicingPorts:
    """What changing policies needs from outside."""

    products: Products
    look_ups: LookUps
    policies: PolicyChanges
    accounts: PolicyAccounts


@dataclass(frozen=True, slots=True)
class InterestPorts:
    """What recording interested parties needs from outside."""

    policies: PolicyChanges
    transfers: PolicyTransfers
    parties: NamedParties
    index_keys: IndexKeys


@dataclass(frozen=True, slots=True)
class TransferPorts:
    """What passing a policy on needs from outside."""

    products: Products
    look_ups: LookUps
    policies: PolicyChanges
    transfers: PolicyTransfers
    screening: ScreeningPorts
    parties: NamedParties
    keys: Keys
    partners: RegisteredPartners


@dataclass(frozen=True, slots=True)
class CorrectionPorts:
    """What correcting a party needs from outside."""

    products: Products
    look_ups: LookUps
    corrections: Corrections
    screening: ScreeningPorts

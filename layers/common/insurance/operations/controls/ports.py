"""What operations on stops and access policies are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from insurance.domain.control.access_policy import AccessPolicy, PoliciesInForce, RuleHits
    from insurance.domain.control.decision import CompiledRule, Ruleset
    from insurance.domain.control.replay import CallGroup
    from insurance.domain.control.stop import Stops
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.stored import Stored
    from insurance.operations.command import Command
    from insurance.operations.listing import ListEntry, ListRange
    from insurance.operations.products.ports import ProductRange


class StopsInForce(Protocol):
    """Stops for a command that has no read of its own in which they could come along."""

    def leased(self, mode: Mode) -> Stops:
        """The stops of a mode as they stood at most `QUOTE_LEASE_SECONDS` ago."""


class StopRegister(Protocol):
    """The stops of each mode."""

    def get(self, mode: Mode) -> Stored[Stops]:
        """They, as they stand. Before any was set their revision is 0."""

    def load(self, mode: Mode, command: Command) -> Stored[Stops]:
        """As `get`, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def store(self, event: Event, before: Stored[Stops], command: Command) -> None:
        """Store the stops as the event left them, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: They have changed since they were loaded.
        """


class AccessRules(Protocol):
    """What is in force of the access policies, for deciding calls."""

    def note_refusal(self, by: CompiledRule, mode: Mode, at: datetime) -> None:
        """Count a call that a rule refuses.

        Raises:
            Unavailable: It is not counted, or nobody knows.
        """

    def ruleset(self, mode: Mode) -> Ruleset | None:
        """The rules of a mode as they stood at most a minute ago; None: there are none.

        Raises:
            Unavailable: They were not read for longer, and cannot be now.
        """


class LoadedPolicy(NamedTuple):
    """An access policy, and what is in force of all policies of its mode."""

    policy: Stored[AccessPolicy] | None
    """None: nobody wrote it yet."""
    in_force: PoliciesInForce
    revision: int
    """Of what is in force."""


class AccessPolicies(Protocol):
    """Access policies, and what the edge reads of them."""

    def get(self, mode: Mode, code: str) -> Stored[AccessPolicy]:
        """A policy.

        Raises:
            AccessPolicyNotFound: There is none.
        """

    def hits(self, mode: Mode, code: str) -> Mapping[str, RuleHits]:
        """How often each rule of a policy has refused a call, by its code; rules that refused none are missing."""

    def in_force(self, mode: Mode) -> PoliciesInForce:
        """What is in force in a mode, as it stands."""

    def policies(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[AccessPolicy]]:
        """Part of the policies of a mode, by their codes."""

    def load(self, code: str, command: Command) -> LoadedPolicy:
        """A policy of the caller's mode, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def store(
        self, event: Event, policy: AccessPolicy, before: LoadedPolicy, command: Command
    ) -> None:
        """Store the policy as the event left it, what is then in force, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The policy, or what is in force, has changed since it was loaded.
        """


class LoggedCalls(NamedTuple):
    """Calls of a time, as far as the log had them."""

    groups: Sequence[CallGroup]
    is_complete: bool
    """False: the log holds more than could be looked through in time, or more kinds of calls than it tells."""


class CallLog(Protocol):
    """What policies saw of the calls that they were asked about, whether any was in force or not."""

    def calls(self, mode: Mode, since: datetime, until: datetime, *, minutes: int) -> LoggedCalls:
        """Calls of a mode, those alike within so many minutes together. Territories are as the callers named them.

        Raises:
            Unavailable: The log does not answer.
        """


@dataclass(frozen=True, slots=True)
class AccessPolicyPorts:
    """What operations on access policies need from outside."""

    policies: AccessPolicies
    products: ProductRange
    """Those on sale."""
    call_log: Callable[[], CallLog]
    operations: Callable[[], Collection[str]]
    """The ids of all operations of the API."""


@dataclass(frozen=True, slots=True)
class StopPorts:
    """What operations on stops need from outside."""

    stops: StopRegister
    products: ProductRange
    """All that there are: a stop of one that nobody knows holds nothing."""
    wait: Callable[[float], None]
    """Returns after so many seconds."""

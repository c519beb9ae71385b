"""What a policy says of its next term: whether it is wanted, and how it was offered."""

from pydantic import AwareDatetime

from insurance.domain.core.identity import QuoteId
from insurance.domain.core.value import Value
from insurance.domain.policy.transaction import Initiator


class NonRenewal(Value):
    """The policyholder or the insurer does not want another term."""

    by: Initiator
    reason: str | None = None
    since: AwareDatetime


class Invitation(Value):
    """The next term as it was offered."""

    quote_id: QuoteId
    outcome: str
    """`bindable`, `referred` or `declined`."""
    invited_at: AwareDatetime

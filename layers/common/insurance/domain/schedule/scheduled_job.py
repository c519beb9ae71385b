"""A scheduled job: which quote, policy, claim or complaint is looked at, what for, and when.

A job says no more than "look at this subject then". What is done is decided by how the subject
stands at that time, so a job that runs twice, late or for nothing does no harm.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import AfterValidator, AwareDatetime

from insurance.domain.core.identity import Mode, fingerprint
from insurance.domain.core.value import Value

SHARDS: Final = 8
"""Of each kind in the live partition, so that no single key takes all writes."""

LIVE: Final = "live"
"""The partition of all live jobs."""

ATTEMPTS_MAX: Final = 5
"""Runs in which a job may fail before it is parked for a person."""


class JobKind(StrEnum):
    """What a job does with its subject."""

    QUOTE = "quote"
    """Expire an accepted quote that was not issued."""
    RENEWAL = "renewal"
    """Offer a policy's next term."""
    BILLING = "billing"
    """Ask for a policy's instalments, give notice of arrears and carry notices out."""
    EARNING = "earning"
    """Post a policy's earned premium by the month."""
    CLAIM = "claim"
    """Record a regulator's deadline that a claim missed."""
    COMPLAINT = "complaint"
    """Record a regulator's deadline that a complaint missed."""
    ERASURE = "erasure"
    """Erase a party that asked for it, once nothing holds it back, and look for what is left of one."""
    LIMIT = "limit"
    """Charge the policy for a limit that a claim used and that is reinstated."""
    DOCUMENT = "document"
    """Make the documents of a policy again that repeat a corrected detail of its holder."""
    PAYEE = "payee"
    """Have a person look at what is on its way to a party whose name, address or account was corrected."""
    BATCH = "batch"
    """Work on a file of rows."""
    EXPIRED_ROWS = "expired_rows"
    """Destroy what the rows say that a batch kept back, some time after its end."""
    ERASED_ROWS = "erased_rows"
    """Erase the rows of files that name a party who was erased."""
    MATCH = "match"
    """Look for other records of a customer."""


def _next_second(instant: datetime) -> datetime:
    """Round up to the second, so that instants sort as they are written."""
    return (
        instant
        if not instant.microsecond
        else instant.replace(microsecond=0) + timedelta(seconds=1)
    )


class ScheduledJob(Value):
    """One job: at most one for each kind and subject."""

    kind: JobKind
    subject: str
    """The id of the quote, policy, claim, complaint or party."""
    partition: str
    due_at: Annotated[AwareDatetime, AfterValidator(_next_second)]

    @property
    def shard(self) -> int:
        return fingerprint(self.subject)[0] % shard_count(self.partition)

    def moved(self, due_at: datetime) -> Self:
        """The same job at another time."""
        return self.replace(due_at=_next_second(due_at))


def partition_for(mode: Mode, partner: str) -> str:
    """Where the jobs of a partner's objects are: live ones together in one partition, test ones
    apart for each partner, because each partner's test data keep that partner's time."""
    return LIVE if mode is Mode.LIVE else f"{Mode.TEST}#{partner}"


def shard_count(partition: str) -> int:
    """How many shards the partition has for each kind of job."""
    return SHARDS if partition == LIVE else 1

"""Screen the policies in force when the sanctions list has changed."""

from typing import NamedTuple

from insurance.domain.core.identity import screening_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy, PolicyStatus
from insurance.domain.screening.screening import ScreeningSubject
from insurance.operations.command import Query
from insurance.operations.parties.ports import ScreeningPorts
from insurance.operations.parties.screen_name import screen_name

IN_FORCE = frozenset({PolicyStatus.PENDING, PolicyStatus.ON_RISK})


class ScreeningRun(NamedTuple):
    """What one call screened, and the position for the next call; None at the end."""

    list_version: str
    policies: int
    """How many policies were read."""
    opened: tuple[str, ...]
    """The cases that were opened."""
    next: str | None


def screen_policies(after: str, query: Query, ports: ScreeningPorts) -> ScreeningRun:
    """Screen some of the policies in force, those behind the position `after`.

    It may be interrupted and repeated at any time: a match opens a case once.
    """
    part = ports.policies.read(query.caller.mode, after)
    cases = [_screen(stored, query, ports) for stored in part.policies]
    opened = tuple(case_id for case_id in cases if case_id is not None)
    return ScreeningRun(ports.list.version, len(part.policies), opened, part.next)


def _screen(stored: Stored[Policy], query: Query, ports: ScreeningPorts) -> str | None:
    """The id of the case that was opened for this policy."""
    policy = stored.record
    if stored.key is None or policy.policyholder is None:
        return None  # the policyholder was erased
    if policy.state_at(query.now).status not in IN_FORCE:
        return None
    subject = ScreeningSubject(
        screening_id_for(policy.id), policy.partner, policy.party, policy.policyholder.name
    )
    screening = screen_name(subject, stored.key, query, ports)
    return subject.case_id if screening is not None and screening.opened else None

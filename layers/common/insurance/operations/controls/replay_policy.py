"""Say what the newest version of an access policy would have refused of the last day's calls."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from insurance.domain.control.access_policy import AccessPolicy, PolicyText, RatePeriod
from insurance.domain.control.replay import Replayed, replayed
from insurance.domain.control.vocabulary import clock_minutes
from insurance.operations.command import Query
from insurance.operations.controls.check_access import as_at_the_edge
from insurance.operations.controls.ports import AccessPolicyPorts

REPLAYED: Final = timedelta(days=1)


class PolicyReplay(NamedTuple):
    """A version, and what it would have refused."""

    policy: AccessPolicy
    since: datetime
    until: datetime
    found: Replayed
    is_complete: bool


def replay_access_policy(code: str, query: Query, ports: AccessPolicyPorts) -> PolicyReplay:
    """Decide the last day's calls of the caller's mode by the policy's newest version alone. A caller in test mode may
    set its clock to the end of another day: calls stand in the log by our own.

    Raises:
        AccessPolicyNotFound: There is no such policy in the caller's mode.
        Unavailable: The log of calls does not answer.
    """
    mode, until = query.caller.mode, query.now
    policy = ports.policies.get(mode, code).record
    since = until - REPLAYED
    minutes = _minutes(policy.text, until)
    logged = ports.call_log().calls(mode, since, until, minutes=minutes)
    groups = [
        group._replace(facts=as_at_the_edge(group.facts, group.facts.at.date(), mode, ports))
        for group in logged.groups
    ]
    found = replayed(code, policy.text, groups)
    return PolicyReplay(policy, since, until, found, logged.is_complete)


def _minutes(text: PolicyText, until: datetime) -> int:
    """In how long a time calls that are alike may be put together: in a minute where a rule has a rate of one."""
    by_minute = any(rule.rate and rule.rate.per is RatePeriod.MINUTE for rule in text.rules)
    return 1 if by_minute else clock_minutes(text.zone, until)

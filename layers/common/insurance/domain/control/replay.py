"""Replays: what a version of an access policy would have refused of calls that were made."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from insurance.domain.control.access_policy import AccessRule, PolicyText
from insurance.domain.control.decision import Ruleset, compile_text
from insurance.domain.control.vocabulary import CallFacts

EXAMPLES_MAX: Final = 50
"""Kinds of refused calls that a replay names."""
CALLS_MAX: Final = 10**12
"""The gateway answers no more in a day."""


class CallGroup(NamedTuple):
    """Calls of which a policy saw the same, within an hour of the policy's zone or less."""

    facts: CallFacts
    calls: int
    was_refused: bool = False
    """By a rule that was in force then."""


class RuleCount(NamedTuple):
    """How many calls a rule would have refused or masked."""

    rule: AccessRule
    calls: int


class RefusedGroup(NamedTuple):
    """Calls of one kind that a rule would have refused or masked."""

    rule: AccessRule
    facts: CallFacts
    calls: int


class Replayed(NamedTuple):
    """What a version would have refused."""

    calls: int
    """How many were looked at."""
    refused: int
    refused_before: int
    """Of those: how many a rule that was in force then refused already."""
    masked: int
    """How many would have been answered with fields masked."""
    by_rule: Sequence[RuleCount]
    """Every rule, in its order: also one that would have refused nothing."""
    examples: Sequence[RefusedGroup]
    """The largest groups, the largest first."""


def replayed(code: str, text: PolicyText, groups: Iterable[CallGroup]) -> Replayed:
    """Decide calls that were made by one version of a policy alone, as the edge would have.

    Raises:
        InvalidProduct: A condition is none. What is stored was checked when it was written.
    """
    ruleset = Ruleset(compile_text(code, text))
    looked_at = refused = before = masked = 0
    counts = dict.fromkeys((rule.code for rule in text.rules), 0)
    found: dict[tuple[str | None, ...], RefusedGroup] = {}
    for group in groups:
        looked_at += group.calls
        decided = ruleset.decide(group.facts)
        by = decided.refused_by or decided.masked_by
        if by is None:
            continue
        if decided.refused_by:
            refused += group.calls
            before += group.calls if group.was_refused else 0
        else:
            masked += group.calls
        counts[by.rule.code] += group.calls
        key = (by.rule.code, *_kind_of_call(group.facts))
        known = found.get(key) or RefusedGroup(by.rule, group.facts, 0)
        found[key] = known._replace(calls=known.calls + group.calls)
    largest = sorted(found.items(), key=lambda each: (-each[1].calls, str(each[0])))
    by_rule = [RuleCount(rule, counts[rule.code]) for rule in text.rules]
    examples = [group for _, group in largest[:EXAMPLES_MAX]]
    return Replayed(looked_at, refused, before, masked, by_rule, examples)


def in_territory(facts: CallFacts, territory: str | None) -> CallFacts:
    """The call as one in this territory."""
    return replace(facts, territory=territory)


def _kind_of_call(facts: CallFacts) -> tuple[str | None, ...]:
    """What an example says of a call: nothing of a person."""
    return (facts.kind, facts.partner, facts.operation, facts.product, facts.territory)

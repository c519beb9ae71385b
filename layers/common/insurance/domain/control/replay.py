"""Replays: what a version of an access policy would have refused of calls that were made."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from insurance.domain.control.access_policy import AccessRule, PolicyText
from insurance.domain.control.decision import CallDecision, Ruleset, compile_text
from insurance.domain.control.vocabulary import CallFacts
from insurance.domain.partner.quota import Span

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
    """How many calls a rule would have refused or masked, or, by its rate, answered no more."""

    rule: AccessRule
    calls: int


class RefusedGroup(NamedTuple):
    """Calls of one kind that a rule would have refused or masked, or, by its rate, answered no more."""

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
    spans: Counter[tuple[str, str, datetime]] = Counter()
    found: dict[tuple[str | None, ...], RefusedGroup] = {}
    for group in groups:
        looked_at += group.calls
        decided = ruleset.decide(group.facts)
        spans.update(_counted_for(decided, group))
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
    rates = {rule.code: rule.rate.calls for rule in text.rules if rule.rate}
    for (rule, _, _), calls in spans.items():
        counts[rule] += max(0, calls - rates[rule])
    largest = sorted(found.items(), key=lambda each: (-each[1].calls, str(each[0])))
    by_rule = [RuleCount(rule, counts[rule.code]) for rule in text.rules]
    examples = [group for _, group in largest[:EXAMPLES_MAX]]
    return Replayed(looked_at, refused, before, masked, by_rule, examples)


def _counted_for(
    decided: CallDecision, group: CallGroup
) -> Mapping[tuple[str, str, datetime], int]:
    """Which rates calls count for, by rule: of whose application, and in which span of time."""
    facts = group.facts
    return {
        (
            by.rule.code,
            facts.application,
            Span.of(facts.at, by.rule.rate.length).starts_at,
        ): group.calls
        for by in decided.slowed_by
        if by.rule.rate
    }


def in_territory(facts: CallFacts, territory: str | None) -> CallFacts:
    """The call as one in this territory."""
    return replace(facts, territory=territory)


def _kind_of_call(facts: CallFacts) -> tuple[str | None, ...]:
    """What an example says of a call: nothing of a person."""
    return (facts.kind, facts.partner, facts.operation, facts.product, facts.territory)

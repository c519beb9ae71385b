"""Say how a call would be decided, by the function that decides calls."""

from typing import NamedTuple

from insurance.domain.control.decision import CompiledRule, compile_policies
from insurance.domain.control.vocabulary import CallFacts
from insurance.operations.command import Query
from insurance.operations.controls.ports import AccessPolicyPorts


class CheckedCall(NamedTuple):
    """How a call would be decided, and by which rule."""

    refused_by: CompiledRule | None
    rules: int
    """How many rules are in force."""


def check_access(facts: CallFacts, query: Query, ports: AccessPolicyPorts) -> CheckedCall:
    """Decide a call that nobody makes, by what is in force now."""
    ruleset = compile_policies(ports.policies.in_force(query.caller.mode))
    return CheckedCall(ruleset.decide(facts), len(ruleset.rules))

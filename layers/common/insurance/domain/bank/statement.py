"""Bank entries: what a statement says came in, and which policy that is for."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from insurance.domain.bank.incoming import IncomingPayment, Reference
from insurance.domain.bank.payer import Payer
from insurance.domain.core.identity import ALPHABET, SUFFIX_LENGTH, PolicyId
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value

ENTRIES_MAX: Final = 200
"""Of one statement: what is posted well within the time that the gateway waits."""

NAMED: Final = re.compile(
    rf"\b(pol|inv)[ _/-]*(test[ _/-]*)?([{ALPHABET}]{{{SUFFIX_LENGTH}}})(?:[ _/-]+([0-9]{{1,3}}))?\b"
)
"""A policy or an invoice as people and banks write it: in capitals, with blanks or strokes."""


class BankEntry(Value):
    """One line of a statement; a line for several payments comes as several entries."""

    reference: Reference
    """The bank's own: the same in every statement that shows the entry."""
    amount: Money
    came_in: bool
    """Else it went out."""
    posted: bool
    """Else the bank only announces it."""
    reversal: bool
    posted_on: date
    text: Annotated[str, StringConstraints(max_length=2000)] = ""
    payer: Payer | None = None
    """From which account money came in; None: the bank does not say."""

    def payment(self, policy_id: PolicyId | None = None) -> IncomingPayment:
        """The payment that it is, for this policy."""
        return IncomingPayment(
            self.reference, self.amount, self.posted_on, policy_id, payer=self.payer
        )


class BankStatement(Value):
    """What a bank's file says, whatever its form."""

    id: str
    account: str
    entries: Annotated[tuple[BankEntry, ...], Field(max_length=ENTRIES_MAX)]


def named_in(text: str) -> tuple[PolicyId, int | None] | None:
    """The policy that a payer names, and the number of the invoice if one is named."""
    match = NAMED.search(text.lower())
    if match is None:
        return None
    kind, test, suffix, number = match.groups()
    policy_id = f"pol_{'test_' if test else ''}{suffix}"
    return policy_id, int(number) if kind == "inv" and number else None

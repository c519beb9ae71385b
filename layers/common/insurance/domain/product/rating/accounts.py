"""Running premiums while the steps over them are written."""

from typing import Final, NamedTuple

from insurance.domain.product.language.expression import Names
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import Kind, Term, Type, at_scale
from insurance.domain.product.rating.trace import Slot

SHARED: Final = ""
"""The account of a premium that several covers share."""


class RunningPremium(NamedTuple):
    """The local variable that holds a running premium, and its scale."""

    code: str
    scale: int

    def at(self, scale: int) -> str:
        """Its source at a scale that is not below its own."""
        return at_scale(Term(self.code, Type(Kind.MONEY, self.scale)), scale)


class Chain:
    """The accounts after the steps so far, and what is recorded of each step.

    A chain of a loop's items has a `prefix` for its variables, and one account.
    """

    def __init__(self, builder: FunctionBuilder, names: Names, prefix: str = "") -> None:
        self.builder, self.names, self.prefix = builder, names, prefix
        self.accounts: dict[str, RunningPremium] = {}
        self.record: list[str] = []
        self.slots: list[Slot] = []
        self._count = 0

    def local(self, letter: str) -> str:
        """A new variable."""
        self._count += 1
        return f"{self.prefix}{letter}{self._count}"

    def held(self, name: str) -> RunningPremium:
        return self.accounts.get(name, RunningPremium("0", 0))

    def set(self, name: str, new: str, old: str, scale: int, when: str) -> None:
        """A new running value for an account: one if the condition holds, the other if not."""
        local = self.local("x")
        chosen = f"{new} if {when} else {old}" if when else new
        self.builder.write(f"{local} = {chosen}")
        self.accounts[name] = RunningPremium(local, scale)

    def operand(self, term: Term, when: str) -> str:
        """A variable with a step's operand, recorded in a slot."""
        local = self.local("o")
        self.builder.write(f"{local} = {term.code}" + (f" if {when} else None" if when else ""))
        self.record_as(local, term.type.scale)
        return local

    def record_as(self, code: str, scale: int = 0, inner: tuple[Slot, ...] = ()) -> None:
        """Leave a slot for the step that is being written."""
        self.record.append(code)
        self.slots.append(Slot("", "", "", (), (), scale, (), inner))

    def close(self, step: Slot) -> None:
        """Name the last slot, and record the running values after it."""
        last = self.slots[-1]
        self.slots[-1] = step._replace(
            operand_scale=last.operand_scale,
            inner=last.inner,
            totals=tuple(account.scale for account in self.accounts.values()),
        )
        self.record += [account.code for account in self.accounts.values()]

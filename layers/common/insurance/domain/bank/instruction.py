"""Instructions: payments that an event left with the bank, before they stand in a file."""

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value

PAID_OUT = ("payments", "refunds", "redress")
"""Where an aggregate keeps what is paid out: a claim, a policy's account, a complaint."""
EXECUTING = "executing"


class Instruction(Value):
    """One payment that waits for its file. Nobody's name and no account stand in it."""

    id: str
    """Of the payment, and of the instruction: the reference that the bank reports on."""
    mode: Mode
    amount: Money


def instructions_of(event: Event) -> tuple[Instruction, ...]:
    """The payments that the bank has to carry out after this event. Those of earlier events may be
    among them: a store of them stores each once."""
    return tuple(
        Instruction(
            id=payment["id"],
            mode=event.mode,
            amount=_net(payment),
        )
        for name in PAID_OUT
        for payment in event.facts.get(name, ())
        if payment.get("status") == EXECUTING
    )


def _net(payment: JsonObject) -> Money:
    """Less what of it stays with us."""
    amount = Money.model_validate(payment["amount"], strict=False)
    if "set_off" not in payment:
        return amount
    return amount - Money.model_validate(payment["set_off"]["amount"], strict=False)

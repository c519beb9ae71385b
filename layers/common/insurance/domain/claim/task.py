"""A claim's task and its hold: what a person must do, and why nothing happens for now."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Self

from pydantic import AwareDatetime

from insurance.domain.core.tasks import TaskCode
from insurance.domain.core.value import Value

HANDLER = "claims_handler"
"""The role that works on a claim, unless its task names another."""

SCREENER = "supervisor"
"""The role that looks at a payee whose name resembles one on a sanctions list."""


class Task(Value):
    """Work for a person: which role, what for, since when."""

    role: str
    code: TaskCode
    reason: str = ""
    """Why, in the words of the person who asked for it; empty once it was erased."""
    since: AwareDatetime


PAYMENT_NEWS: Final = frozenset(
    {
        TaskCode.PAYMENT_REFUSED,
        TaskCode.PAYMENT_CANCELLED,
        TaskCode.PAYMENT_FAILED,
        TaskCode.PAYMENT_RETURNED,
        TaskCode.PAYMENT_REVERSED,
        TaskCode.PAYMENT_REPORT_KEPT,
    }
)
"""Tasks that say what became of a payment: later news takes their place. Every other one is asked of a
person, who has yet to answer."""

DECIDING: Final = frozenset(
    {
        TaskCode.INCOMPLETE,
        TaskCode.REFERRED,
        TaskCode.REVIEW_ASKED,
        TaskCode.REOPENED,
        TaskCode.CONFIRM_DECISION,
        TaskCode.DECISION_REFUSED,
    }
)
"""Tasks that a decision answers, or the proposal of one."""

PAYMENT_WORDS: Final = frozenset({TaskCode.APPROVE_PAYMENT, TaskCode.CLEAR_SCREENING})
"""Tasks of a second or third person's word on a payment."""

AGREEING: Final = PAYMENT_WORDS | {TaskCode.APPROVE_PAYEE, TaskCode.CONFIRM_PAYEE}
"""Tasks that follow from what waits for a person's word: each comes back by itself for as long as it does."""


class Tasks(NamedTuple):
    """What is asked of persons: one thing first, and the rest behind it in the order in which it came.

    Nothing that a person was asked is lost: what comes later waits behind it, and takes its place when it is
    answered. Only news gives way, and newer news takes the place of older.
    """

    first: Task | None = None
    later: tuple[Task, ...] = ()

    def asking(self, task: Task) -> Self:
        """With one more task."""
        if self.first is None or self.first.code is task.code:
            return self._replace(first=task)
        if self.first.code in PAYMENT_NEWS:
            behind = () if task.code in PAYMENT_NEWS else (self.first,)
            return type(self)(task, (*self.later, *behind))
        if task.code in AGREEING:
            return self
        replaced = PAYMENT_NEWS if task.code in PAYMENT_NEWS else {task.code}
        return self._replace(later=(*_without(self.later, replaced), task))

    def answered(self, codes: frozenset[TaskCode]) -> Self:
        """Without tasks of these codes: the next one takes the place of the first."""
        left = _without([*([self.first] if self.first else []), *self.later], codes)
        return type(self)(left[0] if left else None, left[1:])


def _without(tasks: Sequence[Task], codes: frozenset[TaskCode] | set[TaskCode]) -> tuple[Task, ...]:
    return tuple(task for task in tasks if task.code not in codes)


class Hold(Value):
    """Why nothing is decided or paid for now, who said so, and since when."""

    reason: str
    by: str
    since: AwareDatetime

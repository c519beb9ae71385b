"""A claim's task and its hold: what a person must do, and why nothing happens for now."""

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


class Hold(Value):
    """Why nothing is decided or paid for now, who said so, and since when."""

    reason: str
    by: str
    since: AwareDatetime

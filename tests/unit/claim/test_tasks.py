"""What a person is asked about a claim is never overwritten: it waits until it is answered."""

import ast
from itertools import product
from pathlib import Path

import insurance.domain.claim as area
import pytest
from insurance.domain.claim.task import AGREEING, HANDLER, PAYMENT_NEWS, Task, Tasks
from insurance.domain.core.tasks import TaskCode

from tests.support.builders import NOW, make_claim

OF_CLAIMS = [code for code in TaskCode if not code.startswith(("complaint", "data", "redress"))]
OWED = [code for code in OF_CLAIMS if code not in PAYMENT_NEWS]


def task(code: TaskCode, reason: str = "") -> Task:
    return Task(role=HANDLER, code=code, reason=reason, since=NOW)


def asked(*codes: TaskCode) -> list[TaskCode]:
    tasks = Tasks()
    for code in codes:
        tasks = tasks.asking(task(code))
    return [each.code for each in (*([tasks.first] if tasks.first else []), *tasks.later)]


@pytest.mark.parametrize("codes", [*product(OF_CLAIMS, repeat=2)], ids="-".join)
def test_whatever_comes_second_what_was_asked_first_is_asked_still(
    codes: tuple[TaskCode, TaskCode],
):
    first, second = codes

    found = asked(first, second)

    if first not in PAYMENT_NEWS:
        assert found[0] is first
    elif second in PAYMENT_NEWS:
        assert found == [second]  # newer news
    else:
        assert found[0] is second
        assert first is second or first in found
    # What agrees to something that waits comes back by itself for as long as that waits.
    assert second in found or second in AGREEING


@pytest.mark.parametrize("third", OF_CLAIMS)
def test_of_three_nothing_that_a_person_owes_is_lost(third: TaskCode):
    for first, second in product(OWED, OF_CLAIMS):
        found = asked(first, second, third)
        for code in (first, second, third):
            dropped = code in AGREEING or (code in PAYMENT_NEWS and third in PAYMENT_NEWS)
            assert code in found or (dropped and code is not first), (first, second, third)
        assert len(found) == len(set(found))


def test_what_was_answered_makes_room_for_what_waits_behind_it():
    tasks = Tasks()
    for code in (TaskCode.REVIEW_ASKED, TaskCode.PAYMENT_FAILED, TaskCode.DEADLINE_MISSED):
        tasks = tasks.asking(task(code))

    after = tasks.answered(frozenset({TaskCode.REVIEW_ASKED}))

    assert after.first == task(TaskCode.PAYMENT_FAILED)
    assert after.later == (task(TaskCode.DEADLINE_MISSED),)
    nothing = after.answered(frozenset(TaskCode))
    assert nothing == Tasks()


def test_the_same_is_asked_once_with_the_newest_reason():
    claim = make_claim().asking(task(TaskCode.REFERRED, "one"))

    for reason in ("two", "three"):
        claim = claim.asking(task(TaskCode.REFERRED, reason))
        claim = claim.asking(task(TaskCode.DEADLINE_MISSED, reason))

    assert [(each.code, each.reason) for each in claim.asked] == [
        (TaskCode.REFERRED, "three"),
        (TaskCode.DEADLINE_MISSED, "three"),
    ]


def test_no_step_gives_a_claim_a_task_but_by_asking():
    """Every place: only the claim itself sets its task, in `asking`, `answered` and where it is decided or closed."""
    [folder] = area.__path__
    layer = Path(folder).parents[1]
    setting = []
    for room in ("domain", "operations"):
        for path in sorted((layer / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    names = {each.arg for each in node.keywords}
                    if names & {"task", "later"}:
                        setting.append(f"{path.name}: {ast.unparse(node.func)}")
    assert setting == [
        "claim.py: self.moved",
        "claim.py: self.moved",
        "claim.py: self.replace",
        "claim.py: self.replace",
        "task.py: self._replace",
    ]

"""A process dies anywhere between the call and its answer, and the caller calls again."""

import signal
from dataclasses import replace
from random import Random

import pytest

from tests.resilience.commands import ISSUE, OFFSET, SETTLE, Command, Kind
from tests.support.backend import State
from tests.support.calls import Answer
from tests.support.faults import Faults, reply_lost
from tests.support.platform import Platform
from tests.support.zygote import Death, Point, Zygote, final_answers

pytestmark = pytest.mark.xdist_group("resilience")

SEEDS = range(20)

type Ready = dict[str, tuple[list[Command], State]]
"""By kind: commands that were made ready, and everything as it was before any of them was sent."""

by_kind = pytest.mark.parametrize("kind", [ISSUE, SETTLE, OFFSET], ids=lambda kind: kind.name)


@pytest.fixture(scope="module")
def ready() -> Ready:
    return {}


def made_ready(kind: Kind, handlers: Platform, ready: Ready) -> list[Command]:
    """One command for each seed; what comes before them is done once for all tests."""
    if kind.name in ready:
        handlers.backend.restore(ready[kind.name][1])
    else:
        commands = [kind.prepare(handlers) for _ in SEEDS]
        ready[kind.name] = commands, handlers.backend.state()
    return ready[kind.name][0]


def assert_final(kind: Kind, handlers: Platform, commands: list[Command], answers: list[Answer]):
    """The tables hold each thing once, and every answer is what a read shows."""
    for answer in answers:
        assert answer.status == kind.status, answer.text
    kind.check(handlers.backend, [command.subject for command in commands])
    for command, answer in zip(commands, answers, strict=True):
        assert answer.body == handlers.call("GET", command.read_back, clock=kind.clock).body


@by_kind
@pytest.mark.parametrize("point", Point, ids=lambda point: point.name.lower())
def test_a_process_killed_at_any_point_leaves_all_or_nothing_and_the_retry_answers(
    kind: Kind, point: Point, handlers: Platform, zygote: Zygote, ready: Ready
):
    commands = made_ready(kind, handlers, ready)
    doomed = [
        replace(command.run, death=Death(point, after_ms=_delay(point, seed)))
        for seed, command in zip(SEEDS, commands, strict=True)
    ]

    killed = zygote.run(doomed)
    answers = final_answers([command.run for command in commands], zygote)

    assert {outcome.signal for outcome in killed} == {signal.SIGKILL}
    assert_final(kind, handlers, commands, answers)
    if point in {Point.BEFORE_THE_READ, Point.AFTER_THE_READ}:
        exact = [not _delay(point, seed) for seed in SEEDS]
        assert not any(a.replayed for a, e in zip(answers, exact, strict=True) if e)
    if point in {Point.AFTER_THE_COMMIT, Point.BEFORE_THE_ANSWER}:
        assert all(answer.replayed for answer in answers)


def _delay(point: Point, seed: int) -> float:
    """Half of the seeds die on the spot, the others a little later, wherever that may be."""
    later = Random(seed)  # noqa: S311 - chance, not a secret
    if point is Point.WITH_THE_COMMIT_SENT:
        return later.uniform(0.2, 20)
    return later.uniform(0, 15) if seed % 2 else 0


@by_kind
def test_a_reply_lost_after_the_commit_is_a_busy_answer_and_then_a_replay(
    kind: Kind, handlers: Platform, troubled: Zygote, zygote: Zygote, faults: Faults, ready: Ready
):
    commands = made_ready(kind, handlers, ready)
    faults.inject(
        *(
            reply_lost(command.subject, after_bytes=seed % 2)
            for seed, command in zip(SEEDS, commands, strict=True)
        )
    )
    lost = troubled.run([replace(command.run, pauses=False) for command in commands])
    let_through = [times > 0 for times in faults.times_fired()]
    answers = final_answers([command.run for command in commands], zygote)

    for outcome in lost:
        assert outcome.answer is not None
        assert outcome.answer.status == 503, outcome.answer.text
        assert outcome.answer.code == "busy"
        assert int(outcome.answer.headers["Retry-After"]) >= 1
        assert "nothing was done" not in outcome.answer.body["detail"]
    assert_final(kind, handlers, commands, answers)
    assert any(let_through)
    assert [answer.replayed for answer in answers] == let_through


@by_kind
def test_a_reply_lost_once_is_asked_for_again_before_the_caller_notices(
    kind: Kind, handlers: Platform, troubled: Zygote, faults: Faults
):
    commands = [kind.prepare(handlers) for _ in range(5)]
    faults.inject(*(reply_lost(command.subject, after_bytes=0, times=1) for command in commands))

    answers = final_answers([command.run for command in commands], troubled)

    assert len(faults.fired()) == len(commands)
    assert_final(kind, handlers, commands, answers)


@by_kind
def test_a_call_answered_three_times_says_the_same_three_times(
    kind: Kind, handlers: Platform, zygote: Zygote
):
    command = kind.prepare(handlers)

    first, second, third = (zygote.call(command.run) for _ in range(3))

    assert [answer.replayed for answer in (first, second, third)] == [False, True, True]
    assert first.text == second.text == third.text
    assert first.headers["ETag"] == second.headers["ETag"] == third.headers["ETag"]

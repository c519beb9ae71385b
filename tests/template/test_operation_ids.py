"""The grammar of operationIds: a verb of the trade and what it is done to; one verb for one act."""

import re
from collections import defaultdict
from typing import Any

import pytest

type Json = dict[str, Any]

READING = {
    "compare": "show two versions beside each other",
    "export": "give as a file of another format",
    "get": "read one",
    "list": "read many, page by page",
}
"""Verbs of GET, and what each does."""

DOING = {
    "abandon": "give up, and write off the rest",
    "accept": "take an offer",
    "acknowledge": "say that it arrived",
    "add": "put a note or facts to what there is",
    "advance": "take the next step of a life",
    "allocate": "put money to what it pays",
    "announce": "get a form to upload a file",
    "answer": "reply, or note the reply",
    "approve": "a second person approves or refuses",
    "assign": "give to a person",
    "cancel": "end before its time",
    "change": "set another figure",
    "check": "say whether it would be right, storing nothing",
    "choose": "take one of what is offered",
    "close": "end the work on it",
    "complete": "note that it is done",
    "confirm": "a second person confirms or refuses a decision",
    "correct": "put right what was wrong",
    "create": "make a new one",
    "cut": "let what comes from another system be ours",
    "decide": "judge a case",
    "draft": "keep as a draft",
    "endorse": "change a policy",
    "erase": "destroy personal data",
    "export": "make a file of",
    "give": "give notice",
    "grant": "let somebody see",
    "hold": "stop the work on it",
    "import": "read a file of the bank",
    "investigate": "look into a complaint",
    "issue": "make a policy of a quote",
    "lift": "let go on what was held",
    "lock": "close for ever",
    "merge": "make one of two",
    "offer": "put before a customer",
    "pay": "let money go",
    "preview": "show what an act would do, storing nothing",
    "propose": "ask a second person to approve",
    "pursue": "go after a recovery",
    "receive": "take an uploaded file in",
    "record": "note what happened outside",
    "refer": "send to the ombudsman",
    "reinstate": "put a cancelled policy in force again",
    "release": "go on with held work",
    "replay": "send once more",
    "reopen": "work again on what was closed",
    "request": "ask for",
    "resolve": "say what becomes of what was kept back",
    "restrict": "limit what is done with data",
    "reverse": "undo what was a mistake",
    "run": "do the work that is due",
    "screen": "compare with the sanctions list, or judge the comparison",
    "search": "find by what stands in a body",
    "set": "name the one that counts",
    "settle": "decide and pay a claim",
    "test": "try whether it works",
    "transfer": "give a policy to another holder",
    "withdraw": "take back",
}
"""Verbs of POST, and what each does."""

OTHER_ACTS = {
    (
        "resolution",
        "resolve",
    ): "a row is the sender's own; money in suspense is given by two people",
    ("payments", "pay"): "an expense of a claim goes out; the others are payments that came in",
}
"""Verbs that differ from others of the same last segment, and why."""

SAID = {
    "Approve or refuse": "approve",
    "Clear or refuse": "screen",
    "Preview": "preview",
    "List": "list",
}
"""Summaries that begin so, and the verb of the act."""


@pytest.fixture(scope="module")
def named(operations: list[tuple[str, Json]]) -> list[tuple[str, str, Json]]:
    """Method, path and operation."""
    return [(*name.split(" ", 1), operation) for name, operation in operations]  # type: ignore[misc]


def verb_of(operation: Json) -> str:
    found = re.match("[a-z]+", operation["operationId"])
    assert found is not None
    return found[0]


def test_an_operation_is_called_by_a_verb_and_what_it_is_done_to(named):
    for method, _, operation in named:
        name = operation["operationId"]
        assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", name), name
        allowed = READING if method == "GET" else DOING
        assert verb_of(operation) in allowed, f"{method} {name}"


def test_every_verb_is_used(named):
    """What no operation does any more has no place in the list."""
    used = {verb_of(operation) for _, _, operation in named}

    assert used == READING.keys() | DOING.keys()


def test_the_same_act_has_the_same_verb(named):
    """What a path ends in is the act: `…/approval` approves, of whatever it is the approval."""
    verbs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for method, path, operation in named:
        last = path.rpartition("/")[2]
        verb = verb_of(operation)
        if not last.startswith("{") and (last, verb) not in OTHER_ACTS:
            verbs[method, last].add(verb)

    assert {act: each for act, each in verbs.items() if len(each) > 1} == {}


def test_a_summary_and_its_verb_agree(named):
    for _, _, operation in named:
        for words, verb in SAID.items():
            if operation["summary"].startswith(f"{words} "):
                assert verb_of(operation) == verb, operation["operationId"]


def test_what_belongs_to_a_parent_says_so_where_there_is_a_list_of_all(named):
    """`listClaims` lists all, `listPolicyClaims` those of a policy; no name says All."""
    lists = {
        path: operation["operationId"]
        for _, path, operation in named
        if verb_of(operation) == "list"
    }
    tops = {path.rpartition("/")[2] for path in lists if path.count("/") == 2}

    for path, name in lists.items():
        assert "All" not in name
        if path.rpartition("/")[2] in tops and path.count("/") > 2 and "/me/" not in path:
            parent = path.split("/")[2]
            assert name.removeprefix("list").lower().startswith(parent[:4]), name

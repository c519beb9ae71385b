"""Remove each check of who may do what, one at a time: `python -m tests.long.checks`. A test must notice each.

The checks are found in the source, so that a new one is removed too: every call that refuses a role, a scope, a
mode, a book, a duty or an amount, every pair of duties, every limit. What a limit or a pair is taken out of
are tables; what is taken out of code is a statement.
"""

import argparse
import ast
import compileall
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
LAYER: Final = Path("layers/common/insurance")
COPIED: Final = ("layers", "functions", "tests", "tools", "demo", "bench", "local")
LINKED: Final = (".tools", ".venv", "docs", "events", "samconfig.toml", "uv.lock")

STATEMENTS: Final = frozenset(
    {
        *("require", "require_role", "check_authority", "_check_authority", "check_profile"),
        *("check_payment_authority", "check_house_authority", "check_segregation", "check_duty"),
        *("check_receipts", "_check_receipts", "check_opener", "_check_second_person"),
        *("check_suspense_mode", "admit", "check_own_day", "check_sign_in", "check_sender"),
    }
)
"""Calls that refuse: taken away, nothing is refused there."""
QUESTIONS: Final = frozenset(
    {"sees", "decides_alone", "has_authority", "passed", "_approved_before", "is_known"}
)
"""Calls and properties whose answer decides whether something is refused or waits."""

MAY_CHECK: Final = re.compile(
    "|".join((*sorted(STATEMENTS | QUESTIONS), "passing", r"caller\.", "modes"))
)
"""A source without any of these words has no check: it need not be read as one."""

TABLES: Final = ("core/segregation.py", "core/house_authority.py")
PROOFS: Final = ("access/proofs.py", "api/sender.py")
"""Modules in which every refusal is a check: of the proof that comes with a token."""

WALK: Final = "tests/http/edge/test_authorization.py"
BOOKS: Final = f"{WALK} -k 'book or mode or clock'"
"""The part of the walk over objects of other books and modes."""
PAIRS: Final = "tests/operations/test_pairs_of_duties.py"
AMOUNTS: Final = "tests/operations/claims/test_amounts_of_authority.py"
SEGREGATION: Final = "tests/operations/claims/test_segregation.py"
TOTALS: Final = "tests/operations/claims/test_running_totals.py"
LIMITS: Final = "tests/unit/core/test_segregation.py"
MONEY: Final = "tests/http/billing/test_refused_money.py"
COMPLAINTS: Final = "tests/operations/complaints/test_refusals.py"
OWN: Final = "tests/http/complaints/test_policyholders_complaints.py"
REFERRALS: Final = "tests/http/policy/test_blocking_points.py"
MONTHS: Final = "tests/operations/ledger/test_periods.py"
WAYS_OUT: Final = "tests/operations/test_totals_of_ways_out.py"
STEP_UP: Final = "tests/operations/test_step_up.py"
ONBOARDING: Final = "tests/operations/partners/test_onboarding.py"
RESOLVED: Final = "tests/operations/payments/test_resolved_reports.py"
SENDERS: Final = "tests/http/edge/test_senders.py"

FIRST: Final = {
    "check_sign_in": STEP_UP,
    "check_own_day": WAYS_OUT,
    "passing": WAYS_OUT,
    "Duty.RESOLUTION": RESOLVED,
    "check_sender": SENDERS,
}
"""Who is asked first, by what the check calls: the tests of its very kind, before those of the place."""

NOTICED_BY: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("access/proofs.py", ("tests/unit/access/test_proofs.py",)),
    ("access/", ("tests/unit/authorizer/test_grants.py",)),
    ("api/sender.py", ("tests/unit/api/test_sender.py", SENDERS)),
    ("api/", (WALK, SENDERS)),
    ("domain/core/caller.py", (WALK, REFERRALS)),
    ("domain/core/segregation.py", (PAIRS, MONTHS, "tests/unit/product/test_publishing.py")),
    ("domain/core/house_authority.py", (LIMITS, SEGREGATION, MONEY, COMPLAINTS, TOTALS, STEP_UP)),
    ("domain/bank/", (PAIRS, RESOLVED)),
    ("domain/billing/", (PAIRS,)),
    ("domain/complaint/", (PAIRS, "tests/operations/complaints/test_redress_approvers.py")),
    ("domain/claim/recoveries.py", (SEGREGATION, STEP_UP)),
    ("domain/claim/", (AMOUNTS, PAIRS, TOTALS, SEGREGATION, STEP_UP)),
    ("domain/ledger/", (MONTHS,)),
    ("domain/partner/", (ONBOARDING, "tests/unit/partner", "tests/http/partners")),
    ("domain/product/", ("tests/unit/product/test_publishing.py",)),
    ("domain/", (PAIRS,)),
    ("operations/payments/", (BOOKS, RESOLVED)),
    ("operations/usage/", (BOOKS, "tests/http/usage")),
    ("operations/partners/", (BOOKS, ONBOARDING, "tests/http/partners")),
    ("operations/billing/", (PAIRS, MONEY, BOOKS, STEP_UP)),
    ("operations/complaints/", (COMPLAINTS, BOOKS, OWN, STEP_UP)),
    ("operations/claims/change_payee.py", (AMOUNTS,)),
    ("operations/claims/", (AMOUNTS, BOOKS)),
    ("operations/quoting/", (REFERRALS, BOOKS)),
    ("operations/policy/change_policy.py", ("tests/http/policy/test_servicing.py",)),
    ("operations/parties/", (BOOKS, "tests/operations/parties/test_screening.py")),
    ("operations/policy/store_policy.py", (BOOKS, "tests/http/policy/test_servicing.py")),
    ("operations/policy/correct_party.py", ("tests/http/parties/test_own_corrections.py",)),
    ("operations/files/", ("tests/http/billing/test_bank_uploads.py",)),
    ("operations/work/", ("tests/operations/work/test_work_lists.py",)),
    ("functions/claim_intake", ("tests/http/edge/test_policyholders.py",)),
    ("", (BOOKS,)),
)
"""The tests that are asked, by where the check stands: the first line that fits."""
SINGLE_LIMITS: Final = frozenset(
    {"APPROVALS_A_DAY", "HOLDERS_ACCOUNT", "STEP_UP_ABOVE", "SIGN_IN_MINUTES"}
)
"""Limits that stand alone, in the table of the house's authority."""
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
AT_ONCE: Final = 2


class Removal(NamedTuple):
    """One check without which the source stands as `text`."""

    name: str
    path: Path
    """From the root."""
    text: str


def removals() -> Iterator[Removal]:
    """Every check that there is, taken away."""
    for folder in (LAYER, Path("functions")):
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if not MAY_CHECK.search(source) and not str(path).endswith(TABLES + PROOFS):
                continue
            for what, text in _without_each(source, str(path.relative_to(ROOT))):
                yield Removal(f"{path.relative_to(ROOT)}: {what}", path.relative_to(ROOT), text)


def _without_each(source: str, path: str) -> Iterator[tuple[str, str]]:
    tree = ast.parse(source)
    if path.endswith("core/segregation.py"):
        yield from _without_pairs(source, tree)
    if path.endswith("core/house_authority.py"):
        yield from _without_limits(source, tree)
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and _called(node.value) in STATEMENTS:
            yield _cut(source, node, "pass")
        elif isinstance(node, ast.If) and _refuses(node) and _is_check(node.test, functions, path):
            yield _cut(source, node.test, "False")
        elif isinstance(node, ast.Return) and _called(node.value) == "passing":
            assert node.value is not None
            yield _cut(source, node.value, "()")
        elif isinstance(node, (ast.BoolOp, ast.Assign)):
            yield from _answers(source, node)


def _answers(source: str, node: ast.BoolOp | ast.Assign) -> Iterator[tuple[str, str]]:
    """The answer that lets pass, in place of a question."""
    parts = node.values if isinstance(node, ast.BoolOp) else [node.value]
    for part in parts:
        inner = part.operand if isinstance(part, ast.UnaryOp) else part
        asked = inner.attr if isinstance(inner, ast.Attribute) else _called(inner)
        if asked in QUESTIONS - {"sees"}:
            refuses_when_true = asked in {"decides_alone", "passed"}
            yield _cut(source, inner, "False" if refuses_when_true else "True")


def _refuses(node: ast.If) -> bool:
    """Whether it raises, or says that nothing is seen."""
    last = node.body[-1]
    return isinstance(last, ast.Raise) or (
        isinstance(last, ast.Return)
        and isinstance(last.value, ast.Constant)
        and last.value.value is False
    )


def _is_check(test: ast.expr, functions: set[str], path: str) -> bool:
    return path.endswith(PROOFS) or _called(test) == "passing" or _asks(test, functions)


def _asks(test: ast.expr, functions: set[str]) -> bool:
    """Whether it asks who the caller is: what they see, their mode, kind, roles or partner."""
    for node in ast.walk(test):
        if _called(node) == "sees":
            return True
        if isinstance(node, ast.Attribute) and node.attr in {"mode", "roles", "kind", "partner"}:
            owner = node.value
            if isinstance(owner, ast.Attribute) and owner.attr == "caller":
                return True
            if (
                isinstance(owner, ast.Name)
                and owner.id in {"caller", "self"}
                and (owner.id == "caller" or "sees" in functions)
            ):
                return True
        if isinstance(node, ast.Name) and node.id == "modes":
            return True
    return False


def _without_pairs(source: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        named = isinstance(node, ast.Tuple) and [type(each) for each in node.elts]
        if isinstance(node, ast.Tuple) and named == [ast.Attribute, ast.Attribute]:
            yield _cut(source, node, "(Duty.NOTICE_TAKEN, Duty.NOTICE_TAKEN)")


def _without_limits(source: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in {
            "LIMITS",
            "TOTAL_LIMITS",
            "APPROVED_LIMITS",
        }:
            for each in ast.walk(node):
                if isinstance(each, ast.Dict):
                    for key, value in zip(each.keys, each.values, strict=True):
                        assert key is not None
                        what, text = _cut(source, value, "10**9")
                        yield f"the limit of {ast.unparse(key)} {what.split(':')[0]}", text
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in SINGLE_LIMITS:
            assert node.value is not None
            yield _cut(source, node.value, "10**9")


def _called(node: ast.AST | None) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _cut(source: str, node: ast.expr | ast.stmt, by: str) -> tuple[str, str]:
    """What was cut, with its line, and the source with something else in its place."""
    lines = source.encode().splitlines(keepends=True)
    first = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    last = sum(map(len, lines[: (node.end_lineno or 0) - 1])) + (node.end_col_offset or 0)
    old = source.encode()[first:last].decode()
    text = (source.encode()[:first] + by.encode() + source.encode()[last:]).decode()
    return f"line {node.lineno}: {' '.join(old.split())}", text


def noticed(tree: Path, tests: Sequence[str]) -> str:
    """The first of these tests that fails with the source as it stands in this tree, if one does."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree / "layers" / "common"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(  # noqa: S603 - our own tests
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        return f"no test could be run: {done.stdout[-300:]}{done.stderr[-300:]}"
    failed = FAILED.search(done.stdout)
    return failed[1] if failed else ""


def copied(into: Path) -> Path:
    """A tree in which a check can be removed."""
    tree = Path(tempfile.mkdtemp(dir=into))
    ignored = shutil.ignore_patterns("__pycache__", ".aws-sam", "node_modules")
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file() and path.name not in LINKED:
            shutil.copy(path, tree / path.name)
    for name in LINKED:
        (tree / name).symlink_to(ROOT / name)
    # Compiled once: by hash, so that the one module which is changed is known to be another, however
    # quickly. Without it each of some three hundred runs compiles a thousand files.
    checked = PycInvalidationMode.CHECKED_HASH
    for name in COPIED:
        compileall.compile_dir(tree / name, quiet=2, invalidation_mode=checked)
    return tree


def asked_for(removal: Removal) -> Sequence[str]:
    """The tests of the check's kind, then those of the place where it stands."""
    inside = str(removal.path).removeprefix(f"{LAYER}/")
    of_place = next(tests for prefix, tests in NOTICED_BY if inside.startswith(prefix))
    what = removal.name.partition(": ")[2]
    of_kind = [tests for word, tests in FIRST.items() if word in what]
    return list(dict.fromkeys((*of_kind, *of_place)))


def killed(removal: Removal, trees: "SimpleQueue[Path]") -> bool:
    """Whether a test notices that the check is gone."""
    tree = trees.get()
    module = tree / removal.path
    sound = module.read_text(encoding="utf-8")
    try:
        module.write_text(removal.text, encoding="utf-8")
        found = next(
            filter(None, (noticed(tree, shlex.split(each)) for each in asked_for(removal))), ""
        )
    finally:
        module.write_text(sound, encoding="utf-8")
        trees.put(tree)
    verdict = f"killed by {found}" if found else "SURVIVED"
    print(f"{removal.name}: {verdict}", flush=True)  # noqa: T201
    return bool(found)


def main() -> int:
    """Remove them all, or those that are asked for, each by itself; 1 when one survives."""
    parser = argparse.ArgumentParser(prog="tests.long.checks", description=__doc__)
    parser.add_argument("words", nargs="*", help="those alone whose name has one of these words")
    words: list[str] = parser.parse_args().words
    chosen = [each for each in removals() if not words or any(word in each.name for word in words)]
    if not chosen:
        parser.error(f"no check is called {' or '.join(words)}")
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(AT_ONCE) as pool:
        trees: SimpleQueue[Path] = SimpleQueue()
        for _ in range(AT_ONCE):
            trees.put(copied(Path(name)))
        results = list(pool.map(lambda removal: killed(removal, trees), chosen))
    print(f"{sum(results)} of {len(results)} killed")  # noqa: T201
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())

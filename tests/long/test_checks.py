"""The checks that `make checks` removes are found, can be removed, and have somebody to notice."""

import ast

import pytest

from tests.long.checks import FIRST, LAYER, NOTICED_BY, ROOT, Removal, asked_for, main, removals

ALL = tuple(removals())


@pytest.mark.parametrize("removal", ALL, ids=lambda removal: removal.name)
def test_without_a_check_the_source_is_still_source(removal: Removal):
    assert ast.parse(removal.text)
    assert removal.text != (ROOT / removal.path).read_text(encoding="utf-8")
    assert asked_for(removal)


@pytest.mark.parametrize(
    "check",
    [
        "api/admission.py: line 18: caller.require(route.scope)",
        "domain/core/caller.py: line 56: mode_of(id) is not self.mode",
        "domain/claim/payments.py: line 79: check_duty(claim, Duty.PAYMENT_APPROVED, act)",
        "domain/claim/payments.py: line 81: check_sign_in(act.caller, claim.committed_of(payment.cost_type))",
        "domain/bank/outlay_totals.py: line 58: passing(self._own, self.due)",
        "operations/billing/decide_refund.py: line 61: totals.check_own_day()",
        "api/router.py: line 156: check_sender(event, call.caller, self.edge.used_proofs)",
        'access/proofs.py: line 96: header["typ"] != "dpop+jwt"',
    ],
)
def test_a_check_of_each_kind_is_found(check: str):
    what = check.rsplit(": ", maxsplit=1)[-1]
    assert any(
        each.path == LAYER / check.split(":", maxsplit=1)[0] and each.name.endswith(what)
        for each in ALL
    )


def test_every_test_that_is_asked_is_there():
    asked = [test for _, tests in NOTICED_BY for test in tests] + list(FIRST.values())
    assert all((ROOT / test.split()[0]).exists() for test in asked)


def test_a_check_that_there_is_not_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["tests.long.checks", "no-such-check"])

    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2

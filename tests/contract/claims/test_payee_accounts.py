"""What is known of a payee's account: noted from events, read with the step that names the payee, in both stores."""

import pytest
from insurance.domain.claim import Claim
from insurance.domain.claim.payee_account import CLAIMS_MAX, UNKNOWN, PayeeAccount
from insurance.domain.core.identity import Mode, mode_of
from insurance.domain.party.party import Payee

from tests.support.builders import make_claim, make_command
from tests.support.stores import SETTLE, Stores, accept, add_quote, issue, notify

NUMBER = "20201555555555"
PAYEE = Payee(name="Ada Merton", iban=f"GB33BUKB{NUMBER}")


@pytest.fixture
def claim(stores: Stores) -> Claim:
    return notify(
        stores, make_claim(issue(stores, accept(stores, add_quote(stores))).record)
    ).record


def read(stores: Stores, claim: Claim, naming: Payee | None = PAYEE) -> PayeeAccount:
    """As a step on the claim and a notice on its policy read it."""
    command = make_command("name-1", operation=SETTLE)
    found = stores.claims.load(claim.id, command, naming=naming).payee_account
    noticed = stores.claims.load_policy(claim.policy_id, command, naming=naming)
    assert noticed.payee_account == found
    return found


def test_of_an_account_that_nobody_named_nothing_is_known(stores: Stores, claim: Claim):
    assert read(stores, claim) == UNKNOWN
    assert read(stores, claim, None) == UNKNOWN


def test_an_account_stands_on_the_claims_that_were_noted_however_it_is_written(
    stores: Stores, claim: Claim
):
    mode = mode_of(claim.id)
    for other in ("clm_one", "clm_two", "clm_one"):
        stores.payee_accounts.note(mode, PAYEE, other, approved=False)

    both = frozenset({"clm_one", "clm_two"})
    noted = PayeeAccount(both, both)
    written = Payee(name="MERTON, Ada", sort_code=NUMBER[:6], account_number=NUMBER[6:])
    assert read(stores, claim) == read(stores, claim, written) == noted
    assert read(stores, claim, PAYEE.replace(iban="DE89370400440532013000")) == UNKNOWN


def test_claims_on_which_it_stands_under_another_name_are_told_apart(stores: Stores, claim: Claim):
    mode = mode_of(claim.id)
    stores.payee_accounts.note(mode, PAYEE, "clm_one", approved=False)
    stores.payee_accounts.note(mode, PAYEE.replace(name="Bo Quick"), "clm_two", approved=False)

    noted = read(stores, claim)
    assert noted.claims == {"clm_one", "clm_two"}
    assert noted.same_name == {"clm_one"}


def test_who_names_no_account_is_not_noted(stores: Stores, claim: Claim):
    stores.payee_accounts.note(mode_of(claim.id), Payee(name="Ada"), "clm_one", approved=False)

    assert read(stores, claim) == UNKNOWN


def test_an_approval_is_noted_for_good(stores: Stores, claim: Claim):
    mode = mode_of(claim.id)
    stores.payee_accounts.note(mode, PAYEE, "clm_one", approved=True)
    stores.payee_accounts.note(mode, PAYEE, "clm_one", approved=False)

    assert read(stores, claim).approved


def test_an_account_of_the_other_mode_says_nothing(stores: Stores, claim: Claim):
    [other] = set(Mode) - {mode_of(claim.id)}
    stores.payee_accounts.note(other, PAYEE, "clm_one", approved=True)

    assert read(stores, claim) == UNKNOWN


def test_of_one_account_so_many_claims_are_noted_and_no_more(stores: Stores, claim: Claim):
    mode = mode_of(claim.id)
    for number in range(CLAIMS_MAX + 2):
        stores.payee_accounts.note(mode, PAYEE, f"clm_{number}", approved=False)

    assert len(read(stores, claim).claims) == CLAIMS_MAX

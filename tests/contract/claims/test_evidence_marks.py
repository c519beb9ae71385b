"""Files known again on a policy's claims: marked in the claim's own transaction, in both stores."""

from hashlib import sha256

import pytest
from insurance.domain.claim import Claim
from insurance.domain.claim.context import ClaimContext
from insurance.domain.claim.evidence import announce_evidence, with_received
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.identity import evidence_id_for
from insurance.domain.evidence.evidence import Evidence
from insurance.domain.evidence.media import MediaType

from tests.support.builders import NOW, make_command
from tests.support.stores import SETTLE, Stores, change, two_claims

MARK = "0123456789abcdef"


def load(stores: Stores, claim: Claim, key: str) -> ClaimContext:
    return stores.claims.load_evidence(claim.id, make_command(key, operation=SETTLE))


def with_file(file: ClaimContext, mark: str = MARK) -> Claim:
    """The claim with a file that was received, known by this mark."""
    claim = file.claim.record
    evidence = Evidence(
        id=evidence_id_for(claim.id, len(claim.evidence) + 1),
        code="other",
        media_type=MediaType.PDF,
        size_bytes=10,
        sha256=sha256(mark.encode()).hexdigest(),
        name="Ada's letter.pdf",
        requested_by="app_test_one",
        requested_at=NOW,
    )
    announced = announce_evidence(claim, evidence).claim
    return with_received(announced, evidence, mark, file.seen.get(mark))


def test_a_file_of_one_claim_is_known_to_the_others(stores):
    first, second = two_claims(stores)
    file = load(stores, first, "e-1")
    assert file.seen == {}

    change(stores, file, with_file(file), "e-1")

    assert load(stores, second, "e-2").seen == {MARK: first.id}
    assert stores.claims.load(second.id, make_command("e-3", operation=SETTLE)).seen == {}


def test_the_same_file_at_the_same_time_goes_to_one_of_them(stores):
    first, second = two_claims(stores)
    one, other = load(stores, first, "e-1"), load(stores, second, "e-2")
    change(stores, one, with_file(one), "e-1")

    with pytest.raises(StaleRevision):
        change(stores, other, with_file(other), "e-2")

    assert stores.claims.get(second.id).record == second
    again = load(stores, second, "e-3")
    linked = with_file(again)
    change(stores, again, linked, "e-3")
    assert linked.same_loss_as == (first.id,)
    assert linked.evidence[0].same_file_as == first.id
    assert load(stores, second, "e-4").seen == {MARK: first.id}


def test_other_files_do_not_wait_for_one_another(stores):
    first, second = two_claims(stores)
    one, other = load(stores, first, "e-1"), load(stores, second, "e-2")

    change(stores, one, with_file(one), "e-1")
    change(stores, other, with_file(other, "fedcba9876543210"), "e-2")

    assert load(stores, first, "e-3").seen == {MARK: first.id, "fedcba9876543210": second.id}


def test_digest_and_name_of_a_file_are_not_in_the_open(stores):
    first, _ = two_claims(stores)
    file = load(stores, first, "e-1")
    changed = with_file(file)

    opened, _ = changed.split_personal()

    [evidence] = opened["evidence"]
    assert not {"name", "sha256"} & evidence.keys()
    change(stores, file, changed, "e-1")
    assert stores.claims.get(first.id).record == changed

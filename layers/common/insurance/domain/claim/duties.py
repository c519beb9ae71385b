"""Who of the staff had which duty on a claim, so that nobody has two that need two people."""

from insurance.domain.claim.change import Act
from insurance.domain.claim.claim import Claim
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.segregation import Duty, check_segregation, conflict


def with_duty(claim: Claim, duty: Duty, act: Act) -> Claim:
    """The claim with the last person who had this duty; others than staff have none."""
    if act.caller.kind is not CallerKind.STAFF:
        return claim
    return claim.replace(duties=(claim.duties or {}) | {duty: act.by})


def check_duty(claim: Claim, duty: Duty, act: Act) -> None:
    """Check that the person may have this duty on the claim.

    Raises:
        SamePerson: They have had a duty that does not go together with it.
    """
    check_segregation(duty, act.by, claim.duties or {}, f"claim {claim.id}")


def decides_alone(claim: Claim, by: str) -> bool:
    """Whether who decides the claim took its notice or named its payee too: then what it pays waits
    for another person."""
    return conflict(Duty.CLAIM_DECIDED, by, claim.duties or {}) is not None

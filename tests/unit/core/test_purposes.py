"""What a caller sees data for follows from the role that lets them in, and from what the operation is about."""

import pytest
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.core.purposes import OF_AREA, OF_KIND, OF_ROLE, AccessPurpose, purposes_of
from insurance.domain.core.roles import CLAIM_READERS, EVERY_ROLE, Role
from insurance.domain.core.scopes import Scope

WITH_SEVERAL_JOBS = {Role.SUPERVISOR, Role.CALL_CENTRE}


def caller(*roles: str, kind: CallerKind = CallerKind.STAFF) -> Caller:
    return Caller(
        principal="p",
        kind=kind,
        partner="",
        roles=frozenset(roles),
        scopes=frozenset(),
        mode=Mode.TEST,
    )


@pytest.mark.parametrize(
    ("role", "scope", "purpose"),
    [
        (Role.CLAIMS_HANDLER, Scope.CLAIMS_READ, AccessPurpose.CLAIM_HANDLING),
        (Role.COMPLAINTS_HANDLER, Scope.CLAIMS_READ, AccessPurpose.COMPLAINT_HANDLING),
        (Role.AUDITOR, Scope.CLAIMS_READ, AccessPurpose.AUDIT),
        (Role.COMPLIANCE, Scope.CLAIMS_READ, AccessPurpose.COMPLIANCE),
        (Role.CALL_CENTRE, Scope.CLAIMS_READ, AccessPurpose.CLAIM_HANDLING),
        (Role.CALL_CENTRE, Scope.POLICIES_READ, AccessPurpose.SERVICING),
        (Role.SUPERVISOR, Scope.COMPLAINTS_READ, AccessPurpose.COMPLAINT_HANDLING),
        (Role.SUPERVISOR, Scope.REFUNDS_APPROVE, AccessPurpose.PAYMENT),
    ],
)
def test_a_role_sees_an_object_for_its_job(
    role: Role, scope: Scope, purpose: AccessPurpose
) -> None:
    assert purposes_of(caller(role), EVERY_ROLE, scope) == [purpose]


def test_who_is_let_in_by_two_roles_has_both_purposes_and_no_third() -> None:
    several = caller(Role.AUDITOR, Role.CLAIMS_HANDLER, Role.OPERATOR, "receptionist")

    assert Role.OPERATOR not in CLAIM_READERS
    found = purposes_of(several, CLAIM_READERS, Scope.CLAIMS_READ)
    assert found == [AccessPurpose.AUDIT, AccessPurpose.CLAIM_HANDLING]


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        (CallerKind.POLICYHOLDER, AccessPurpose.OWN_DATA),
        (CallerKind.APPLICATION, AccessPurpose.CLAIM_HANDLING),
        (CallerKind.MACHINE, AccessPurpose.PAYMENT),
        (CallerKind.DEVELOPER, AccessPurpose.ADMINISTRATION),
    ],
)
def test_callers_without_a_role_have_one_too(kind: CallerKind, purpose: AccessPurpose) -> None:
    assert purposes_of(caller(kind=kind), EVERY_ROLE, Scope.CLAIMS_READ) == [purpose]


def test_the_tables_know_every_role_kind_and_area() -> None:
    assert {*OF_ROLE, *WITH_SEVERAL_JOBS} == EVERY_ROLE
    assert OF_KIND.keys() | {CallerKind.STAFF, CallerKind.APPLICATION} == {*CallerKind}
    assert OF_AREA.keys() <= {scope.partition(":")[0] for scope in Scope}

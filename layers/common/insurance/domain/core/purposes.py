"""What a caller is entitled to see data for: it follows from the role that lets them in, and from what the operation is about.

Nobody is asked why: a reason that a caller writes is one that nobody can check.
"""

from collections.abc import Iterator, Mapping, Set
from enum import StrEnum
from typing import Final

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope


class AccessPurpose(StrEnum):
    """A reason for which our people, a partner or a customer may see personal data."""

    UNDERWRITING = "underwriting"
    SERVICING = "servicing"
    CLAIM_HANDLING = "claim_handling"
    COMPLAINT_HANDLING = "complaint_handling"
    PAYMENT = "payment"
    PRODUCT_DESIGN = "product_design"
    COMPLIANCE = "compliance"
    PRIVACY = "privacy"
    AUDIT = "audit"
    ADMINISTRATION = "administration"
    OWN_DATA = "own_data"


OF_ROLE: Final[Mapping[str, AccessPurpose]] = {
    Role.UNDERWRITER: AccessPurpose.UNDERWRITING,
    Role.CHIEF_UNDERWRITER: AccessPurpose.UNDERWRITING,
    Role.MEDICAL_OFFICER: AccessPurpose.UNDERWRITING,
    Role.CLAIMS_HANDLER: AccessPurpose.CLAIM_HANDLING,
    Role.COMPLAINTS_HANDLER: AccessPurpose.COMPLAINT_HANDLING,
    Role.FINANCE: AccessPurpose.PAYMENT,
    Role.PRODUCT_MANAGER: AccessPurpose.PRODUCT_DESIGN,
    Role.COMPLIANCE: AccessPurpose.COMPLIANCE,
    Role.PRIVACY_OFFICER: AccessPurpose.PRIVACY,
    Role.AUDITOR: AccessPurpose.AUDIT,
    Role.OPERATOR: AccessPurpose.ADMINISTRATION,
}
"""Roles with one job, whatever they look at for it. A supervisor and the call centre do several: the operation says which."""

OF_KIND: Final[Mapping[CallerKind, AccessPurpose]] = {
    CallerKind.POLICYHOLDER: AccessPurpose.OWN_DATA,
    CallerKind.MACHINE: AccessPurpose.PAYMENT,
    CallerKind.DEVELOPER: AccessPurpose.ADMINISTRATION,
}
"""Callers without a role; of an application the operation says it."""

OF_AREA: Final[Mapping[str, AccessPurpose]] = {
    "claims": AccessPurpose.CLAIM_HANDLING,
    "complaints": AccessPurpose.COMPLAINT_HANDLING,
    "refunds": AccessPurpose.PAYMENT,
}
"""What an operation is about, by the area of its scope; all else is servicing."""


def purposes_of(caller: Caller, roles: Set[Role], scope: Scope) -> list[AccessPurpose]:
    """What this caller may see an operation's data for; more than one where more than one role lets them in."""
    return sorted({*_purposes(caller, roles, scope)})


def _purposes(caller: Caller, roles: Set[Role], scope: Scope) -> Iterator[AccessPurpose]:
    of_area = OF_AREA.get(scope.partition(":")[0], AccessPurpose.SERVICING)
    if caller.kind is not CallerKind.STAFF:
        yield OF_KIND.get(caller.kind, of_area)
    for role in caller.roles & roles:
        yield OF_ROLE.get(role, of_area)

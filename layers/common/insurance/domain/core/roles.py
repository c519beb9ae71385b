"""The roles of staff: what a group of the staff pool entitles its members to do."""

from enum import StrEnum


class Role(StrEnum):
    """A group of the staff pool in template.yaml. A group that is not listed here gives no right."""

    UNDERWRITER = "underwriter"
    CHIEF_UNDERWRITER = "chief_underwriter"
    MEDICAL_OFFICER = "medical_officer"
    CLAIMS_HANDLER = "claims_handler"
    SUPERVISOR = "supervisor"
    COMPLAINTS_HANDLER = "complaints_handler"
    CALL_CENTRE = "call_centre"
    FINANCE = "finance"
    PRODUCT_MANAGER = "product_manager"
    COMPLIANCE = "compliance"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"


UNDERWRITING_ROLES = frozenset({Role.UNDERWRITER, Role.CHIEF_UNDERWRITER, Role.MEDICAL_OFFICER})
"""Who may be named by a product as the authority for a referral."""

SERVICING_ROLES = frozenset({Role.CALL_CENTRE, Role.UNDERWRITER, Role.CHIEF_UNDERWRITER})
"""Who quotes, issues and changes policies for policyholders who call."""

EVERY_ROLE = frozenset(Role)
"""For what every member of staff may read."""

CLAIM_HANDLERS = frozenset({Role.CLAIMS_HANDLER, Role.SUPERVISOR})
"""Who may assess, settle and pay claims, within the authority that the product gives."""

PAYEE_SCREENERS = CLAIM_HANDLERS | {Role.COMPLIANCE}
"""Who may say that a payee is another person than the one on a sanctions list."""

NOTICE_TAKERS = CLAIM_HANDLERS | {Role.CALL_CENTRE}
"""Who may take a notice of loss, and what is added to it later."""

CLAIM_READERS = NOTICE_TAKERS | {Role.COMPLAINTS_HANDLER, Role.COMPLIANCE, Role.AUDITOR}
"""Who may read claims, which hold sensitive facts about people."""

STOPPERS = frozenset(
    {Role.CHIEF_UNDERWRITER, Role.SUPERVISOR, Role.FINANCE, Role.COMPLIANCE, Role.OPERATOR}
)
"""Who may hold back quoting, binding, renewing and paying, and let it go on."""

POLICY_WRITERS = frozenset({Role.OPERATOR, Role.COMPLIANCE})
"""Who may write access policies, and approve those of others."""

SOURCE_WRITERS = frozenset({Role.OPERATOR, Role.CHIEF_UNDERWRITER})
"""Who may write sources of data, and approve those of others."""

MATCH_ROLES = SERVICING_ROLES | {Role.PRIVACY_OFFICER, Role.COMPLIANCE}
"""Who may say whether two parties are one customer."""

BATCH_ROLES = frozenset({Role.UNDERWRITER, Role.CHIEF_UNDERWRITER})
"""Who may bring files of risks, and resolve the rows that were kept back."""

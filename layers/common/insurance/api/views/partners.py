"""How partners and their applications are shown."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from insurance.api.etag import etag
from insurance.api.fields import Code, Subject
from insurance.api.paging import Page
from insurance.api.views.secrets import SecretState
from insurance.api.views.terms import Shown, View
from insurance.api_products import ApiProduct
from insurance.domain.core.identity import ApplicationId, Mode
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import (
    PARTNER_SCOPES,
    PER_MONTH_MAX,
    SECRETS_MAX,
    ApplicationCode,
    ApplicationStatus,
    IssuerUrl,
    PartnerApplication,
    PartnerPlan,
    SenderProofMethod,
    Thumbprint,
)
from insurance.domain.partner.partner import (
    DEVELOPERS_MAX,
    DeveloperSubject,
    Partner,
    PartnerCode,
    TeamRole,
    TradeName,
)
from insurance.operations.listing import ListPage
from insurance.operations.partners.issue_credentials import Credentials
from insurance.operations.partners.watch_quota import UsedQuota

ClientId = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z_-]{1,128}$")]
ClientSecret = Annotated[str, StringConstraints(pattern=r"^[!-~]{24,128}$")]


class PartnerEntryView(Shown):
    """A partner in a list."""

    code: PartnerCode
    name: TradeName
    registered_at: datetime


class TeamMemberView(Shown):
    """A person of a partner's team."""

    subject: DeveloperSubject
    role: TeamRole


class PartnerView(View):
    """A partner."""

    code: PartnerCode
    name: TradeName
    registered_by: Subject
    registered_at: datetime
    developers: Annotated[list[DeveloperSubject], Field(max_length=DEVELOPERS_MAX)]
    """The people of its team, who may sign in at the developer portal."""
    team: Annotated[list[TeamMemberView], Field(max_length=DEVELOPERS_MAX)]
    """The same, with what they are."""

    @classmethod
    def of(cls, stored: Stored[Partner]) -> Self:
        partner = stored.record
        return cls(
            etag=etag(stored.head.sequence, "partner"),
            code=partner.code,
            name=partner.name,
            registered_by=partner.registered_by,
            registered_at=partner.registered_at,
            developers=list(partner.developers),
            team=[
                TeamMemberView(subject=each, role=partner.role_of(each))
                for each in partner.developers
            ],
        )


class PartnerListView(View):
    """A page of partners, by their codes."""

    items: list[PartnerEntryView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, partners: ListPage[Partner], *, page: Page) -> Self:
        return cls(
            items=[PartnerEntryView.of(partner) for partner in partners.items],
            next=page.next(partners.next) if partners.next else None,
        )


class SenderProofView(Shown):
    """What the sender of an application's tokens must prove."""

    method: SenderProofMethod
    thumbprints: Annotated[list[Thumbprint], Field(max_length=5)]


class ApplicationEntryView(Shown):
    """An application in a list."""

    id: ApplicationId
    code: ApplicationCode
    name: TradeName
    status: ApplicationStatus
    plan: PartnerPlan
    products: Annotated[list[ApiProduct], Field(max_length=len(ApiProduct))]


class ApplicationListView(View):
    """A page of a partner's applications, by their codes."""

    items: list[ApplicationEntryView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, applications: ListPage[PartnerApplication], *, page: Page) -> Self:
        return cls(
            items=[ApplicationEntryView.of(application) for application in applications.items],
            next=page.next(applications.next) if applications.next else None,
        )


class ApplicationChangeView(Shown):
    """What was asked for and waits for another person."""

    plan: PartnerPlan
    per_month: Annotated[int, Field(ge=1, le=PER_MONTH_MAX)] | None
    products: Annotated[list[ApiProduct], Field(max_length=len(ApiProduct))]
    scopes: Annotated[list[Scope], Field(max_length=len(PARTNER_SCOPES))]
    reason: Code
    requested_by: Subject


class ApplicationView(View):
    """A partner's application: what it subscribes to, on which plan, and where it stands."""

    id: ApplicationId
    code: ApplicationCode
    partner: PartnerCode
    name: TradeName
    team: TradeName
    mode: Mode
    status: ApplicationStatus
    plan: PartnerPlan
    per_month: Annotated[int, Field(ge=1, le=PER_MONTH_MAX)]
    products: Annotated[list[ApiProduct], Field(max_length=len(ApiProduct))]
    scopes: Annotated[list[Scope], Field(max_length=len(PARTNER_SCOPES))]
    is_portal: bool
    issuer: IssuerUrl | None
    proof: SenderProofView | None
    reason: Code
    requested_by: Subject
    decided_by: Subject | None
    client_id: ClientId | None
    """What its tokens name; absent until it has credentials."""
    change: ApplicationChangeView | None
    secrets: Annotated[int, Field(ge=0, le=SECRETS_MAX)]
    """How many secrets live: two while they are changed."""
    changed_at: datetime

    @classmethod
    def of(cls, stored: Stored[PartnerApplication]) -> Self:
        return cls(etag=etag(stored.head.sequence, "application"), **_shown(stored.record))


class QuotaView(View):
    """What an application has used of its calls of a month."""

    month: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    limit: Annotated[int, Field(ge=1, le=PER_MONTH_MAX)]
    used: Annotated[int, Field(ge=0, le=PER_MONTH_MAX)]
    """Calls that were taken: a few of them are not served yet, or were lost with a process."""
    resets_at: datetime

    @classmethod
    def of(cls, quota: UsedQuota) -> Self:
        return cls(
            month=quota.month.name,
            limit=quota.limit,
            used=quota.used,
            resets_at=quota.month.ends_at,
        )


class CredentialsView(ApplicationView):
    """An application with a secret that was made for it just now. It is shown this once and stands nowhere."""

    client_secret: ClientSecret | None
    """Absent when an answer is repeated: nobody has it any more. Make another, and withdraw this one."""
    secret_state: SecretState

    @classmethod
    def of_credentials(cls, credentials: Credentials) -> Self:
        stored = credentials.stored
        return cls(
            etag=etag(stored.head.sequence, "application"),
            client_secret=credentials.secret,
            secret_state=SecretState.SHOWN,
            **_shown(stored.record),
        )

    def as_recorded(self) -> Self:
        """As a repeated call is answered: the secret is stored nowhere."""
        return self.model_copy(
            update={"client_secret": None, "secret_state": SecretState.SHOWN_BEFORE}
        )


def _shown(application: PartnerApplication) -> dict[str, object]:
    proof = application.proof
    return {
        **application.model_dump(
            include={
                *("id", "code", "partner", "name", "team", "status", "plan", "products"),
                *("scopes", "is_portal", "reason", "requested_by", "changed_at"),
            }
        ),
        "mode": application.mode,
        "per_month": application.calls_a_month,
        "issuer": application.issuer or None,
        "proof": SenderProofView.of(proof) if proof else None,
        "decided_by": application.decided_by or None,
        "client_id": application.client_id or None,
        "change": ApplicationChangeView.of(application.change) if application.change else None,
        "secrets": len(application.secret_ids),
    }

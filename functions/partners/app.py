"""Partners: who they are, and their applications with plan, subscriptions and credentials."""

from string import digits
from typing import Annotated, Literal

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Code
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.partners import (
    ApplicationListView,
    ApplicationView,
    CredentialsView,
    PartnerListView,
    PartnerView,
)
from insurance.api_products import ApiProduct
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    CodeTaken,
    InvalidFields,
    PartnerNotFound,
    SamePerson,
    WrongState,
)
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.partner.application import (
    PARTNER_SCOPES,
    ApplicationCode,
    ApplicationInput,
    ApplicationStep,
    IssuerUrl,
    PartnerApplication,
    PartnerPlan,
    Secret,
    SenderProof,
    SenderProofMethod,
    Thumbprint,
)
from insurance.domain.partner.partner import (
    DeveloperStep,
    DeveloperSubject,
    Partner,
    PartnerCode,
    TradeName,
)
from insurance.operations.command import Command, Query
from insurance.operations.listing import ListPage
from insurance.operations.partners.change_application import (
    advance_application,
    decide_application,
    list_applications,
    read_application,
    request_application,
)
from insurance.operations.partners.change_developers import change_developers
from insurance.operations.partners.issue_credentials import (
    Credentials,
    add_secret,
    cancel_application,
    provision_application,
    withdraw_secret,
)
from insurance.operations.partners.ports import PartnerPorts
from insurance.operations.partners.register_partner import (
    list_partners,
    read_partner,
    register_partner,
)
from pydantic import AfterValidator, Field, field_validator
from pydantic_core import PydanticCustomError

ports = PartnerPorts(
    partners=wiring.stores().partners,
    clients=wiring.user_pool_clients(),
    keys=wiring.usage_keys(),
)
idempotency = wiring.stores().staff_idempotency
api = Api(idempotency.find_replay)
handler = api.entrypoint()

PARTNER = "/v1/partners/{partner}"
APPLICATION = "/v1/applications/{application_id}"
WHO = {CallerKind.STAFF}
READ_BY = {CallerKind.STAFF, CallerKind.DEVELOPER}
"""Of their own partner, developers."""
READERS, MANAGERS = {Role.OPERATOR, Role.AUDITOR}, {Role.OPERATOR}


def _without_number(name: str) -> str:
    """A name stands in clear wherever its partner does: it takes no telephone, account or identity number.

    Raises:
        PydanticCustomError: It has more digits than the name of a firm.
    """
    if sum(character in digits for character in name) > DIGITS_MAX:
        detail = f"Give the name of a firm, a team or an application: at most {DIGITS_MAX} digits."
        raise PydanticCustomError("wrong_form", detail)
    return name


DIGITS_MAX = 4
FirmName = Annotated[TradeName, AfterValidator(_without_number)]


class PartnerRequest(Request):
    """A new partner."""

    code: PartnerCode
    """What names it in policies, quotes and statements, for ever."""
    name: FirmName


class ProofRequest(Request):
    """What the sender of the application's tokens must prove: a key of its own, or a client certificate."""

    method: SenderProofMethod
    thumbprints: Annotated[list[Thumbprint], Field(min_length=1, max_length=5)]


class ApplicationRequest(Request):
    """What a partner's team asks for."""

    code: ApplicationCode
    name: FirmName
    team: FirmName
    plan: PartnerPlan
    products: Annotated[list[ApiProduct], Field(min_length=1, max_length=len(ApiProduct))]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(PARTNER_SCOPES))]
    is_portal: bool = False
    """Whether policyholders sign in through it."""
    issuer: IssuerUrl | None = None
    """Who signs its tokens; absent: our own user pool."""
    proof: ProofRequest | None = None
    reason: Code

    @field_validator("scopes")
    @classmethod
    def _for_partners(cls, scopes: list[Scope]) -> list[Scope]:
        others = sorted(set(scopes) - PARTNER_SCOPES)
        if others:
            raise ValueError(f"not for partners: {', '.join(others)}")
        return scopes

    def application(self) -> ApplicationInput:
        proof = self.proof
        return ApplicationInput(
            **self.model_dump(include={"code", "name", "team", "plan", "is_portal", "reason"}),
            products=tuple(self.products),
            scopes=tuple(self.scopes),
            issuer=self.issuer or "",
            proof=SenderProof(method=proof.method, thumbprints=tuple(proof.thumbprints))
            if proof
            else None,
        )


class DecisionRequest(Request):
    """What another person says to the request."""

    decision: Literal["approve", "reject"]
    reason: Code


class WithdrawalRequest(Request):
    """Which of two secrets is to end."""

    secret: Secret = Secret.OLDER


class DeveloperRequest(Request):
    """Who is to join the partner's team, or to leave it."""

    step: DeveloperStep
    subject: DeveloperSubject


class StepRequest(Request):
    """What is to become of the application, and why."""

    step: Literal["suspend", "resume", "cancel"]
    reason: Code


@api.command(
    "/v1/partners",
    operation_id="createPartner",
    summary="Register a partner",
    scope=Scope.PARTNERS_WRITE,
    callers=WHO,
    roles=MANAGERS,
    shows=PartnerView,
    raises=(CodeTaken,),
)
def post_partner(request: PartnerRequest, command: Command) -> Stored[Partner]:
    """In the mode of the caller: live and test have partners of their own."""
    return register_partner(request.code, request.name, command, ports)


@api.query(
    "/v1/partners",
    operation_id="listPartners",
    summary="List partners",
    scope=Scope.PARTNERS_READ,
    callers=READ_BY,
    roles=READERS,
    shows=PartnerListView,
    paged="partners",
    raises=(PartnerNotFound,),
)
def get_partners(page: Page, query: Query) -> ListPage[Partner]:
    return list_partners(page, query, ports)


@api.query(
    PARTNER,
    operation_id="getPartner",
    summary="Read a partner",
    scope=Scope.PARTNERS_READ,
    callers=READ_BY,
    roles=READERS,
    shows=PartnerView,
    etag=True,
    raises=(PartnerNotFound,),
)
def get_partner(partner: str, query: Query) -> Stored[Partner]:
    return read_partner(partner, query, ports)


@api.command(
    f"{PARTNER}/developers",
    operation_id="changeDevelopers",
    summary="Add a person to a partner's team, or remove one",
    scope=Scope.PARTNERS_WRITE,
    callers=WHO,
    roles=MANAGERS,
    shows=PartnerView,
    if_match=True,
    raises=(InvalidFields, PartnerNotFound),
)
def post_developer(partner: str, request: DeveloperRequest, command: Command) -> Stored[Partner]:
    """They sign in at the developer portal, and see the partner's applications. Who is removed is admitted for up
    to 60 seconds more."""
    return change_developers(partner, request.step, request.subject, command, ports)


@api.command(
    f"{PARTNER}/applications",
    operation_id="requestApplication",
    summary="Request an application for a partner",
    scope=Scope.PARTNERS_WRITE,
    callers=WHO,
    roles=MANAGERS,
    shows=ApplicationView,
    raises=(CodeTaken, PartnerNotFound),
)
def post_application(
    partner: str, request: ApplicationRequest, command: Command
) -> Stored[PartnerApplication]:
    """Its mode is the caller's. Another person decides about it."""
    return request_application(partner, request.application(), command, ports)


@api.query(
    f"{PARTNER}/applications",
    operation_id="listApplications",
    summary="List a partner's applications",
    scope=Scope.PARTNERS_READ,
    callers=READ_BY,
    roles=READERS,
    shows=ApplicationListView,
    paged="applications:{partner}",
)
def get_applications(partner: str, page: Page, query: Query) -> ListPage[PartnerApplication]:
    return list_applications(partner, page, query, ports)


@api.query(
    APPLICATION,
    operation_id="getApplication",
    summary="Read an application",
    scope=Scope.PARTNERS_READ,
    callers=READ_BY,
    roles=READERS,
    shows=ApplicationView,
    etag=True,
)
def get_application(application_id: str, query: Query) -> Stored[PartnerApplication]:
    return read_application(application_id, query, ports)


@api.command(
    f"{APPLICATION}/decision",
    operation_id="decideApplication",
    summary="Approve or reject an application",
    scope=Scope.PARTNERS_WRITE,
    callers=WHO,
    roles=MANAGERS,
    shows=ApplicationView,
    if_match=True,
    raises=(SamePerson, WrongState),
)
def post_decision(
    application_id: str, request: DecisionRequest, command: Command
) -> Stored[PartnerApplication]:
    """Who requested it does not approve it."""
    step = ApplicationStep(request.decision)
    return decide_application(application_id, step, request.reason, command, ports)


@api.command(
    f"{APPLICATION}/provisioning",
    operation_id="createApplicationCredentials",
    summary="Make an approved application's credentials, and admit it",
    scope=Scope.PARTNERS_WRITE,
    callers=WHO,
    roles=MANAGERS,
    shows=CredentialsView.of_credentials,
    if_match=True,
    raises=(WrongState,),
)
def post_provisioning(application_id: str, command: Command) -> Credentials:
    """The secret is in this answer and stands nowhere: an answer that is repeated lacks it. A call that broke off
    is repeated half a minute later, with any key."""
    return provision_application(application_id, command, ports)


@api.command(
    f"{APPLICATION}/secrets",
    operation_id="addApplicationSecret",
    summary="Make an application's second secret",
    scope=Scope.PARTNERS_WRITE,
    callers=WHO,
    roles=MANAGERS,
    shows=CredentialsView.of_credentials,
    if_match=True,
    raises=(WrongState,),
)
def post_secret(application_id: str, command: Command) -> Credentials:
    """Both secrets live until one is withdrawn. The new one is in this answer and stands nowhere."""
    return add_secret(application_id, command, ports)


@api.command(
    f"{APPLICATION}/secrets/withdrawal",
    operation_id="withdrawApplicationSecret",
    summary="Withdraw one of an application's two secrets",
    scope=Scope.PARTNERS_WRITE,
    callers=WHO,
    roles=MANAGERS,
    shows=ApplicationView,
    if_match=True,
    raises=(WrongState,),
)
def post_secret_withdrawal(
    application_id: str, request: WithdrawalRequest, command: Command
) -> Stored[PartnerApplication]:
    """The older one, once all of the partner's calls use the newer; or the newer, if the answer that had it was
    lost: the older stays in use, and another may be made."""
    return withdraw_secret(application_id, request.secret, command, ports)


@api.command(
    f"{APPLICATION}/steps",
    operation_id="advanceApplication",
    summary="Suspend, resume or cancel an application",
    scope=Scope.PARTNERS_WRITE,
    callers=WHO,
    roles=MANAGERS,
    shows=ApplicationView,
    if_match=True,
    raises=(WrongState,),
)
def post_step(
    application_id: str, request: StepRequest, command: Command
) -> Stored[PartnerApplication]:
    """A suspension bites within a minute: as long as the gateway keeps what it was told of a token. An application
    is suspended before it is cancelled, and ends with its client; a cancellation that broke off is sent again."""
    if request.step == "cancel":
        return cancel_application(application_id, request.reason, command, ports)
    step = ApplicationStep(request.step)
    return advance_application(application_id, step, request.reason, command, ports)

"""Partners: who they are, and their applications with plan, subscriptions and credentials."""

from datetime import UTC, datetime
from typing import Any

from insurance import telemetry, wiring
from insurance.api.paging import Page
from insurance.api.requests.partners import (
    ApplicationRequest,
    DecisionRequest,
    DeveloperRequest,
    PartnerRequest,
    StepRequest,
    WithdrawalRequest,
)
from insurance.api.router import Api
from insurance.api.views.partners import (
    ApplicationListView,
    ApplicationView,
    CredentialsView,
    PartnerListView,
    PartnerView,
    QuotaView,
)
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    ApplicationNotFound,
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
    ApplicationStep,
    PartnerApplication,
)
from insurance.domain.partner.partner import (
    Partner,
)
from insurance.dynamodb.quotas import reached_in
from insurance.operations.command import Command, Query
from insurance.operations.listing import ListPage
from insurance.operations.partners.change_application import (
    advance_application,
    decide_application,
    list_applications,
    read_application,
    reject_change,
    request_application,
    request_change,
)
from insurance.operations.partners.change_developers import change_developers
from insurance.operations.partners.issue_credentials import (
    Credentials,
    add_secret,
    approve_change,
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
from insurance.operations.partners.watch_quota import UsedQuota, note_quota_reached, read_quota

ports = PartnerPorts(
    partners=wiring.stores().partners,
    clients=wiring.user_pool_clients(),
    keys=wiring.usage_keys(),
    api_products=wiring.stores().api_products,
)
idempotency = wiring.stores().staff_idempotency
api = Api(idempotency.find_replay, wiring.edge_for_staff())
answer = api.entrypoint()

PARTNER = "/v1/partners/{partner}"
APPLICATION = "/v1/applications/{application_id}"
WHO = {CallerKind.STAFF}
READ_BY = {CallerKind.STAFF, CallerKind.DEVELOPER}
"""Of their own partner, developers."""
READERS, MANAGERS = {Role.OPERATOR, Role.AUDITOR}, {Role.OPERATOR}


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
    summary="Add a person to a partner's team, remove one, or change a role",
    scope=Scope.PARTNERS_WRITE,
    callers=READ_BY,
    roles=MANAGERS,
    shows=PartnerView,
    if_match=True,
    raises=(InvalidFields, PartnerNotFound),
)
def post_developer(partner: str, request: DeveloperRequest, command: Command) -> Stored[Partner]:
    """They sign in at the developer portal, and see the partner's applications. An administrator of the team may do
    this, too, but for themselves. Who is removed is admitted for up to 60 seconds more."""
    return change_developers(partner, request.change(), command, ports)


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
    raises=(PartnerNotFound,),
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


@api.query(
    f"{APPLICATION}/quota",
    operation_id="getApplicationQuota",
    summary="Read what an application has used of this month",
    scope=Scope.PARTNERS_READ,
    callers=READ_BY,
    roles=READERS,
    shows=QuotaView,
)
def get_quota(application_id: str, query: Query) -> UsedQuota:
    """Of the month of UTC that it is by our own clock, in test mode too. The application itself reads it in the
    `RateLimit` of each answer."""
    return read_quota(application_id, query, ports, wiring.quota_store())


@api.command(
    f"{APPLICATION}/decision",
    operation_id="decideApplication",
    summary="Approve or reject an application, or a change of it",
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
    """Who requested it does not approve it. A change is carried out when it is approved; a call that broke off is
    repeated half a minute later, with any key."""
    if request.about == "change":
        if request.decision == "approve":
            return approve_change(application_id, command, ports)
        return reject_change(application_id, request.reason, command, ports)
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
    summary="Suspend, resume or cancel an application, or ask for another plan or other API products",
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
    if request.to is not None:
        asked = request.to.change(request.reason)
        return request_change(application_id, asked, command, ports)
    step = ApplicationStep(request.step)
    return advance_application(application_id, step, request.reason, command, ports)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a call through the gateway, or note what the stream of quotas says."""
    return answer(event, context) if "httpMethod" in event else note_quotas(event)


def note_quotas(batch: dict[str, Any]) -> dict[str, Any]:
    """Tell of each quota that has reached a mark. If that fails, the stream gives the batch again."""
    for record in batch["Records"]:
        found = reached_in(record["dynamodb"].get("NewImage", {}))
        if found is None:
            continue
        application_id, mark = found
        try:
            note_quota_reached(application_id, mark, datetime.now(UTC), ports.partners)
        except ApplicationNotFound:
            telemetry.logger.error("a quota of nobody", application=application_id)
    return {"noted": len(batch["Records"])}

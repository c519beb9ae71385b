"""The sample applications, brought in as any other is: registered, requested, approved by another person, given
credentials. What differs from a deployed stack is who calls: the operations are the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from insurance.api_products import ApiProduct
from insurance.cognito import CognitoClients
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import ApplicationNotFound, CodeTaken
from insurance.domain.core.identity import Mode
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.application import (
    ApplicationInput,
    ApplicationStatus,
    ApplicationStep,
    PartnerPlan,
    SenderProof,
    SenderProofMethod,
)
from insurance.domain.partner.partner import DeveloperStep, TeamRole
from insurance.dynamodb.stores import Stores
from insurance.operations.command import Command
from insurance.operations.idempotency import Idempotency, RecordedAnswer
from insurance.operations.partners.change_application import (
    advance_application,
    decide_application,
    request_application,
)
from insurance.operations.partners.change_developers import TeamChange, change_developers
from insurance.operations.partners.issue_credentials import provision_application
from insurance.operations.partners.ports import PartnerPorts
from insurance.operations.partners.register_partner import register_partner
from insurance.usage_plans import GatewayUsageKeys

from demo.proofs import key_of
from demo.samples import DEVELOPERS, PARTNERS, Developer, Partner
from local.aws.cloudformation import STACK_NAME
from local.aws.services.errors import ServiceError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from local.aws.services.api_keys import ApiKeys
    from local.aws.services.user_pool import UserPoolClients
    from local.aws.template import Template

REASON = "sample"
ASKS, APPROVES = "sample-onboarding", "sample-approval"
"""Two people: who asks does not approve."""
POOL, USAGE_SECRET = "StaffPool", "UsageKeySecret"


class Onboarding:
    """Brings applications in, on a stack that is up as far as its tables and services."""

    def __init__(
        self,
        template: Template,
        tables: DynamoDBClient,
        services: tuple[UserPoolClients, ApiKeys],
        secret: Callable[[], str],
    ) -> None:
        clients, keys = services
        self._clients = clients
        stores = Stores(lambda: tables, _table_of(template), _no_keys, _no_keys)
        pool: Any = InProcess(clients)
        gateway: Any = InProcess(keys)
        self._ports = PartnerPorts(
            partners=stores.partners,
            clients=CognitoClients(pool, template.ref(POOL)),
            keys=GatewayUsageKeys(gateway, f"{STACK_NAME}-", lambda: secret().encode()),
            api_products=stores.api_products,
        )

    def admit_samples(self) -> None:
        for partner in PARTNERS:
            self.admit(partner)
        for developer in DEVELOPERS:
            self._admit_developer(developer)

    def admit(self, partner: Partner) -> None:
        """Bring an application in, as far as it is not there yet."""
        self._clients.call(partner.application, partner.client_id)
        status = self._status(partner)
        if status is None:
            self._request(partner)
            status = ApplicationStatus.REQUESTED
        id = partner.application
        if status is ApplicationStatus.REQUESTED:
            approving = _command(APPROVES, Mode(partner.mode), "approve", partner.application)
            decide_application(id, ApplicationStep.APPROVE, REASON, approving, self._ports)
            status = ApplicationStatus.APPROVED
        if status in {ApplicationStatus.APPROVED, ApplicationStatus.PROVISIONING}:
            provision_application(
                id,
                _command(ASKS, Mode(partner.mode), "provision", partner.application),
                self._ports,
            )
            status = ApplicationStatus.ACTIVE
        if status is ApplicationStatus.ACTIVE and partner.status == ApplicationStatus.SUSPENDED:
            suspending = _command(ASKS, Mode(partner.mode), "suspend", partner.application)
            advance_application(id, ApplicationStep.SUSPEND, REASON, suspending, self._ports)

    def _admit_developer(self, developer: Developer) -> None:
        mode, subject = Mode(developer.mode), developer.subject
        if subject in self._ports.partners.partner(mode, developer.partner).record.developers:
            return
        command = _command(ASKS, mode, f"add {developer.name}", developer.partner)
        change = TeamChange(DeveloperStep.ADD, subject, TeamRole(developer.role))
        change_developers(developer.partner, change, command, self._ports)

    def _status(self, partner: Partner) -> ApplicationStatus | None:
        try:
            return self._ports.partners.application(partner.application).record.status
        except ApplicationNotFound:
            return None

    def _request(self, partner: Partner) -> None:
        registering = _command(ASKS, Mode(partner.mode), "register", partner.application)
        with suppress(CodeTaken):  # it has an application already
            register_partner(partner.partner, partner.partner.title(), registering, self._ports)
        asked = requested(partner)
        request_application(
            partner.partner,
            asked,
            _command(ASKS, Mode(partner.mode), "request", partner.application),
            self._ports,
        )


def requested(partner: Partner) -> ApplicationInput:
    """What the sample's team would ask for."""
    proof = None
    if partner.binding:
        thumbprint = key_of(partner.client_id).thumbprint()
        proof = SenderProof(method=SenderProofMethod(partner.binding), thumbprints=(thumbprint,))
    return ApplicationInput(
        code=partner.client_id,
        name=partner.name,
        team=partner.partner.title(),
        plan=PartnerPlan(partner.plan),
        products=tuple(ApiProduct(product) for product in partner.products),
        scopes=tuple(Scope(scope) for scope in partner.scopes),
        is_portal=partner.is_portal,
        proof=proof,
        reason=REASON,
    )


def _command(who: str, mode: Mode, step: str, about: str) -> Command:
    now = datetime.now(UTC)
    caller = Caller(
        principal=who,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset({Role.OPERATOR}),
        scopes=frozenset({Scope.PARTNERS_WRITE}),
        mode=mode,
    )
    return Command(
        caller,
        Idempotency(
            principal=who,
            operation=f"{mode} {step}",
            key=about,
            request_hash=bytes(32),
            now=now,
            received_at=now,
            render=lambda _: RecordedAnswer("{}"),
        ),
    )


def _table_of(template: Template) -> Callable[[str], str]:
    return lambda name: template.resources[f"{name.title().replace('_', '')}Table"].name


def _no_keys() -> Any:
    raise AssertionError("nothing personal is known of a partner")


class InProcess:
    """A service called without HTTP: by the names of a client's methods, refused as a client is."""

    def __init__(self, service: object) -> None:
        self._service = service

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        work = getattr(self._service, operation)

        def call(**request: Any) -> Any:
            try:
                return work(request)
            except ServiceError as error:
                answer: Any = {
                    "Error": {"Code": error.code, "Message": error.message},
                    "ResponseMetadata": {"HTTPStatusCode": error.status},
                }
                raise ClientError(answer, operation) from error

        return call

"""What partners and their applications are asked with."""

from string import digits
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from insurance.api.body import Request
from insurance.api.fields import Code
from insurance.api_products import ApiProduct
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.application import (
    PARTNER_SCOPES,
    PER_MONTH_MAX,
    ApplicationChange,
    ApplicationCode,
    ApplicationInput,
    IssuerUrl,
    PartnerPlan,
    Secret,
    SenderProof,
    SenderProofMethod,
    Thumbprint,
)
from insurance.domain.partner.partner import (
    DeveloperStep,
    DeveloperSubject,
    PartnerCode,
    TeamRole,
    TradeName,
)
from insurance.operations.partners.change_developers import TeamChange


def _without_number(name: str) -> str:
    """A name stands in clear wherever its partner does: it takes no telephone, account or identity number.

    Raises:
        PydanticCustomError: It has more digits than the name of a firm.
    """
    if sum(character in digits for character in name) > DIGITS_MAX:
        detail = f"Give the name of a firm, a team or an application: at most {DIGITS_MAX} digits."
        raise PydanticCustomError("wrong_form", detail)
    return name


def _for_partners(scopes: list[Scope]) -> list[Scope]:
    """Scopes that a partner's application may have.

    Raises:
        ValueError: One is for staff.
    """
    others = sorted(set(scopes) - PARTNER_SCOPES)
    if others:
        raise ValueError(f"not for partners: {', '.join(others)}")
    return scopes


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
    per_month: Annotated[int, Field(ge=1, le=PER_MONTH_MAX)] | None = None
    """Calls of a month; absent: as the plan has it."""
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
        return _for_partners(scopes)

    def application(self) -> ApplicationInput:
        proof = self.proof
        return ApplicationInput(
            **self.model_dump(
                include={"code", "name", "team", "plan", "per_month", "is_portal", "reason"}
            ),
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
    about: Literal["application", "change"] = "application"
    reason: Code


class WithdrawalRequest(Request):
    """Which of two secrets is to end."""

    secret: Secret = Secret.OLDER


class DeveloperRequest(Request):
    """Who is to join the partner's team, to leave it, or to be something else in it."""

    step: DeveloperStep
    subject: DeveloperSubject
    role: TeamRole | None = None
    """Absent: a developer."""

    def change(self) -> TeamChange:
        """What is to become of the person.

        Raises:
            InvalidFields: Their role is to change, and nobody says to which; or they leave, and a role is named.
        """
        if self.step is DeveloperStep.REMOVE and self.role is not None:
            gone = "Who leaves the team has no role in it."
            raise InvalidFields([FieldFault("/role", "not-asked", gone)])
        if self.step is DeveloperStep.CHANGE_ROLE and self.role is None:
            raise InvalidFields(
                [FieldFault("/role", "required", "Say which role they are to have.")]
            )
        return TeamChange(self.step, self.subject, self.role or TeamRole.DEVELOPER)


class ChangeRequest(Request):
    """What an active application is to have: its plan, its API products and its scopes, whole."""

    plan: PartnerPlan
    per_month: Annotated[int, Field(ge=1, le=PER_MONTH_MAX)] | None = None
    products: Annotated[list[ApiProduct], Field(min_length=1, max_length=len(ApiProduct))]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(PARTNER_SCOPES))]

    @field_validator("scopes")
    @classmethod
    def _for_partners(cls, scopes: list[Scope]) -> list[Scope]:
        return _for_partners(scopes)

    def change(self, reason: str) -> ApplicationChange:
        return ApplicationChange(
            plan=self.plan,
            per_month=self.per_month,
            products=tuple(sorted(set(self.products))),
            scopes=tuple(sorted(set(self.scopes))),
            reason=reason,
        )


class StepRequest(Request):
    """What is to become of the application, and why."""

    step: Literal["suspend", "resume", "cancel", "change"]
    to: Annotated[ChangeRequest | None, Field(validate_default=True)] = None
    reason: Code

    @field_validator("to")
    @classmethod
    def _with_a_change(cls, to: ChangeRequest | None, info: ValidationInfo) -> ChangeRequest | None:
        if info.data.get("step") == "change" and to is None:
            raise PydanticCustomError("required", "Say what the application is to have.")
        if info.data.get("step") != "change" and to is not None:
            raise PydanticCustomError("wrong_form", "It goes with the step `change`.")
        return to

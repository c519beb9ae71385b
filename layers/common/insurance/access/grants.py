"""Grants: who the caller is, and the policy that the gateway stores and applies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from insurance.access.binding import Binding, NotBound, binding_of, must_be_bound
from insurance.access.issuers import Issuer
from insurance.access.notices import SunsetNotice, notices_of, written
from insurance.access.people import person_id
from insurance.access.tokens import is_name
from insurance.api_products import API_PRODUCTS, READ_ONLY_PATHS

type Json = dict[str, Any]

# The API's methods by name. A wildcard for the method also matches slashes: `*/v1/quotes/*` would
# allow `GET/v1/claims/x/v1/quotes/y`.
METHODS = ("GET", "POST")
READING = ("GET",)
SCOPE_PREFIX = "coverwright/"  # the resource server's, on the wire only
MODE_GROUPS = frozenset({"live", "test"})
"""A member of staff is in exactly one of them."""
DEVELOPERS = "developers"
"""What people of a partner's team are counted as, together: no log names one of them for it."""
STAFF_PLAN = "internal"
PEOPLES_SCOPES = frozenset(
    {
        *("policies:read", "claims:read", "claims:write", "complaints:read", "complaints:write"),
        "parties:write",
    }
)
"""The most that a policyholder may do, whatever scopes the portal has."""
DEVELOPERS_PATHS = (
    *("/v1/partners", "/v1/applications", "/v1/api-products", "/v1/products", "/v1/quotes"),
    *("/v1/usage", "/v1/webhooks"),
)
"""What the developer portal calls."""
DEVELOPERS_SCOPES: Mapping[str, frozenset[str]] = {
    "live": frozenset(
        {"partners:read", "products:read", "usage:read", "webhooks:read", "webhooks:write"}
    ),
    "test": frozenset(
        {
            *("partners:read", "products:read", "webhooks:read", "webhooks:write"),
            *("quotes:read", "quotes:write", "usage:read"),
        }
    ),
}
"""The most that a person of a partner's team may do, by mode: they try quotes in test mode alone."""

ADMINISTRATORS_SCOPES = frozenset({"partners:write"})
"""What an administrator of the team may do beside: handlers open to developers say who is in it."""
VIEWERS_SCOPES = frozenset({"partners:read", "products:read", "usage:read"})
"""The most that a viewer of bills may do."""

type Kind = Literal["application", "staff", "policyholder", "developer"]
type Mode = Literal["live", "test"]


class CallerDenied(Exception):
    """The token is valid, but its owner may not call. `principal` is the application, if known."""

    def __init__(self, reason: str, *, application: Application | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.principal = application.id if application else "unknown"
        self.application = application


@dataclass(frozen=True, slots=True)
class Application:
    """A partner's registered application, with its active subscriptions."""

    id: str
    partner: str
    is_active: bool
    mode: Mode
    plan: str
    products: frozenset[str]
    scopes: frozenset[str]
    issuer: str | None  # who signs its tokens; None: our own issuer
    is_portal: bool = False  # policyholders sign in through it
    is_developer: bool = False  # no application: a person of the partner's team
    role: str = "developer"  # in that team
    binding: Binding | None = None  # what the sender of its tokens must prove
    per_month: int | None = None  # calls of a month; None: as its plan has it
    is_keyed_by_plan: bool = False  # its usage key is of its plan too

    @property
    def key_plan(self) -> str:
        """The plan that its usage key is of; empty: of none."""
        return self.plan if self.is_keyed_by_plan else ""


@dataclass(frozen=True, slots=True)
class AdmittedCaller:
    principal: str
    kind: Kind
    partner: str
    roles: frozenset[str]
    scopes: frozenset[str]
    plan: str
    mode: Mode
    products: frozenset[str]
    signed_in_at: str = ""  # of staff: the claim `auth_time`
    parties: frozenset[str] = frozenset()  # a policyholder's own
    counted_as: str = ""  # whose usage key; empty: the principal's own
    binding: Binding | None = None
    per_month: int | None = None  # an application's own figure
    key_plan: str = ""  # the plan that the usage key is of; empty: of none

    def context(self) -> dict[str, str]:
        """What functions learn about the caller: flat text, the only type that the gateway passes on."""
        context = {
            "principal": self.principal,
            "kind": self.kind,
            "partner": self.partner,
            "roles": " ".join(sorted(self.roles)),
            "scopes": " ".join(sorted(self.scopes)),
            "plan": self.plan,
            "mode": self.mode,
            "parties": " ".join(sorted(self.parties)),
        }
        if self.kind != "staff":
            context["application"] = (
                DEVELOPERS if self.kind == "developer" else self.counted_as or self.principal
            )
        if self.signed_in_at:
            context["auth_time"] = self.signed_in_at
        if self.per_month is not None:
            context["per_month"] = str(self.per_month)
        return context | (self.binding.context() if self.binding else {})


def staff_of(claims: Json, *, issuer: Issuer) -> AdmittedCaller | None:
    """The member of staff whose token it is. Only groups of our own issuer count.

    Returns None for a token without groups: it belongs to an application.

    Raises:
        CallerDenied: The groups are malformed, or none of them is a role.
    """
    groups = claims.get("cognito:groups")
    if not groups or not issuer.is_own:
        return None
    subject = str(claims["sub"])
    if not isinstance(groups, list) or not all(is_name(group) for group in groups):
        raise CallerDenied("unreadable_groups")
    roles, modes = frozenset(groups) - MODE_GROUPS, MODE_GROUPS.intersection(groups)
    if not roles:
        raise CallerDenied("no_role")
    if len(modes) != 1:
        raise CallerDenied("no_mode")
    [mode] = modes
    return AdmittedCaller(
        principal=subject,
        kind="staff",
        partner="",
        roles=roles,
        scopes=_scopes(claims),
        plan=STAFF_PLAN,
        mode="live" if mode == "live" else "test",
        products=frozenset(API_PRODUCTS),
        signed_in_at=str(claims.get("auth_time", "")),
    )


def client_of(claims: Json) -> str:
    """The client that the token was issued to.

    Raises:
        CallerDenied: The token names none.
    """
    client_id = claims.get("client_id")
    if not isinstance(client_id, str) or not is_name(client_id):
        raise CallerDenied("not_an_application")
    return client_id


def application_caller(
    claims: Json,
    *,
    issuer: Issuer,
    application: Application | None,
    parties_of: Callable[[str], frozenset[str]],
) -> AdmittedCaller:
    """The application, or the policyholder who signed in through it, with their scopes.

    The scopes are those of both the token and the registration. By RFC 9068 §2.2 the subject of an
    application's own token is the client. Any other subject is a person, who is a policyholder if
    the application is a portal.

    Raises:
        CallerDenied: The application is unknown, inactive, without subscriptions or not bound as it
            must be, or the person has no access.
    """
    if application is None or application.is_developer:
        raise CallerDenied("unknown_application")
    vouched = issuer.is_own if application.issuer is None else application.issuer == issuer.url
    if not vouched:
        raise CallerDenied("unknown_application")
    if not application.is_active:
        raise CallerDenied("inactive_application", application=application)
    products = application.products & API_PRODUCTS.keys()
    if not products:
        raise CallerDenied("no_subscription", application=application)
    scopes = _scopes(claims) & application.scopes
    binding = _binding(claims, application, products, scopes)
    if claims["sub"] != client_of(claims):
        person = _policyholder(claims, issuer, application, products, parties_of)
        return replace(person, binding=binding)
    return AdmittedCaller(
        principal=application.id,
        kind="application",
        partner=application.partner,
        roles=frozenset(),
        scopes=scopes,
        plan=application.plan,
        mode=application.mode,
        products=products,
        binding=binding,
        per_month=application.per_month,
        key_plan=application.key_plan,
    )


def developer_of(claims: Json, row: Application | None) -> AdmittedCaller:
    """The person of a partner's team, whom a token of our own issuer names by this row's id.

    Raises:
        CallerDenied: They are of no team, or of none any more.
    """
    if row is None or not row.is_developer:
        raise CallerDenied("unknown_application")
    if not row.is_active:
        raise CallerDenied("inactive_developer", application=row)
    return AdmittedCaller(
        principal=row.id,
        kind="developer",
        partner=row.partner,
        roles=frozenset(),
        scopes=_scopes(claims) & team_scopes(row.mode, row.role),
        plan=row.plan,
        mode=row.mode,
        products=frozenset(),
    )


def team_scopes(mode: Mode, role: str) -> frozenset[str]:
    """The most that a person of a partner's team may do."""
    scopes = DEVELOPERS_SCOPES[mode]
    if role == "administrator":
        return scopes | ADMINISTRATORS_SCOPES
    return scopes & VIEWERS_SCOPES if role == "billing_viewer" else scopes


def _binding(
    claims: Json, application: Application, products: frozenset[str], scopes: frozenset[str]
) -> Binding | None:
    try:
        binding = binding_of(claims, application.binding)
    except NotBound as refused:
        raise CallerDenied(refused.reason, application=application) from None
    if binding is None and must_be_bound(application.mode, products, scopes):
        raise CallerDenied("not_bound", application=application)
    return binding


def _policyholder(
    claims: Json,
    issuer: Issuer,
    portal: Application,
    products: frozenset[str],
    parties_of: Callable[[str], frozenset[str]],
) -> AdmittedCaller:
    if not portal.is_portal:
        raise CallerDenied("not_an_application", application=portal)
    subject = str(claims["sub"])
    principal = person_id(portal.mode, partner=portal.partner, issuer=issuer.url, subject=subject)
    parties = parties_of(principal)
    if not parties:
        raise CallerDenied("no_access", application=portal)
    return AdmittedCaller(
        principal=principal,
        kind="policyholder",
        partner=portal.partner,
        roles=frozenset(),
        scopes=_scopes(claims) & portal.scopes & PEOPLES_SCOPES,
        plan=portal.plan,
        mode=portal.mode,
        products=products,
        parties=parties,
        counted_as=portal.id,
        key_plan=portal.key_plan,
    )


def application_in(item: Mapping[str, Any]) -> Application:
    """A row of the table of applications, or of people of a partner's team."""
    developer_of = item.get("developer_of", {}).get("S")
    return Application(
        id=item["application"]["S"],
        partner=developer_of or item["partner"]["S"],
        is_active=item["status"]["S"] == "active",
        # Anything that is not marked live is test.
        mode="live" if item["mode"]["S"] == "live" else "test",
        plan=item["plan"]["S"],
        products=frozenset(item.get("products", {}).get("SS", ())),
        scopes=frozenset(item.get("scopes", {}).get("SS", ())),
        issuer=item.get("issuer", {}).get("S"),
        is_portal=item.get("portal", {}).get("BOOL") is True,
        is_developer=developer_of is not None,
        role=item.get("role", {}).get("S", "developer"),
        binding=_registered_binding(item),
        per_month=int(item["per_month"]["N"]) if "per_month" in item else None,
        is_keyed_by_plan=item.get("keyed", {}).get("BOOL") is True,
    )


def _registered_binding(item: Mapping[str, Any]) -> Binding | None:
    """What the row says that the sender of its tokens must prove."""
    if "binding" not in item:
        return None
    thumbprints = item.get("thumbprints", {}).get("SS", ())
    return Binding(item["binding"]["S"], frozenset(thumbprints))


def allowing(
    caller: AdmittedCaller, *, method_arn: str, usage_key: str, notices: Mapping[str, SunsetNotice]
) -> Json:
    """A policy that allows every path of the caller's API products, and to developers and staff the portal's.

    It is not limited to the method of this call: the gateway caches the policy by token and applies
    it to every later call.
    """
    stage = _stage_of(method_arn)
    paths = {path for product in caller.products for path in API_PRODUCTS[product].paths}
    if caller.kind in {"developer", "staff"}:
        paths.update(DEVELOPERS_PATHS)
    prefixes = sorted(paths)
    resources = [
        f"{stage}/{method}{path}{rest}"
        for path in prefixes
        for method in (READING if path in READ_ONLY_PATHS else METHODS)
        for rest in ("", "/*")
    ]
    return {
        "principalId": caller.principal,
        "policyDocument": _policy("Allow", resources),
        "context": caller.context() | written(notices_of(caller.products, notices)),
        "usageIdentifierKey": usage_key,
    }


def denying(denied: CallerDenied, *, method_arn: str) -> Json:
    """A policy that denies the whole stage; the gateway caches it too, and its access log names whom it denies."""
    policy: Json = {
        "principalId": denied.principal,
        "policyDocument": _policy("Deny", [f"{_stage_of(method_arn)}/*"]),
    }
    if (row := denied.application) is not None:
        counted = DEVELOPERS if row.is_developer else row.id
        policy["context"] = {"application": counted, "partner": row.partner, "mode": row.mode}
    return policy


def _scopes(claims: Json) -> frozenset[str]:
    granted = claims.get("scope", "")
    words: Iterable[str] = granted.split() if isinstance(granted, str) else ()
    return frozenset(
        word.removeprefix(SCOPE_PREFIX)
        for word in words
        if word.startswith(SCOPE_PREFIX) and is_name(word)
    )


def _policy(effect: Literal["Allow", "Deny"], resources: Collection[str]) -> Json:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": list(resources)}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _stage_of(method_arn: str) -> str:
    """`arn:…:api/stage` of `arn:…:api/stage/METHOD/path`."""
    api, stage, *rest = method_arn.split("/", 3)
    if not rest or "*" in api + stage or "?" in api + stage:
        raise ValueError("not the ARN of a method")
    return f"{api}/{stage}"

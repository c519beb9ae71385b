"""Authorizer: who calls, for which partner, on which plan.

It runs before every other function, and its cold start adds to theirs. So it uses neither wiring,
Powertools nor pydantic.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import urllib3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from insurance import snapshot
from insurance.access.binding import DPOP
from insurance.access.grants import (
    AdmittedCaller,
    Application,
    CallerDenied,
    allowing,
    application_caller,
    application_in,
    client_of,
    denying,
    developer_of,
    staff_of,
)
from insurance.access.issuers import Issuer, UnsafeAddress, trusted_issuers
from insurance.access.keys import (
    STALE_SECONDS,
    IssuerKeys,
    Jwk,
    KeysUnavailable,
    PublishedKeys,
    usable_keys,
)
from insurance.access.notices import RecentNotices, SunsetNotice, notice_id, notices_in
from insurance.access.people import developer_id
from insurance.access.tokens import SignedToken, TokenRefused, check_claims, read_token
from insurance.access.usage_key import usage_key
from insurance.api_products import API_PRODUCTS
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

MAX_DOCUMENT_BYTES = 65_536
SCHEMA_VERSION = 1


class Unauthorized(Exception):
    """The gateway recognises this exception by its message, and answers 401."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


@dataclass(frozen=True)
class Authorizer:
    """Admits, denies or refuses a call. Any other failure is raised, and the call is not admitted."""

    issuers: Mapping[str, Issuer]
    audience: str
    keys: IssuerKeys
    registered: Callable[[str], Application | None]
    parties_of: Callable[[str], frozenset[str]]
    secret: Callable[[], bytes]
    staff_key: Callable[[], str]
    """The one key of the internal plan, by which all staff are counted."""
    notices: RecentNotices
    """Which API products end when."""
    clock: Callable[[], float] = time.time

    def answer(self, event: Json) -> Json:
        """The policy for the gateway.

        Raises:
            Unauthorized: There is no valid token.
            KeysUnavailable: The issuer's keys are not available.
        """
        request_id = event.get("requestContext", {}).get("requestId", "")
        try:
            scheme, compact = presented_token(event)
            token = self._verified(compact)
        except TokenRefused as refused:
            note("Refused", reason=refused.reason, request_id=request_id)
            raise Unauthorized from None  # a chained error could quote the token
        except KeysUnavailable:
            note("Failed", reason="keys_unavailable", request_id=request_id)
            raise
        try:
            caller = self._recognised(token)
        except CallerDenied as denied:
            note("Denied", reason=denied.reason, who=denied.principal, request_id=request_id)
            return denying(denied, method_arn=event["methodArn"])
        if scheme == DPOP and (caller.binding is None or caller.binding.method != DPOP):
            note("Refused", reason="not_bound_to_a_key", request_id=request_id)
            raise Unauthorized  # it is no DPoP token: RFC 9449 §7.1
        key = (
            self.staff_key()
            if caller.kind == "staff"
            else usage_key(self.secret(), caller.counted_as or caller.principal, caller.key_plan)
        )
        who = caller.principal if caller.kind == "application" else ""  # a person stays unnamed
        note("Admitted", reason=caller.kind, who=who, request_id=request_id)
        ends = self.notices.of(caller.mode)
        return allowing(caller, method_arn=event["methodArn"], usage_key=key, notices=ends)

    def _verified(self, compact: str) -> SignedToken:
        token = read_token(compact, self.issuers)
        key = self.keys.find(token.issuer, algorithm=token.algorithm, key_id=token.key_id)
        check_signature(token, key)
        now = int(self.clock())
        check_claims(token.claims, issuer=token.issuer, audience=self.audience, now=now)
        return token

    def _recognised(self, token: SignedToken) -> AdmittedCaller:
        staff = staff_of(token.claims, issuer=token.issuer)
        if staff is not None:
            return staff
        client, subject = client_of(token.claims), str(token.claims["sub"])
        application = self.registered(client)
        if application is None and token.issuer.is_own and subject != client:
            return developer_of(token.claims, self.registered(developer_id(subject)))
        return application_caller(
            token.claims,
            issuer=token.issuer,
            application=application,
            parties_of=self.parties_of,
        )


def presented_token(event: Json) -> tuple[str, str]:
    """The scheme of the Authorization header in lower case, `bearer` or `dpop`, and the token.

    Raises:
        TokenRefused: There is no such header, more than one, or no token in it.
    """
    headers = event.get("multiValueHeaders") or {
        name: [value] for name, value in (event.get("headers") or {}).items()
    }
    sent = [value for name in headers if name.lower() == "authorization" for value in headers[name]]
    if len(sent) != 1:
        raise TokenRefused("no_token")
    scheme, _, token = str(sent[0]).partition(" ")
    if scheme.lower() not in {"bearer", DPOP}:
        raise TokenRefused("no_token")
    return scheme.lower(), token


def check_signature(token: SignedToken, key: Jwk) -> None:
    """Check the signature with the key that the issuer published for this algorithm.

    Raises:
        TokenRefused: The signature does not match.
    """
    try:
        public = (RSAKey if key["kty"] == "RSA" else ECKey).import_key({**key})
        jws.deserialize_compact(token.compact, public, algorithms=[token.algorithm])
    except (JoseError, ValueError):
        raise TokenRefused("bad_signature") from None


def fetch_keys(issuer: Issuer) -> object:
    """The issuer's JWK set, found by its OpenID configuration.

    Raises:
        KeysUnavailable: The issuer does not answer, or its configuration is not its own.
    """
    try:
        configuration = _fetch(issuer.checked_keys_url(issuer.discovery_url))
        if not isinstance(configuration, dict) or configuration.get("issuer") != issuer.url:
            raise KeysUnavailable(f"{issuer.url} does not describe itself")
        return _fetch(issuer.checked_keys_url(str(configuration.get("jwks_uri"))))
    except UnsafeAddress as error:
        raise KeysUnavailable(str(error)) from error


def _fetch(url: str) -> object:
    try:
        response = _http().request("GET", url, preload_content=False, redirect=False, retries=False)
        try:
            body = response.read(MAX_DOCUMENT_BYTES + 1)
        finally:
            response.close()
        if response.status != 200 or len(body) > MAX_DOCUMENT_BYTES:  # noqa: PLR2004 (HTTP's own)
            raise KeysUnavailable(f"{url} answered {response.status} with {len(body)} bytes")
        return json.loads(body)
    except (urllib3.exceptions.HTTPError, ValueError, RecursionError) as error:
        raise KeysUnavailable(f"{url} cannot be read: {type(error).__name__}") from error


@dataclass(frozen=True)
class KeyTable:
    """A shelf in DynamoDB: a new process need not ask the issuer, and works while it is down."""

    client: DynamoDBClient
    table: str

    def read(self, issuer: Issuer) -> PublishedKeys | None:
        try:
            item = self.client.get_item(TableName=self.table, Key={"id": {"S": issuer.url}})["Item"]
            document = json.loads(item["document"]["S"])
            return PublishedKeys(usable_keys(document), int(item["fetched_at"]["N"]))
        except KeyError:
            return None
        except (BotoCoreError, ClientError, KeysUnavailable, ValueError) as error:
            note("ShelfFailed", reason=type(error).__name__)
            return None

    def write(self, issuer: Issuer, keys: PublishedKeys) -> None:
        try:
            self.client.put_item(
                TableName=self.table,
                Item={
                    "id": {"S": issuer.url},
                    "schema": {"N": str(SCHEMA_VERSION)},
                    "document": {"S": json.dumps({"keys": list(keys.by_name.values())})},
                    "fetched_at": {"N": str(keys.fetched_at)},
                    "expires_at": {"N": str(keys.fetched_at + STALE_SECONDS)},
                },
                ConditionExpression="attribute_not_exists(id) OR fetched_at < :fetched_at",
                ExpressionAttributeValues={":fetched_at": {"N": str(keys.fetched_at)}},
            )
        except (BotoCoreError, ClientError) as error:
            if not _was_beaten(error):
                note("ShelfFailed", reason=type(error).__name__)


def _was_beaten(error: Exception) -> bool:
    """Whether another process has stored keys that are as young."""
    return (
        isinstance(error, ClientError)
        and error.response["Error"]["Code"] == "ConditionalCheckFailedException"
    )


@dataclass(frozen=True)
class ApplicationTable:
    """Partners' applications by client id, read consistently, so that a suspension works at once."""

    client: DynamoDBClient
    table: str

    def get(self, client_id: str) -> Application | None:
        answer = self.client.get_item(
            TableName=self.table, Key={"id": {"S": client_id}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return None if item is None else application_in(item)

    def notices(self, mode: str) -> dict[str, SunsetNotice] | None:
        """Which API products end when; None: nobody can say now."""
        keys = [{"id": {"S": notice_id(mode, product)}} for product in API_PRODUCTS]
        try:
            answer = self.client.batch_get_item(RequestItems={self.table: {"Keys": keys}})
        except (BotoCoreError, ClientError) as error:
            note("NoticesFailed", reason=type(error).__name__)
            return None
        return notices_in(answer["Responses"].get(self.table, ()))


@dataclass(frozen=True)
class AccessTable:
    """The parties that a person has access to, read consistently; only persons are looked up."""

    client: DynamoDBClient
    table: str

    def get(self, person: str) -> frozenset[str]:
        answer = self.client.get_item(
            TableName=self.table, Key={"id": {"S": person}}, ConsistentRead=True
        )
        return frozenset(answer.get("Item", {}).get("parties", {}).get("SS", ()))


def note(outcome: str, *, reason: str, who: str = "", request_id: str = "") -> None:
    """Write one line for each decision: log entry and metric (EMF) in one, without token or person."""
    milliseconds = int(time.time() * 1000)
    metric = {
        "Namespace": os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Coverwright"),
        "Dimensions": [["service"]],
        "Metrics": [{"Name": outcome, "Unit": "Count"}],
    }
    line = {
        "level": "ERROR" if outcome.endswith("Failed") else "INFO",
        "message": outcome.lower(),
        "service": os.environ.get("POWERTOOLS_SERVICE_NAME", "authorizer"),
        "reason": reason,
        "application": who,
        "api_request_id": request_id,
        "_aws": {"Timestamp": milliseconds, "CloudWatchMetrics": [metric]},
        outcome: 1,
    }
    print(json.dumps(line), flush=True)  # noqa: T201 (what is printed is what CloudWatch reads)


@cache
def _http() -> urllib3.PoolManager:
    return urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=1, read=2),
        headers={"Accept": "application/json"},
    )


@cache
def _client(service: str) -> Any:
    config = Config(
        connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload] # a name, not a literal


@cache
def _secret(name: str) -> str:
    secret = _client("secretsmanager").get_secret_value(SecretId=_setting(name))
    return str(secret["SecretString"])


def _setting(name: str) -> str:
    """A setting that must not be empty: an empty audience or issuer would admit strangers.

    Raises:
        ValueError: It is empty.
    """
    value = os.environ[name].strip()
    if not value:
        raise ValueError(f"{name} is empty")
    return value


@cache
def authorizer() -> Authorizer:
    tables: DynamoDBClient = _client("dynamodb")
    shelf = KeyTable(tables, _setting("JWKS_TABLE"))
    applications = ApplicationTable(tables, _setting("APPLICATIONS_TABLE"))
    return Authorizer(
        issuers=trusted_issuers(_setting("TRUSTED_ISSUERS")),
        audience=_setting("AUDIENCE"),
        keys=IssuerKeys(fetch=fetch_keys, shelf=shelf, clock=time.time),
        registered=applications.get,
        parties_of=AccessTable(tables, _setting("ACCESS_TABLE")).get,
        secret=lambda: _secret("USAGE_KEY_SECRET").encode(),
        staff_key=lambda: _secret("STAFF_USAGE_KEY_SECRET"),
        notices=RecentNotices(applications.notices, time.time),
    )


def handler(event: Json, _context: object) -> Json:
    return authorizer().answer(event)


def prepare() -> None:
    """Make what every call needs, before Lambda takes a snapshot. No secret and no key is asked for."""
    authorizer()
    _client("secretsmanager")
    _http()


def renew() -> None:
    """Close the connections of a copy of a snapshot, and forget what another process has read."""
    for service in ("dynamodb", "secretsmanager"):
        _client(service).close()
    _http().clear()
    _secret.cache_clear()
    random.seed()  # botocore's pauses


snapshot.around(prepare, renew)

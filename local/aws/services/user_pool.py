"""The clients of a Cognito user pool, with their secrets, as far as the stack makes them."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

from local.aws.rights import Call
from local.aws.services.errors import ServiceError
from local.aws.template import Template

type Json = dict[str, Any]

TARGET = "AWSCognitoIdentityProviderService"
SECRETS_MAX = 2
PAGE_MAX = 60
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SECRET_LETTERS = _LETTERS + _LETTERS.upper().lstrip("0123456789")


class PoolClient(NamedTuple):
    """A client as the token endpoint knows it."""

    id: str
    name: str
    scopes: tuple[str, ...]
    """With the resource server's name in front."""
    secrets: tuple[str, ...]


class UserPoolClients:
    """CreateUserPoolClient, UpdateUserPoolClient, ListUserPoolClients, DeleteUserPoolClient, and the same of their secrets."""

    def __init__(
        self,
        store: sqlite3.Connection,
        pools: Mapping[str, str],
    ) -> None:
        """`pools` are the ARNs of the pools by id."""
        self._store = store
        self._pools = dict(pools)
        self._known: dict[str, str] = {}

    @classmethod
    def of(cls, template: Template, store: sqlite3.Connection) -> Self:
        """Those of the template's pools."""
        pools = {
            template.ref(pool.logical_id): pool.arn
            for pool in template.of_type("AWS::Cognito::UserPool")
        }
        return cls(store, pools)

    def call(self, name: str, client_id: str) -> None:
        """The id of the client of this name, once it is made: Cognito makes ids up, but the samples are called
        by theirs on every machine."""
        self._known[name] = client_id

    def operations(self) -> dict[str, tuple[Callable[[Json], Json], Callable[[Json], list[Call]]]]:
        """What is served, by the target of a request, and what IAM is asked about each."""
        named: dict[str, Callable[[Json], Json]] = {
            "CreateUserPoolClient": self.create_user_pool_client,
            "ListUserPoolClients": self.list_user_pool_clients,
            "UpdateUserPoolClient": self.update_user_pool_client,
            "DeleteUserPoolClient": self.delete_user_pool_client,
            "AddUserPoolClientSecret": self.add_user_pool_client_secret,
            "ListUserPoolClientSecrets": self.list_user_pool_client_secrets,
            "DeleteUserPoolClientSecret": self.delete_user_pool_client_secret,
        }
        return {f"{TARGET}.{name}": (work, self._calls(name)) for name, work in named.items()}

    def client(self, client_id: str) -> PoolClient | None:
        """A client with its secrets: as the pool itself knows them, and nobody else."""
        row = self._store.execute(
            "SELECT id, name, scopes FROM pool_clients WHERE id = ?", (client_id,)
        ).fetchone()
        if row is None:
            return None
        return PoolClient(row[0], row[1], tuple(json.loads(row[2])), self._secrets(client_id))

    def create_user_pool_client(self, request: Json) -> Json:
        self._check_pool(request)
        name = request["ClientName"]
        client_id = self._known.get(name) or "".join(secrets.choice(_LETTERS) for _ in range(26))
        scopes = request.get("AllowedOAuthScopes", [])
        try:
            self._store.execute(
                "INSERT INTO pool_clients VALUES (?, ?, ?, ?, ?)",
                (client_id, request["UserPoolId"], name, json.dumps(scopes), time.time()),
            )
        except sqlite3.IntegrityError:
            raise ServiceError("InvalidParameterException", f"{client_id} is a client") from None
        made = {
            "UserPoolId": request["UserPoolId"],
            "ClientName": name,
            "ClientId": client_id,
            "AllowedOAuthScopes": scopes,
        }
        if request.get("GenerateSecret"):
            made["ClientSecret"] = self._add(client_id)["ClientSecretValue"]
        return {"UserPoolClient": made}

    def list_user_pool_clients(self, request: Json) -> Json:
        self._check_pool(request)
        limit = min(int(request.get("MaxResults", PAGE_MAX)), PAGE_MAX)
        rows = self._store.execute(
            "SELECT rowid, id, name FROM pool_clients WHERE pool = ? AND rowid > ? ORDER BY rowid LIMIT ?",
            (request["UserPoolId"], int(request.get("NextToken", 0)), limit),
        ).fetchall()
        listed: Json = {
            "UserPoolClients": [
                {"ClientId": id, "ClientName": name, "UserPoolId": request["UserPoolId"]}
                for _, id, name in rows
            ]
        }
        if len(rows) == limit:
            listed["NextToken"] = str(rows[-1][0])
        return listed

    def update_user_pool_client(self, request: Json) -> Json:
        self._check_client(request)
        scopes = request.get("AllowedOAuthScopes", [])  # what is not named goes, as in the pool
        client_id = request["ClientId"]
        self._store.execute(
            "UPDATE pool_clients SET scopes = ? WHERE id = ?", (json.dumps(scopes), client_id)
        )
        shown = {"UserPoolId": request["UserPoolId"], "ClientId": client_id}
        return {"UserPoolClient": shown | {"AllowedOAuthScopes": scopes}}

    def delete_user_pool_client(self, request: Json) -> Json:
        self._check_client(request)
        client_id = request["ClientId"]
        self._store.execute("DELETE FROM pool_client_secrets WHERE client = ?", (client_id,))
        self._store.execute("DELETE FROM pool_clients WHERE id = ?", (client_id,))
        return {}

    def add_user_pool_client_secret(self, request: Json) -> Json:
        self._check_client(request)
        if len(self._secrets(request["ClientId"])) >= SECRETS_MAX:
            raise ServiceError("LimitExceededException", "the client has two secrets")
        return {"ClientSecretDescriptor": self._add(request["ClientId"])}

    def list_user_pool_client_secrets(self, request: Json) -> Json:
        self._check_client(request)
        rows = self._store.execute(
            "SELECT id, created FROM pool_client_secrets WHERE client = ? ORDER BY rowid",
            (request["ClientId"],),
        ).fetchall()
        return {
            "ClientSecrets": [
                {"ClientSecretId": id, "ClientSecretCreateDate": created} for id, created in rows
            ]
        }

    def delete_user_pool_client_secret(self, request: Json) -> Json:
        self._check_client(request)
        named = (request["ClientId"], request["ClientSecretId"])
        found = self._store.execute(
            "SELECT 1 FROM pool_client_secrets WHERE client = ? AND id = ?", named
        ).fetchone()
        if found is None:
            raise ServiceError("ResourceNotFoundException", "the client has no such secret")
        if len(self._secrets(request["ClientId"])) == 1:
            raise ServiceError("InvalidParameterException", "a client's last secret stays")
        self._store.execute("DELETE FROM pool_client_secrets WHERE client = ? AND id = ?", named)
        return {}

    def _add(self, client_id: str) -> Json:
        made = {
            "ClientSecretId": f"{client_id}--{secrets.token_hex(8)}",
            "ClientSecretValue": "".join(secrets.choice(_SECRET_LETTERS) for _ in range(51)),
            "ClientSecretCreateDate": time.time(),
        }
        self._store.execute(
            "INSERT INTO pool_client_secrets VALUES (?, ?, ?, ?)", (client_id, *made.values())
        )
        return made

    def _secrets(self, client_id: str) -> tuple[str, ...]:
        rows = self._store.execute(
            "SELECT secret FROM pool_client_secrets WHERE client = ? ORDER BY rowid", (client_id,)
        )
        return tuple(secret for (secret,) in rows)

    def _calls(self, name: str) -> Callable[[Json], list[Call]]:
        def calls(request: Json) -> list[Call]:
            pool = self._pools.get(request.get("UserPoolId", ""), "")
            return [Call(f"cognito-idp:{name}", pool, {})]

        return calls

    def _check_pool(self, request: Json) -> None:
        if request.get("UserPoolId") not in self._pools:
            raise ServiceError("ResourceNotFoundException", "there is no such user pool")

    def _check_client(self, request: Json) -> None:
        self._check_pool(request)
        if self.client(request.get("ClientId", "")) is None:
            raise ServiceError("ResourceNotFoundException", "User pool client does not exist.")

"""Secrets Manager: values made once, as the template's GenerateSecretString asks, and kept."""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
import time
import uuid
from typing import Any

from local.aws.rights import Call
from local.aws.services.errors import ServiceError

type Json = dict[str, Any]


class SecretsManager:
    """GetSecretValue."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store

    def ensure_secret(self, arn: str, properties: Json) -> None:
        """Make a secret from an AWS::SecretsManager::Secret unless it is there already."""
        if self._row(arn) is None:
            self._store.execute(
                "INSERT INTO secrets VALUES (?, ?, ?, ?)",
                (arn, str(uuid.uuid4()), _generated(properties), time.time()),
            )

    def value(self, arn: str) -> str:
        return str(self.get_secret_value({"SecretId": arn})["SecretString"])

    def get_secret_value(self, request: Json) -> Json:
        row = self._row(request.get("SecretId", ""))
        if row is None:
            raise ServiceError(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret."
            )
        arn, version, value, created = row
        return {
            "ARN": arn,
            "Name": arn.rsplit(":", 1)[1],
            "VersionId": version,
            "VersionStages": ["AWSCURRENT"],
            "SecretString": value,
            "CreatedDate": created,
        }

    def calls(self, request: Json) -> list[Call]:
        """What IAM is asked about a request for a value."""
        return [Call("secretsmanager:GetSecretValue", request.get("SecretId", ""), {})]

    def _row(self, secret_id: str) -> tuple[str, str, str, float] | None:
        row: tuple[str, str, str, float] | None = self._store.execute(
            "SELECT arn, version, value, created FROM secrets"
            " WHERE arn = ?1 OR arn LIKE '%:secret:' || ?1",
            (secret_id,),
        ).fetchone()
        return row


def _generated(properties: Json) -> str:
    if "SecretString" in properties:
        return str(properties["SecretString"])
    wanted = properties.get("GenerateSecretString", {})
    alphabet = string.ascii_letters + string.digits
    if not wanted.get("ExcludePunctuation"):
        alphabet += string.punctuation
    alphabet = "".join(c for c in alphabet if c not in wanted.get("ExcludeCharacters", ""))
    value = "".join(secrets.choice(alphabet) for _ in range(int(wanted.get("PasswordLength", 32))))
    if "GenerateStringKey" in wanted:
        template = json.loads(wanted.get("SecretStringTemplate", "{}"))
        return json.dumps({**template, wanted["GenerateStringKey"]: value})
    return value

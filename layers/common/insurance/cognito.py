"""The clients of applications in the Cognito user pool."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from insurance.control_planes import one_call
from insurance.operations.partners.ports import IssuedSecret

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

POOL: Final = "The user pool"
RESOURCE_SERVER: Final = "coverwright/"
"""What stands before a scope in a token, and in what a client may ask for."""
PAGE: Final = 60
"""As many clients as the pool lists at once."""
TOKEN_MINUTES: Final = 15
GONE: Final = "ResourceNotFoundException"


class CognitoClients:
    """The port `Clients`. The client asks once: a call that is repeated unasked would make two of a thing."""

    def __init__(self, client: "CognitoIdentityProviderClient", pool: str) -> None:
        self._client = client
        self._pool = pool

    def find(self, name: str) -> str | None:
        more: dict[str, Any] = {}
        while True:
            with one_call(POOL):
                page = self._client.list_user_pool_clients(
                    UserPoolId=self._pool, MaxResults=PAGE, **more
                )
            for each in page["UserPoolClients"]:
                if each["ClientName"] == name:
                    return each["ClientId"]
            if "NextToken" not in page:
                return None
            more = {"NextToken": page["NextToken"]}

    def create(self, name: str, scopes: Sequence[str]) -> tuple[str, IssuedSecret]:
        with one_call(POOL):
            made = self._client.create_user_pool_client(
                UserPoolId=self._pool, ClientName=name, GenerateSecret=True, **_settings(scopes)
            )["UserPoolClient"]
        client_id = made["ClientId"]
        [secret_id] = self.secret_ids(client_id)
        return client_id, IssuedSecret(secret_id, made["ClientSecret"])

    def allow(self, client_id: str, scopes: Sequence[str]) -> None:
        with one_call(POOL):  # what is not named would be as for a client of people
            self._client.update_user_pool_client(
                UserPoolId=self._pool, ClientId=client_id, **_settings(scopes)
            )

    def secret_ids(self, client_id: str) -> Sequence[str]:
        with one_call(POOL):
            listed = self._client.list_user_pool_client_secrets(
                UserPoolId=self._pool, ClientId=client_id
            )["ClientSecrets"]
        listed.sort(key=lambda secret: secret["ClientSecretCreateDate"])
        return [secret["ClientSecretId"] for secret in listed]

    def add_secret(self, client_id: str) -> IssuedSecret:
        with one_call(POOL):
            made = self._client.add_user_pool_client_secret(
                UserPoolId=self._pool, ClientId=client_id
            )["ClientSecretDescriptor"]
        return IssuedSecret(made["ClientSecretId"], made["ClientSecretValue"])

    def remove_secret(self, client_id: str, secret_id: str) -> None:
        with one_call(POOL, unless=GONE):
            self._client.delete_user_pool_client_secret(
                UserPoolId=self._pool, ClientId=client_id, ClientSecretId=secret_id
            )

    def remove(self, client_id: str) -> None:
        with one_call(POOL, unless=GONE):
            self._client.delete_user_pool_client(UserPoolId=self._pool, ClientId=client_id)


def _settings(scopes: Sequence[str]) -> Any:
    return {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": [f"{RESOURCE_SERVER}{scope}" for scope in scopes],
        "SupportedIdentityProviders": ["COGNITO"],
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],  # named none, it gets people's
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": True,
        "TokenValidityUnits": {"AccessToken": "minutes"},
        "AccessTokenValidity": TOKEN_MINUTES,
    }

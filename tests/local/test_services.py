"""KMS, Secrets Manager, EventBridge, a user pool's clients and API Gateway's keys as our functions call them, held to
the same promises as moto. SQS has tests/local/test_queues.py."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from insurance.s3 import S3Objects
from moto import mock_aws

from tests.local.conftest import Running
from tests.support import loopback

type Clients = Callable[[str], Any]


def client(service: str, **options: str) -> Any:
    # A name that is no literal fits none of boto3-stubs' overloads.
    make: Any = boto3.client
    return make(
        service,
        region_name="eu-west-2",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        **options,
    )


@pytest.fixture(params=["local", "moto"])
def clients(request: pytest.FixtureRequest, running: Running) -> Iterator[Clients]:
    if request.param == "local":
        url = running.stack.services_url
        yield lambda service: client(service, endpoint_url=url)
        return
    with mock_aws():  # it answers clients that were made after moto was imported, as these are
        client("events").create_event_bus(Name="coverwright-local-events")
        client("secretsmanager").create_secret(
            Name="coverwright-local-UsageKeySecret", SecretString="s" * 64
        )
        client("apigateway").create_usage_plan(name="coverwright-local-bronze")
        yield client


@pytest.fixture
def kms(clients: Clients) -> Any:
    return clients("kms")


@pytest.fixture
def key(clients: Clients, running: Running, request: pytest.FixtureRequest) -> str:
    if "moto" in request.node.callspec.id:
        return str(clients("kms").create_key()["KeyMetadata"]["Arn"])
    return running.stack.template.resources["PersonalDataKey"].arn


CONTEXT = {"purpose": "party-key"}


def test_a_data_key_is_opened_with_its_context(kms: Any, key: str) -> None:
    made = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=CONTEXT)

    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)

    assert opened["Plaintext"] == made["Plaintext"]
    assert len(made["Plaintext"]) == 32
    assert opened["KeyId"] == made["KeyId"] == key


@pytest.mark.parametrize("context", [{}, {"purpose": "other"}])
def test_another_context_opens_nothing(kms: Any, key: str, context: dict[str, str]) -> None:
    made = kms.generate_data_key(KeyId=key, NumberOfBytes=32, EncryptionContext=CONTEXT)

    with pytest.raises(ClientError, match="InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context)


def test_what_was_changed_opens_nothing(kms: Any, key: str) -> None:
    blob = bytearray(kms.generate_data_key(KeyId=key, KeySpec="AES_256")["CiphertextBlob"])
    blob[-1] ^= 1

    with pytest.raises(ClientError, match="InvalidCiphertextException"):
        kms.decrypt(CiphertextBlob=bytes(blob))


def test_an_unknown_key_is_not_found(kms: Any) -> None:
    unknown = "arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-0000-0000-000000000000"

    with pytest.raises(ClientError, match="NotFoundException"):
        kms.generate_data_key(KeyId=unknown, KeySpec="AES_256")


@pytest.fixture
def signing_key(clients: Clients, running: Running, request: pytest.FixtureRequest) -> str:
    if "moto" in request.node.callspec.id:
        made = clients("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        return str(made["KeyMetadata"]["Arn"])
    return running.stack.template.resources["RootKey"].arn


def test_a_signature_is_checked_by_the_public_key(kms: Any, signing_key: str) -> None:
    asked = {"MessageType": "RAW", "SigningAlgorithm": "ECDSA_SHA_256"}
    signed = kms.sign(KeyId=signing_key, Message=b"a document", **asked)
    public = kms.get_public_key(KeyId=signing_key)

    assert signed["KeyId"] == signing_key
    assert public["KeyUsage"] == "SIGN_VERIFY"
    key = load_der_public_key(public["PublicKey"])
    assert isinstance(key, EllipticCurvePublicKey)
    key.verify(signed["Signature"], b"a document", ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(signed["Signature"], b"another document", ECDSA(SHA256()))
    assert kms.get_public_key(KeyId=signing_key)["PublicKey"] == public["PublicKey"]


def test_a_key_that_seals_signs_nothing(kms: Any, key: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidKeyUsage|ValidationException"):
        kms.sign(KeyId=key, Message=b"a document", SigningAlgorithm="ECDSA_SHA_256")


def test_a_key_signs_by_its_own_algorithm_alone(kms: Any, signing_key: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidKeyUsage|ValidationException"):
        kms.sign(KeyId=signing_key, Message=b"x", SigningAlgorithm="RSASSA_PSS_SHA_256")


@pytest.fixture
def locked(clients: Clients, running: Running, request: pytest.FixtureRequest) -> tuple[Any, str]:
    """A bucket with object lock, as the template has one for the roots."""
    if "moto" not in request.node.callspec.id:
        made: Any = boto3.client(
            "s3",
            endpoint_url=running.stack.services_url,
            region_name="eu-west-2",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
        return made, running.stack.template.resources["RootsBucket"].name
    s3 = clients("s3")
    where = {"LocationConstraint": "eu-west-2"}
    s3.create_bucket(
        Bucket="roots", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True
    )
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}
    s3.put_object_lock_configuration(
        Bucket="roots",
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": retention},
    )
    return s3, "roots"


def test_what_is_locked_stays_as_it_is(locked: tuple[Any, str]) -> None:
    s3, bucket = locked
    key = f"test/{uuid.uuid4()}"
    files = S3Objects(s3, bucket)

    assert files.put(key, b"a root", media_type="text/plain")
    assert not files.put(key, b"another", media_type="text/plain")
    [version] = s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])

    assert files.get(key) == b"a root"


def test_a_secret_is_read_again_and_again(clients: Clients) -> None:
    secrets = clients("secretsmanager")

    values = [
        secrets.get_secret_value(SecretId="coverwright-local-UsageKeySecret")["SecretString"]
        for _ in range(2)
    ]

    assert values[0] == values[1]
    assert len(values[0]) == 64


def test_an_unknown_secret_is_not_found(clients: Clients) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        clients("secretsmanager").get_secret_value(SecretId="unknown")


def entry(**changes: str) -> dict[str, str]:
    return {
        "Source": "coverwright",
        "DetailType": "claim.settled",
        "Detail": json.dumps({"facts": {}}),
        "EventBusName": "coverwright-local-events",
        **changes,
    }


def test_an_event_is_taken(clients: Clients) -> None:
    answer = clients("events").put_events(Entries=[entry(), entry()])

    assert answer["FailedEntryCount"] == 0
    assert len({each["EventId"] for each in answer["Entries"]}) == 2


def test_a_detail_that_is_no_json_fails_alone(clients: Clients) -> None:
    answer = clients("events").put_events(Entries=[entry(Detail="{"), entry()])

    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "MalformedDetail"
    assert "EventId" in answer["Entries"][1]


def test_more_than_ten_events_are_refused(clients: Clients) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        clients("events").put_events(Entries=[entry()] * 11)


@pytest.fixture
def pool(clients: Clients, running: Running, request: pytest.FixtureRequest) -> str:
    if "moto" in request.node.callspec.id:
        return str(clients("cognito-idp").create_user_pool(PoolName="staff")["UserPool"]["Id"])
    return str(running.stack.template.ref("StaffPool"))


def made(cognito: Any, pool: str, name: str) -> Any:
    return cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName=name,
        GenerateSecret=True,
        AllowedOAuthScopes=["coverwright/quotes:read"],
    )["UserPoolClient"]


def listed(cognito: Any, pool: str, **limit: int) -> dict[str, str]:
    """The name of each client by its id, read page by page."""
    names: dict[str, str] = {}
    asked: dict[str, Any] = {"UserPoolId": pool, **limit}
    while True:
        page = cognito.list_user_pool_clients(**asked)
        for each in page["UserPoolClients"]:
            assert each["ClientId"] not in names
            assert "ClientSecret" not in each
            names[each["ClientId"]] = each["ClientName"]
        if "NextToken" not in page:
            return names
        asked["NextToken"] = page["NextToken"]


def test_a_client_of_the_pool_is_made_with_a_secret_and_the_scopes_asked_for(
    clients: Clients, pool: str
) -> None:
    cognito = clients("cognito-idp")

    first, second = (made(cognito, pool, "app_test_1") for _ in range(2))

    assert first["ClientName"] == "app_test_1"
    assert first["AllowedOAuthScopes"] == ["coverwright/quotes:read"]
    assert first["ClientSecret"] != second["ClientSecret"]
    assert first["ClientId"] != second["ClientId"]


def test_clients_of_the_pool_are_listed_page_by_page(clients: Clients, pool: str) -> None:
    cognito = clients("cognito-idp")
    new = {made(cognito, pool, name)["ClientId"]: name for name in ("app_1", "app_2", "app_3")}

    everything = listed(cognito, pool, MaxResults=60)

    assert everything.items() >= new.items()
    assert listed(cognito, pool, MaxResults=2) == everything


def test_a_client_that_is_deleted_is_listed_no_more_and_not_found(
    clients: Clients, pool: str
) -> None:
    cognito = clients("cognito-idp")
    named = {"UserPoolId": pool, "ClientId": made(cognito, pool, "app_test_2")["ClientId"]}

    cognito.delete_user_pool_client(**named)

    assert named["ClientId"] not in listed(cognito, pool, MaxResults=60)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cognito.delete_user_pool_client(**named)


def test_a_pool_that_there_is_not_is_not_found(clients: Clients) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        clients("cognito-idp").list_user_pool_clients(UserPoolId="eu-west-2_none", MaxResults=1)


@pytest.fixture
def gateway(clients: Clients) -> Any:
    return clients("apigateway")


def value() -> str:
    return uuid.uuid4().hex


def test_a_key_has_the_value_it_is_made_with_and_is_found_by_how_its_name_begins(
    gateway: Any,
) -> None:
    name, asked = value(), value()

    key = gateway.create_api_key(name=f"{name}-1", value=asked, enabled=True)
    gateway.create_api_key(name=f"1-{name}", value=value(), enabled=True)

    assert (key["name"], key["value"], key["enabled"]) == (f"{name}-1", asked, True)
    [found] = gateway.get_api_keys(nameQuery=name)["items"]
    assert (found["id"], found["name"]) == (key["id"], f"{name}-1")
    assert "value" not in found


def test_a_value_is_of_one_key_alone(gateway: Any) -> None:
    asked = value()
    gateway.create_api_key(name="first", value=asked, enabled=True)

    with pytest.raises(ClientError, match="ConflictException"):
        gateway.create_api_key(name="second", value=asked, enabled=True)


def test_a_value_that_is_too_short_is_refused(gateway: Any) -> None:
    with pytest.raises(ClientError, match="BadRequestException"):
        gateway.create_api_key(name="short", value="x" * 19, enabled=True)


def test_a_key_is_put_into_a_usage_plan_that_is_known_by_its_name(gateway: Any) -> None:
    plans = {each["name"]: each["id"] for each in gateway.get_usage_plans(limit=500)["items"]}
    key = gateway.create_api_key(name="in-a-plan", value=value(), enabled=True)
    into = {"usagePlanId": plans["coverwright-local-bronze"], "keyType": "API_KEY"}

    tie = gateway.create_usage_plan_key(keyId=key["id"], **into)

    assert (tie["id"], tie["type"], tie["name"]) == (key["id"], "API_KEY", "in-a-plan")
    with pytest.raises(ClientError, match="NotFoundException"):
        gateway.create_usage_plan_key(keyId="nobody", **into)


def test_a_call_that_is_not_served_says_so(running: Running) -> None:
    sqs = client("sqs", endpoint_url=running.stack.services_url)

    with pytest.raises(ClientError, match="not served by the local stack"):
        sqs.list_queues()


@pytest.fixture
def functions(running: Running) -> Any:
    return client("lambda", endpoint_url=running.stack.services_url)


@pytest.mark.parametrize("called", ["EchoFunction", "coverwright-local-EchoFunction"])
def test_a_function_is_invoked_by_either_name_and_answers(functions: Any, called: str) -> None:
    answer = functions.invoke(FunctionName=called, Payload=b'{"asked": 1}')

    assert "FunctionError" not in answer
    assert json.loads(json.loads(answer["Payload"].read())["body"])["event"] == {"asked": 1}


def test_what_a_function_raises_is_its_error_and_no_other(functions: Any) -> None:
    answer = functions.invoke(
        FunctionName="EchoFunction", Payload=b'{"queryStringParameters": {"do": "raise"}}'
    )

    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorMessage"] == "as asked"


def test_a_function_that_there_is_not_is_not_found(functions: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        functions.invoke(FunctionName="NobodysFunction", Payload=b"{}")


def test_a_call_that_is_not_signed_reaches_no_function(running: Running) -> None:
    path = "/2015-03-31/functions/EchoFunction/invocations"

    assert loopback.post(running.stack.services_url + path, content=b"{}").status_code == 403

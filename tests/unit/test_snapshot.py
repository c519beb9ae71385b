"""What a function has ready in a snapshot, and what no two copies of it share."""

import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from insurance import clients, snapshot, wiring
from insurance.kms import KeyRing, Purpose


class FakeKms:
    """KMS, as far as a key ring asks it."""

    def __init__(self) -> None:
        self.asked = 0

    def generate_data_key(self, **_: Any) -> dict[str, bytes]:
        self.asked += 1
        return {"CiphertextBlob": b"wrapped %d" % self.asked, "Plaintext": bytes(32)}


class Client:
    closed = False

    def close(self) -> None:
        self.closed = True


class Session(NamedTuple):
    """botocore's session, as far as a client is made by it."""

    client: Client

    def create_client(self, _service: str, **_: Any) -> Client:
        return self.client


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], None]]:
    """What the runtime library was given."""
    import snapshot_restore_py  # noqa: PLC0415 - Lambda's own library: only this test wants it

    found: dict[str, Callable[[], None]] = {}
    for name in ("register_before_snapshot", "register_after_restore"):
        monkeypatch.setattr(
            snapshot_restore_py, name, lambda hook, name=name: found.update({name: hook})
        )
    return found


def test_hooks_are_registered_only_where_a_snapshot_is_taken(
    registered: dict[str, Callable[[], None]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
    snapshot.around(snapshot.prepare, snapshot.renew)
    assert not registered
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    snapshot.around(snapshot.prepare, snapshot.renew)
    assert registered == {
        "register_before_snapshot": snapshot.prepare,
        "register_after_restore": snapshot.renew,
    }


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is started to take a snapshot of it; nothing was made in it yet."""
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    monkeypatch.setattr(snapshot, "_before", [])
    monkeypatch.setattr(snapshot, "_after", [])


def test_where_no_snapshot_is_taken_nothing_is_kept_for_one(
    taken: None, monkeypatch: pytest.MonkeyPatch
):
    client = Client()
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
    snapshot.also(after=client.close)
    snapshot.renew()
    assert not client.closed


def test_a_copy_closes_its_connections(taken: None, monkeypatch: pytest.MonkeyPatch):
    client = Client()
    monkeypatch.setattr(clients, "session", lambda: Session(client))
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "quoting")
    assert clients.client("kms") is client
    snapshot.renew()
    assert client.closed


def test_copies_draw_different_random_numbers():
    drawn = []
    for _ in range(2):
        random.seed(4711)  # as one snapshot would hold it
        snapshot.renew()
        drawn.append(random.random())  # noqa: S311 - the numbers of botocore's pauses
    assert drawn[0] != drawn[1]


def test_a_copy_asks_for_data_keys_of_its_own(taken: None, monkeypatch: pytest.MonkeyPatch):
    kms = FakeKms()
    ring = KeyRing(kms, "key", Purpose.PARTY_KEYS)  # type: ignore[arg-type] # as far as it is asked
    ring.new()
    ring.new()
    assert kms.asked == 1
    wiring.keys.cache_clear()
    wiring.kms.cache_clear()
    monkeypatch.setattr(wiring, "client", lambda _service: kms)
    monkeypatch.setenv("PERSONAL_DATA_KEY", "key")
    wiring.keys().new()
    snapshot.renew()
    wiring.keys().new()
    assert kms.asked == 3
    wiring.keys.cache_clear()
    wiring.kms.cache_clear()


def test_the_rehearsal_of_a_client_sends_nothing_and_leaves_it_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "quoting")
    client: Any = clients.session().create_client(
        "dynamodb",
        region_name="eu-west-2",
        endpoint_url="http://127.0.0.1:9",  # nobody listens there
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    clients.rehearse(client)
    with pytest.raises(EndpointConnectionError):
        client.get_item(TableName="none", Key={})


def said_by(program: str) -> list[str]:
    found = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return found.stdout.split()


def test_every_model_is_made_before_the_snapshot():
    """In a process of its own: here are the models of all functions, which nobody needs at once."""
    program = """
from insurance import snapshot
from pydantic import BaseModel, ConfigDict

class Late(BaseModel):
    model_config = ConfigDict(defer_build=True)
    number: int

print(Late.__pydantic_complete__)
snapshot.prepare()
print(Late.__pydantic_complete__)
"""
    assert said_by(program) == ["False", "True"]


def test_what_functions_import_late_is_loaded_before_the_snapshot():
    program = """
import sys
import insurance.operations.quoting.quoted_party
from insurance import snapshot
late = "insurance.operations.quoting.named_party"
print(late in sys.modules)
snapshot.load_late_imports()
print(late in sys.modules)
"""
    assert said_by(program) == ["False", "True"]

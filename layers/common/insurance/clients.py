"""AWS clients: one session a process, each client made when it is first asked for."""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from insurance import snapshot
from insurance.config import MissingSetting, data_path, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.session import Session


def client(
    service: str, *, connect_timeout: float = 1, read_timeout: float = 2, attempts: int = 3
) -> Any:
    """A client that gives up in time: the gateway waits 29 s for everything together."""
    from botocore.config import Config

    made = session().create_client(
        service,
        config=Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            # The service validates its input, and composing a user agent for every call takes
            # botocore a tenth of a warm request's time.
            parameter_validation=False,
            signature_version="s3v4" if service == "s3" else None,  # links are signed as requests
            user_agent=f"coverwright {setting('POWERTOOLS_SERVICE_NAME')}",
        ),
    )
    snapshot.also(before=partial(rehearse, made), after=made.close)
    if service == "dynamodb" and not _goes_through_a_proxy(made):
        from insurance.calls.short_way import ShortWay

        way = ShortWay(made, session().get_credentials(), _trusted)
        way.listen(made, by_rules=_by_rules(session()))
        snapshot.also(after=way.close)
    return made


def _goes_through_a_proxy(client: Any) -> bool:
    from botocore.utils import get_environ_proxies

    return bool(get_environ_proxies(client.meta.endpoint_url))


def _trusted() -> Any:
    """The context of TLS that botocore makes, and whom it trusts."""
    from botocore.httpsession import create_urllib3_context, get_cert_path

    context = create_urllib3_context()
    context.load_verify_locations(get_cert_path(session().get_config_variable("ca_bundle") or True))
    context.check_hostname = True
    return context


REHEARSED: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "dynamodb": {
        "get_item": {"TableName": "none", "Key": {}},
        "batch_get_item": {"RequestItems": {"none": {"Keys": []}}},
        "query": {"TableName": "none"},
        "put_item": {"TableName": "none", "Item": {}},
        "update_item": {"TableName": "none", "Key": {}},
        "transact_write_items": {"TransactItems": []},
    },
    "kms": {"generate_data_key": {"KeyId": "none"}, "decrypt": {"CiphertextBlob": b""}},
}


class _NoBody:
    """An answer that says nothing, as urllib3 would give it."""

    def stream(self) -> Iterator[bytes]:
        yield b"{}"


def rehearse(client: Any) -> None:
    """Go through the calls that requests will make, as far as the network: the next ones find it worked out."""
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders

    def answer(request: Any, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, 200, HTTPHeaders(), _NoBody())

    client.meta.events.register("before-send", answer)
    for operation, request in REHEARSED.get(client.meta.service_model.service_name, {}).items():
        getattr(client, operation)(**request)
    client.meta.events.unregister("before-send", answer)
    import_module("encodings.idna")  # a connection's host is encoded by it


OWN_FAULTS: Final = frozenset(
    {"ValidationException", "TransactionCanceledException", "InvalidCiphertextException"}
)
"""Error codes by which AWS refuses what it was asked for, and always will."""


def is_outage(error: Exception) -> bool:
    """Whether AWS, the network or the deployment failed, and not what was asked for: it passes, or is
    mended, and the same call succeeds then."""
    from botocore.exceptions import BotoCoreError, ClientError

    from insurance.domain.core.errors import Unavailable

    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] not in OWN_FAULTS
    return isinstance(
        error,
        Unavailable | BotoCoreError | OSError | MemoryError | ImportError | MissingSetting,
    )


@cache
def session() -> Session:
    """botocore's own session: boto3's clients are these, and importing boto3 costs 15 ms more.

    It reads the layer's cut of botocore's data alone: listing the services that the runtime knows
    as well would cost a cold start 20 ms.
    """
    from botocore.session import Session

    from insurance.calls.data import Data

    made, cut = Session(), data_path()
    paths = [cut] if cut is not None else []
    loader = Data(_by_rules(made), paths, include_default_search_paths=cut is None)
    made.register_component("data_loader", loader)
    return made


def _by_rules(session: Session) -> bool:
    """Whether DynamoDB's endpoint is worked out by its rules for every call."""
    return bool(session.get_config_variable("use_fips_endpoint"))

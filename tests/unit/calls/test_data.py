"""botocore's data, as the clients read them: a client of DynamoDB knows its endpoint once and for all."""

from itertools import product
from typing import Any

import pytest
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session
from insurance.calls.data import Data

REGIONS = ("eu-west-2", "us-east-1", "us-gov-west-1", "cn-north-1")


class Sent(Exception):
    """What would have been sent, and where."""


def asked(loader: Loader, region: str, *, dualstack: bool, fips: bool = False) -> tuple[str, str]:
    """The address of a call, and for which region and service it is signed."""
    session = Session()
    session.register_component("data_loader", loader)
    session.set_credentials("AKID", "secret")
    config = Config(use_fips_endpoint=fips, use_dualstack_endpoint=dualstack)
    client: Any = session.create_client("dynamodb", region_name=region, config=config)

    def stop(request: Any, **_: Any) -> None:
        signed = request.headers["Authorization"].decode()
        raise Sent(request.url, signed.split("/aws4_request")[0].split("/", 2)[2])

    client.meta.events.register("before-send.dynamodb", stop)
    with pytest.raises(Sent) as sent:
        client.get_item(TableName="t", Key={"id": {"S": "a"}})
    url, scope = sent.value.args
    return url, scope


@pytest.mark.parametrize(("region", "dualstack"), list(product(REGIONS, (False, True))))
def test_tables_are_where_the_rules_say(region: str, dualstack: bool):
    once, by_rules = (
        asked(loader, region, dualstack=dualstack) for loader in (Data(False), Loader())
    )

    assert once == by_rules


def test_with_fips_the_rules_are_asked():
    found = asked(Data(True), "us-gov-west-1", fips=True, dualstack=False)

    assert found == asked(Loader(), "us-gov-west-1", fips=True, dualstack=False)


def test_others_keep_their_rules():
    data: Any = Data(False)
    for service in ("kms", "s3", "events", "secretsmanager"):
        assert data.load_service_model(service, "endpoint-rule-set-1")

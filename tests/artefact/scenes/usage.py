"""Scenes of usage. What was called depends on the time at which they are played; what is to be called some day does not."""

import base64
import gzip
import json
from collections.abc import Iterator

from insurance.domain.core.identity import Mode, application_id_for

from tests.artefact.scenes.common import HARBOUR, ONBOARDING, UNDERWRITER, Json, Scene

PROBED = "usage/delivery_probe"
PROBE: Json = {
    "messageType": "CONTROL_MESSAGE",
    "owner": "CloudwatchLogs",
    "logGroup": "",
    "logStream": "",
    "subscriptionFilters": [],
    "logEvents": [
        {
            "id": "",
            "timestamp": 1796000000000,
            "message": "CWL CONTROL MESSAGE: Checking health of destination Lambda.",
        }
    ],
}


def usage_scenes() -> Iterator[Scene]:
    days = {"since": "2099-12-01", "until": "2099-12-31"}
    yield Scene("usage/list", "GET /v1/usage", HARBOUR, query=days)
    yield Scene("usage/list_of_nobody", "GET /v1/usage", ONBOARDING, query=days)
    unknown = days | {"application": application_id_for(Mode.TEST, "elm")}
    yield Scene("usage/list_of_an_unknown_application", "GET /v1/usage", HARBOUR, query=unknown)
    nobody = days | {"application": "unknown"}
    yield Scene("usage/list_of_whom_nobody_knows", "GET /v1/usage", ONBOARDING, query=nobody)
    yield Scene("usage/list_for_an_underwriter", "GET /v1/usage", UNDERWRITER, query=nobody)
    month, read = {"month": "2099-12"}, "GET /v1/usage/statement"
    yield Scene("usage/statement", read, HARBOUR, query=month)
    old = {"month": "2020-12"}
    yield Scene("usage/statement_no_longer_kept", read, HARBOUR, query=old)
    yield Scene("usage/statement_of_another", read, HARBOUR, query=month | {"partner": "meadow"})
    yield Scene("usage/statement_of_no_month", read, HARBOUR, query={"month": "2099-13"})


def probe() -> Json:
    """What CloudWatch Logs sends to see whether the function is there."""
    packed = gzip.compress(json.dumps(PROBE).encode(), mtime=0)
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}

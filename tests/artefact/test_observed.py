"""What the functions were seen to do while the events were played: metrics and AWS calls.

The dashboard and the alarms may use only metrics that were emitted; a function may be allowed only
what it was seen to need, and must be allowed that.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.metrics import Metric

from local.aws.cloudformation import STACK_NAME
from local.aws.template import Template
from tests.artefact.cases import ROOT, all_cases
from tests.artefact.conftest import BuiltStage
from tests.support.access_log import delivery, line

type Json = dict[str, Any]
type Series = tuple[str, str, tuple[str, ...]]

pytestmark = pytest.mark.xdist_group("artefact")

# Metrics that AWS's services emit by themselves, with the dimensions they document.
OF_AWS: set[Series] = {
    ("AWS/ApiGateway", "5XXError", ("ApiName", "Stage")),
    ("AWS/ApiGateway", "Latency", ("ApiName", "Stage")),
    ("AWS/Events", "TriggeredRules", ("RuleName",)),
    ("AWS/Lambda", "Errors", ("FunctionName",)),
    ("AWS/Lambda", "Throttles", ("FunctionName",)),
    ("AWS/Logs", "DeliveryErrors", ("DestinationType", "FilterName", "LogGroupName")),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName",)),
}
# The table of quotas answers here: tests/http/edge/test_quotas.py has it fail.
IN_TROUBLE: set[Series] = {("Coverwright", "CallsNotCounted", ("service",))}
SEARCH = re.compile(r"SEARCH\('\{(?P<schema>[^}]+)\} MetricName=\"(?P<name>\w+)\"")
SELECT = re.compile(
    r'SELECT SUM\((?P<name>\w+)\) FROM SCHEMA\("(?P<namespace>[^"]+)", (?P<dimensions>[\w, ]+)\)'
)
# Needed where a process did not itself make what it reads, or an issuer has changed its keys.
# Limits that a policy's claims share are changed by Update; the products played here have none.
ELSEWHERE = {
    ("quoting", "kms:Decrypt"),
    ("authorizer", "dynamodb:PutItem"),
    ("claim_assessment", "dynamodb:UpdateItem"),
    ("claim_intake", "dynamodb:UpdateItem"),
    ("settlement", "dynamodb:UpdateItem"),
    ("event_delivery", "s3:GetObject"),
    ("documents", "s3:GetObject"),  # of a published product
    ("accounting", "s3:GetObject"),  # the same
    ("scheduler", "s3:GetObject"),  # the same
    ("customers", "s3:GetObject"),  # the same
    ("controls", "s3:GetObject"),  # the same
    ("data_intake", "s3:GetObject"),  # the same
    ("data_intake", "kms:Decrypt"),  # of a batch that another process brought: tests/http/intake
    ("data_intake", "dynamodb:UpdateItem"),  # of the job of a live batch: tests/http/intake
    (
        "data_steward",
        "dynamodb:Query",
    ),  # of the search index, which has no key here: tests/http/parties
    ("data_steward", "dynamodb:UpdateItem"),  # of the job of a live party: tests/http/parties
    # Of personal values in the search index. A recorded event is sealed with a key that the stage
    # does not have, so nothing personal is read here; tests/http/search fill the index with them.
    ("event_delivery", "dynamodb:ConditionCheckItem"),
    ("event_delivery", "dynamodb:PutItem"),
    ("event_delivery", "kms:GenerateDataKey"),
    # Of what a correction checks of members of a party: the events played merge none that is corrected.
    ("policyholder_changes", "dynamodb:ConditionCheckItem"),
    ("payment_execution", "dynamodb:UpdateItem"),  # of a claim's shared limits
    ("payment_execution", "s3:GetObject"),  # what another run has written first
    ("customers", "s3:DeleteObjectVersion"),  # of copies that somebody had asked for
    ("scheduler", "s3:DeleteObjectVersion"),  # the same
    # Of what is sent to a receiver, and of the attempt: recorded events reach none. tests/end_to_end/test_webhooks.py
    # has one, on these rights.
    *(("webhook_delivery", action) for action in ("dynamodb:PutItem", "kms:Decrypt")),
}
# Nothing personal is indexed here, so a function that hashes finds no key to open: tests/http has them open it.
HASHING = ("kms:Decrypt", "index-key")
# A proof of possession is for one moment, so no recorded event has one: tests/http/edge has functions use them.
PROVING = ("dynamodb:PutItem", f"{STACK_NAME}-ProofsTable")
# Every function counts what access policies refuse; no recorded event is refused. tests/http/controls has calls that are.
REFUSING = ("dynamodb:UpdateItem", f"{STACK_NAME}-ControlsTable")
# Word of a person who is erased, and the index of rows that name one: their key is made at random, and each process here
# remembers another. tests/http/intake/test_erased.py has all three.
ERASING = {
    *((of, "dynamodb:PutItem", f"{STACK_NAME}-IntakeTable") for of in ("customers", "scheduler")),
    ("data_intake", "dynamodb:DeleteItem", f"{STACK_NAME}-IntakeTable"),
}
# 0.9.0's code puts these where today's updates, and runs on today's rights while a deployment shifts its traffic:
# tests/compatibility/test_old_code.py.
OF_THE_LAST_RELEASE = {
    ("policyholder_changes", "dynamodb:PutItem", f"{STACK_NAME}-QuotesTable"),
}
# Not a call of the function itself: Lambda reads the stream and reports failures with its role, and
# S3 asks whether the caller may list before it says that a key is not there.
BY_AWS = {
    "s3:ListBucket",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "sqs:SendMessage",
    *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
}


@pytest.fixture(scope="module")
def played(built_stage: BuiltStage) -> BuiltStage:
    """The stage after every event, and after calls that were counted: none is recorded, for they are of our time."""
    for each in all_cases():
        built_stage.play(each)
    called = delivery([line("c1", datetime.now(UTC)), "no line"])
    assert built_stage.function("usage").invoke(called) == {"counted": 1, "set_aside": 1}
    return built_stage


@pytest.fixture(scope="module")
def template() -> Template:
    return Template(ROOT / "template.yaml")


def test_dashboard_and_alarms_use_only_metrics_that_are_emitted(
    played: BuiltStage, template: Template
) -> None:
    emitted = set.union(*(function.metrics() for function in played.functions.values()))

    for metric in [*dashboard_metrics(template), *alarm_metrics(template)]:
        assert metric in emitted | OF_AWS | IN_TROUBLE, metric


def test_every_metric_of_ours_that_is_shown_or_watched_is_in_the_catalogue(
    played: BuiltStage, template: Template
) -> None:
    emitted = set.union(*(function.metrics() for function in played.functions.values()))
    used = {*dashboard_metrics(template), *alarm_metrics(template)} - OF_AWS

    ours = {name for namespace, name, _ in emitted | used if namespace == "Coverwright"}
    # Powertools counts cold starts by itself, and the authorizer its decisions without it.
    assert ours - {"ColdStart", "Admitted", "Denied", "Refused"} <= set(Metric)
    assert {name for namespace, name, _ in used if namespace == "Coverwright"} >= set(Metric)


def test_the_dashboard_shows_what_the_business_asks_for(template: Template) -> None:
    shown = {name for _, name, _ in dashboard_metrics(template)}

    assert {"Requests", "Refusals", "Faults", "Latency"} <= shown
    assert {"PremiumBound", "ClaimsPaid", "LedgerImbalance"} <= shown


def test_four_kinds_of_trouble_wake_somebody(template: Template) -> None:
    alarms = {alarm.logical_id for alarm in template.of_type("AWS::CloudWatch::Alarm")}

    assert alarms >= {"Gateway5xxAlarm", "UnhandledErrorAlarm", "DeadLetterAlarm", "ThrottleAlarm"}
    for alarm in template.of_type("AWS::CloudWatch::Alarm"):
        assert alarm.properties["AlarmActions"], alarm.logical_id
        assert len(alarm.properties.get("Metrics", ())) <= 10, alarm.logical_id  # CloudWatch's end

    assert len(set(alarm_metrics(template))) >= 6


def test_each_function_may_do_what_it_was_seen_to_do(
    played: BuiltStage, template: Template
) -> None:
    for folder, (allowed, seen) in permissions(played, template).items():
        assert seen <= allowed, (folder, seen - allowed)


def test_no_function_may_do_what_it_was_never_seen_to_do(
    played: BuiltStage, template: Template
) -> None:
    unused = {}
    for folder, (allowed, seen) in permissions(played, template).items():
        elsewhere = {action for of, action in ELSEWHERE if of == folder}
        unused[folder] = {
            (action, on)
            for action, on in allowed - seen
            if action not in BY_AWS
            and action not in elsewhere
            and (action, on) not in {HASHING, PROVING, REFUSING}
            and (folder, action, on) not in OF_THE_LAST_RELEASE | ERASING
        }
    assert not any(unused.values()), {of: sorted(rights) for of, rights in unused.items() if rights}


def permissions(
    played: BuiltStage, template: Template
) -> dict[str, tuple[set[tuple[str, str]], set[tuple[str, str]]]]:
    """By function: (action, table or bucket) it may, and which of them it was seen to use."""
    seen: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for call in played.behind.calls:
        seen[call.folder].add((call.action, call.resource))
    stores = {table.arn: table.name for table in template.of_type("AWS::DynamoDB::Table")}
    for table in template.of_type("AWS::DynamoDB::Table"):
        for each in table.properties.get("GlobalSecondaryIndexes", ()):
            index = f"/index/{each['IndexName']}"
            stores[table.arn + index] = table.name + index
    stores |= {bucket.arn: bucket.name for bucket in template.of_type("AWS::S3::Bucket")}
    found: dict[str, tuple[set[tuple[str, str]], set[tuple[str, str]]]] = {}
    for function in template.functions.values():
        folder = function.folder.name
        allowed: set[tuple[str, str]] = set()
        for statement in function.statements:
            if statement["Effect"] == "Deny" or "kms:ViaService" in str(statement.get("Condition")):
                continue  # used by DynamoDB and Secrets Manager on the function's behalf
            actions = statement["Action"]
            arns = statement["Resource"]
            for action in [actions] if isinstance(actions, str) else actions:
                for arn in [arns] if isinstance(arns, str) else arns:
                    allowed |= {(action, name) for name in _named(arn, statement, stores)}
        found[folder] = (allowed, seen[folder])
    return found


def _named(arn: str, statement: Json, stores: Mapping[str, str]) -> Iterator[str]:
    """The table or bucket; of a bucket the objects, or those under a prefix, are the bucket's; of a key
    its purpose; of the table of events each kind of streams that may be written."""
    name = stores.get(arn) or stores.get(arn.partition("/")[0], "")
    conditions = statement.get("Condition", {})
    if "kms:EncryptionContext:purpose" in conditions.get("StringEquals", {}):
        yield conditions["StringEquals"]["kms:EncryptionContext:purpose"]
    elif name.endswith("EventsTable") and "ForAllValues:StringLike" in conditions:
        for pattern in conditions["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]:
            yield f"{name} {pattern}"
    else:
        yield name


def dashboard_metrics(template: Template) -> Iterator[Series]:
    body = json.loads(template.resources["Dashboard"].properties["DashboardBody"])
    for widget in body["widgets"]:
        for row in widget["properties"]["metrics"]:
            if isinstance(row[0], dict):
                found = SEARCH.search(row[0]["expression"])
                assert found is not None, row
                namespace, *dimensions = found["schema"].split(",")
                yield namespace, found["name"], tuple(sorted(dimensions))
            else:
                namespace, name, *rest = [part for part in row if isinstance(part, str)]
                yield namespace, name, tuple(sorted(rest[::2]))


def alarm_metrics(template: Template) -> Iterator[Series]:
    for alarm in template.of_type("AWS::CloudWatch::Alarm"):
        queries = alarm.properties.get("Metrics", [])
        for query in queries:
            asked = SELECT.fullmatch(query.get("Expression", ""))
            if asked is not None:
                dimensions = tuple(sorted(asked["dimensions"].split(", ")))
                yield asked["namespace"], asked["name"], dimensions
        stated = [query["MetricStat"]["Metric"] for query in queries if "MetricStat" in query]
        for metric in stated if queries else [alarm.properties]:
            names = tuple(sorted(dimension["Name"] for dimension in metric["Dimensions"]))
            yield metric["Namespace"], metric["MetricName"], names

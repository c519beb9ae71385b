"""Each function reaches what it is told of, and nothing else."""

from typing import Any

from insurance.domain.core.caller import CallerKind

from tests.support.statements import actions, as_list, functions, objects_of, role_of, target
from tools.openapi.handlers import handlers

type Json = dict[str, Any]

# AWS's own policies that SAM attaches: writing logs and traces. Nothing else comes by shorthand.
MANAGED = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
}

OWN_RULE = "rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
"""GuardDuty makes it, names it, and is by a condition the only one that may."""


def test_every_bucket_variable_has_a_statement_and_every_statement_a_variable(
    resources: Json,
) -> None:
    for name, variables, statements in functions(resources):
        told = {target(value) for key, value in variables.items() if key.endswith("_BUCKET")}
        allowed = {
            target(objects_of(statement["Resource"]))
            for statement in statements
            if any(action.startswith("s3:") for action in actions(statement))
        }
        assert told == allowed, name


def test_who_asks_for_files_that_may_not_be_there_is_told_so(resources: Json) -> None:
    """Without s3:ListBucket S3 answers 403 for a key that is not there, and that is our fault."""
    told = {
        (name, target(statement["Resource"]))
        for name, _, statements in functions(resources)
        for statement in statements
        if "s3:ListBucket" in actions(statement)
    }

    assert told == {
        ("AuditFunction", "RootsBucket"),
        ("DataIntakeFunction", "IntakeBucket"),
        ("DocumentsFunction", "DocumentsBucket"),
        ("EvidenceFunction", "EvidenceBucket"),
        ("SchedulerFunction", "DocumentsBucket"),
        ("PaymentExecutionFunction", "BankUploadsBucket"),
        ("ProductsFunction", "ProductUploadsBucket"),
        ("QuotingFunction", "RiskUploadsBucket"),
        ("PolicyServicingFunction", "RiskUploadsBucket"),
        ("PolicyholderChangesFunction", "RiskUploadsBucket"),
    }


def test_every_table_variable_has_a_statement_and_every_statement_a_variable(
    resources: Json,
) -> None:
    for name, variables, statements in functions(resources):
        told = {target(value) for key, value in variables.items() if key.endswith("_TABLE")}
        allowed = {
            target(statement["Resource"])
            for statement in statements
            if any(action.startswith("dynamodb:") for action in actions(statement))
            and statement["Resource"].get("Fn::GetAtt", ["", ""])[1] != "StreamArn"
        }
        assert told == allowed, name


def test_every_variable_is_named_for_its_table(resources: Json) -> None:
    for name, variables, _ in functions(resources):
        for key, value in variables.items():
            if key.endswith("_TABLE"):
                assert target(value) == key.title().replace("_", ""), name


def test_keys_bus_and_secret_are_told_of_where_they_are_allowed(resources: Json) -> None:
    beside = {
        "PERSONAL_DATA_KEY": "PersonalDataKey",
        "EVENT_BUS": "EventBus",
        "USAGE_KEY_SECRET": "UsageKeySecret",
        "ROOT_KEY": "RootKey",
    }
    for name, variables, statements in functions(resources):
        allowed = {target(statement["Resource"]) for statement in statements}
        for variable, resource in beside.items():
            assert (variable in variables) == (resource in allowed), (name, variable)


def test_no_statement_has_a_wildcard_after_the_transform(resources: Json) -> None:
    for name, resource in resources.items():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        for policy in resource["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert not any("*" in action for action in actions(statement)), name
                if statement["Effect"] == "Deny":
                    continue
                assert not {"NotAction", "NotResource"} & statement.keys(), name
                for each in as_list(statement["Resource"]):
                    assert "*" not in str(objects_of(each)).replace(OWN_RULE, ""), name


def test_each_function_writes_to_its_own_log_group_alone(resources: Json) -> None:
    """AWS's own policy reaches every group; what is denied is denied whatever allows it."""
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Lambda::Function":
            group = resource["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
            assert group == name.removesuffix("Function") + "LogGroup"
            denied = [each for each in role_of(resource, resources) if each["Effect"] == "Deny"]
            assert denied == [
                {
                    "Effect": "Deny",
                    "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                    "NotResource": {"Fn::GetAtt": [group, "Arn"]},
                }
            ], name


def test_the_bus_and_the_queues_are_for_who_fills_them(resources: Json) -> None:
    """Every function may leave a call of its own that failed; one publishes, two say where they gave up a stream."""
    found: dict[tuple[str, str], set[str]] = {}
    for name, variables, statements in functions(resources):
        for statement in statements:
            for action in actions(statement):
                if action.startswith(("events:", "sqs:")):
                    place = (action, target(statement["Resource"]))
                    found.setdefault(place, set()).add(variables["POWERTOOLS_SERVICE_NAME"])
        assert resources[name]["Properties"]["DeadLetterConfig"]["TargetArn"] == {
            "Fn::GetAtt": ["DeadLetterQueue", "Arn"]
        }
    everyone = {variables["POWERTOOLS_SERVICE_NAME"] for _, variables, _ in functions(resources)}

    assert found == {
        ("events:PutEvents", "EventBus"): {"event_delivery"},
        ("sqs:SendMessage", "EventSourceFailureQueue"): {"event_delivery", "partners"},
        ("sqs:SendMessage", "DeadLetterQueue"): everyone,
        ("sqs:SendMessage", "WebhookQueue"): {
            *("event_delivery", "notifications", "webhook_delivery"),
        },
        **{
            (f"sqs:{action}", "WebhookQueue"): {"webhook_delivery"}
            for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
        },
    }


def test_a_function_that_opens_keys_of_parties_reads_no_row_of_a_file_but_the_intake(
    resources: Json,
) -> None:
    """Rows are sealed with keys of parties: a function that opens such keys reads batches and sources alone."""
    found: dict[str, list[str]] = {}
    for _, variables, statements in functions(resources):
        opens = any(target(each["Resource"]) == "PersonalDataKey" for each in statements)
        for statement in statements if opens else ():
            if {"dynamodb:GetItem", "dynamodb:BatchGetItem"}.isdisjoint(actions(statement)):
                continue
            if target(statement["Resource"]) == "IntakeTable":
                keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
                service = variables["POWERTOOLS_SERVICE_NAME"]
                found[service] = keys.get("dynamodb:LeadingKeys", ["*"])

    assert found == {"data_intake": ["*"], "data_steward": ["bat_*", "src_*"]}


OBJECTS = {
    ("accounting", "ProductsBucket"): {"*": "get"},
    ("audit", "RootsBucket"): {"*": "get put"},
    ("billing", "ProductsBucket"): {"*": "get"},
    ("claim_assessment", "ProductsBucket"): {"*": "get"},
    ("claim_intake", "ProductsBucket"): {"*": "get"},
    ("controls", "ProductsBucket"): {"*": "get"},
    ("customers", "ProductsBucket"): {"*": "get"},
    ("customers", "DocumentsBucket"): {"downloads/*": "delete versions"},
    ("customers", "EvidenceBucket"): {"downloads/*": "delete versions"},
    ("data_intake", "IntakeBucket"): {"*": "delete versions get put tags"},
    ("data_intake", "ProductsBucket"): {"*": "get"},
    ("documents", "ProductsBucket"): {"*": "get"},
    ("documents", "DocumentsBucket"): {"sealed/*": "get put", "downloads/*": "get put"},
    ("event_delivery", "ProductsBucket"): {"*": "get"},
    ("evidence", "ProductsBucket"): {"*": "get"},
    ("evidence", "EvidenceBucket"): {
        "inbox/*": "delete get put tags",
        "sealed/*": "get put",
        "downloads/*": "get put",
        "refused/*": "get put",
    },
    ("payment_execution", "ProductsBucket"): {"*": "get"},
    ("payment_execution", "PaymentFilesBucket"): {
        "live/outgoing/*": "get put",
        "test/outgoing/*": "get put",
    },
    ("payment_execution", "BankUploadsBucket"): {"*": "get put tags"},
    ("policy_issuance", "ProductsBucket"): {"*": "get"},
    ("policy_servicing", "ProductsBucket"): {"*": "get"},
    ("policy_servicing", "RiskUploadsBucket"): {"*": "get tags"},
    ("policyholder_changes", "ProductsBucket"): {"*": "get"},
    ("policyholder_changes", "RiskUploadsBucket"): {"*": "get tags"},
    ("products", "ProductsBucket"): {"*": "get put"},
    ("products", "ProductUploadsBucket"): {"*": "get put tags"},
    ("quoting", "ProductsBucket"): {"*": "get"},
    ("quoting", "RiskUploadsBucket"): {"*": "get put tags"},
    ("reporting", "ProductsBucket"): {"*": "get"},
    ("scheduler", "ProductsBucket"): {"*": "get"},
    ("scheduler", "DocumentsBucket"): {"sealed/*": "get put", "downloads/*": "delete versions"},
    ("scheduler", "EvidenceBucket"): {"downloads/*": "delete versions"},
    ("settlement", "ProductsBucket"): {"*": "get"},
}
"""What each function may do with which objects. The whole of a bucket that holds one kind of file is `*`."""

WORDS = {
    "s3:GetObject": "get",
    "s3:PutObject": "put",
    "s3:DeleteObject": "delete",
    "s3:GetObjectTagging": "tags",
    "s3:DeleteObjectVersion": "delete versions",
}


def test_each_function_reaches_its_own_part_of_a_bucket(resources: Json) -> None:
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for _, variables, statements in functions(resources):
        for statement in statements:
            path = str(statement["Resource"].get("Fn::Sub", ""))
            bucket, _, prefix = path.removeprefix("${").partition(".Arn}/")
            if bucket.endswith("Bucket"):
                place = found.setdefault((variables["POWERTOOLS_SERVICE_NAME"], bucket), {})
                place.setdefault(prefix, []).extend(WORDS[each] for each in actions(statement))

    assert {
        place: {prefix: " ".join(sorted(words)) for prefix, words in parts.items()}
        for place, parts in found.items()
    } == OBJECTS


def test_only_known_managed_policies_are_attached(resources: Json) -> None:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::Role" and name != "ApiGatewayLoggingRole":
            attached = resource["Properties"].get("ManagedPolicyArns", [])
            # What is ours says what it allows, and is judged as a function's own statements are.
            of_others = {arn for arn in attached if not isinstance(arn, dict)}
            assert of_others <= MANAGED, name


def test_no_function_may_scan_or_delete(resources: Json) -> None:
    """But for the places of the search index, which are made from the events: erasure removes them. And for the
    notes that events wait for a webhook, once it has them, or for a root, once it covers them: they are made from the
    events too. And for the entries by which rows of files are found by person, which go with what the rows say."""
    allowed = [
        (name, action, target(statement["Resource"]))
        for name, _, statements in functions(resources)
        for statement in statements
        for action in {"dynamodb:Scan", "dynamodb:DeleteItem"} & set(actions(statement))
    ]

    assert sorted(allowed) == [
        ("AuditFunction", "dynamodb:DeleteItem", "AuditTable"),
        ("DataIntakeFunction", "dynamodb:DeleteItem", "IntakeTable"),
        ("EventDeliveryFunction", "dynamodb:DeleteItem", "SearchTable"),
        ("WebhookDeliveryFunction", "dynamodb:DeleteItem", "WebhooksTable"),
    ]


def test_only_functions_that_machines_call_know_the_machines_clients(written: Json) -> None:
    called = {
        handler.folder
        for handler in handlers()
        if any(CallerKind.MACHINE in route.callers for route in handler.routes)
    }
    for one in written["Resources"].values():
        if one["Type"] == "AWS::Serverless::Function":
            variables = one["Properties"]["Environment"]["Variables"]
            folder = one["Properties"]["CodeUri"].removeprefix("functions/")
            clients = [variables.get("LIVE_MACHINES"), variables.get("TEST_MACHINES")]
            named = [{"Ref": "BankClient"}, {"Ref": "BankTestClient"}]
            assert clients == (named if folder in called else [None, None]), folder


def test_functions_that_applications_call_count_them_and_nobody_but_operators_reads_the_count(
    written: Json, resources: Json
) -> None:
    counting = {
        handler.folder
        for handler in handlers()
        if any(CallerKind.APPLICATION in route.callers for route in handler.routes)
    }
    found = {
        variables["POWERTOOLS_SERVICE_NAME"]: sorted(
            action
            for statement in statements
            for action in actions(statement)
            if target(statement["Resource"]) == "QuotasTable" and action.startswith("dynamodb:")
            if not action.endswith(("Stream", "Streams", "Records", "ShardIterator"))
        )
        for _, variables, statements in functions(resources)
        if "QUOTAS_TABLE" in variables
    }

    readers = {"partners": ["dynamodb:GetItem"]}
    assert found == {folder: ["dynamodb:UpdateItem"] for folder in counting} | readers
    assert written["Resources"]["QuotasTable"]["Properties"]["StreamSpecification"]

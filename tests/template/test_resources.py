"""Lifecycles, encryption and logs of what the stack keeps."""

import json
import re
from typing import Any

import pytest
from insurance.scanning.guardduty import TAG

from local.aws.template import Template
from tests.support.statements import actions, functions
from tests.template.conftest import ROOT

type Json = dict[str, Any]


ACCESS_LOGS = "AccessLogBucket"
WITHOUT_OUR_KEY = {ACCESS_LOGS, "SiteBucket"}
"""S3's own delivery of logs knows no KMS key; the site's files are public."""

DISPOSABLE = {"IdempotencyTable", "JwksTable", "ProofsTable", "ScheduledJobsTable"}
# Open quotes, idempotency records and cached keys; in Balances only the marks of events that were posted, in
# ScheduledJobs what is done with. In Feeds what partners read; that an event was told stays.
# In Webhooks what was tried, in Quotas the months of more than a year ago, in Intake word of who was erased. In
# Usage months that are no longer shown, and the marks of lines that cannot come again.
EXPIRING = {
    *("QuotesTable", "IdempotencyTable", "JwksTable", "ProofsTable", "BalancesTable"),
    *("ScheduledJobsTable", "FeedsTable", "WebhooksTable", "QuotasTable", "UsageTable"),
    "IntakeTable",
}
# The stream waits for one, and schedules for the others; a call of them through the gateway ends in time.
NOT_WAITED_FOR = {
    *("AccountingFunction", "AuditFunction", "EventDeliveryFunction", "SchedulerFunction"),
    *("DataIntakeFunction", "DataStewardFunction", "WebhookDeliveryFunction"),
}
# The few that AWS does not make without a name, or does not accept under a made-up one.
NAMED = {
    *("EventBus", "FirewallLogGroup", "PartnersPlans"),
    # The function finds plans by their names: by ids each would need the other.
    *("BronzePlan", "SilverPlan", "GoldPlan", "InternalPlan"),
}
NAME_PROPERTIES = {
    *("FunctionName", "TableName", "LogGroupName", "QueueName", "TopicName", "RoleName"),
    *("AlarmName", "DashboardName", "UserPoolName", "UsagePlanName", "LayerName", "PolicyName"),
}


@pytest.fixture(scope="module")
def tables(written: Json) -> Json:
    return {
        name: each
        for name, each in written["Resources"].items()
        if each["Type"] == "AWS::DynamoDB::Table"
    }


def test_tables_are_encrypted_recoverable_and_on_demand(tables: Json) -> None:
    for name, table in tables.items():
        properties = table["Properties"]
        assert properties["SSESpecification"]["SSEType"] == "KMS", name
        assert properties["SSESpecification"]["KMSMasterKeyId"], name
        assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name
        assert properties["BillingMode"] == "PAY_PER_REQUEST", name


def test_what_must_not_be_lost_survives_the_stack(tables: Json, written: Json) -> None:
    for name, table in tables.items():
        kept = name not in DISPOSABLE
        assert (table["DeletionPolicy"] == "RetainExceptOnCreate") is kept, name
        assert (table["UpdateReplacePolicy"] == "Retain") is kept, name
        protected = table["Properties"].get("DeletionProtectionEnabled") == {"Ref": "ProtectTables"}
        assert protected is kept, name
    assert written["Parameters"]["ProtectTables"]["Default"] == "true"


def test_only_what_is_disposable_may_expire(tables: Json) -> None:
    expiring = {
        name
        for name, table in tables.items()
        if table["Properties"].get("TimeToLiveSpecification", {}).get("AttributeName")
        == "expires_at"
    }

    assert expiring == EXPIRING


def test_buckets_are_private_encrypted_versioned_and_kept(written: Json) -> None:
    buckets = {
        name: each
        for name, each in written["Resources"].items()
        if each["Type"] == "AWS::S3::Bucket"
    }
    assert buckets
    for name, bucket in buckets.items():
        properties = bucket["Properties"]
        [rule] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        how = "AES256" if name in WITHOUT_OUR_KEY else "aws:kms"
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == how, name
        assert all(properties["PublicAccessBlockConfiguration"].values()), name
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}, name
        assert bucket["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert bucket["UpdateReplacePolicy"] == "Retain", name


def test_what_survives_the_stack_can_still_be_read(written: Json) -> None:
    """A key that goes with the stack takes with it what it sealed, however well that is locked."""
    resources = written["Resources"]
    keys = {name for name, each in resources.items() if each["Type"] == "AWS::KMS::Key"}
    kept = {
        name for name, each in resources.items() if each.get("DeletionPolicy", "Delete") != "Delete"
    }
    needed = {
        key
        for name in kept - keys
        for key in keys
        if json.dumps(resources[name]["Properties"]).find(f'"{key}') >= 0
    }

    assert needed >= {"DataKey", "OperationsKey"}
    assert needed <= kept


def test_s3_says_who_reached_which_file(written: Json) -> None:
    buckets = {
        name: each["Properties"]
        for name, each in written["Resources"].items()
        if each["Type"] == "AWS::S3::Bucket" and name != ACCESS_LOGS
    }
    prefixes = {each["LoggingConfiguration"]["LogFilePrefix"] for each in buckets.values()}

    assert len(prefixes) == len(buckets)
    for name, bucket in buckets.items():
        assert bucket["LoggingConfiguration"]["DestinationBucketName"] == {"Ref": ACCESS_LOGS}, name


def test_what_was_lent_of_documents_is_deleted_with_its_versions(written: Json) -> None:
    rules = written["Resources"]["DocumentsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    [downloads] = rules
    assert (downloads["Prefix"], downloads["Status"]) == ("downloads/", "Enabled")
    assert downloads["ExpirationInDays"] == 1
    assert downloads["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_what_was_sent_or_lent_of_evidence_is_deleted_with_its_versions(written: Json) -> None:
    rules = written["Resources"]["EvidenceBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules}
    assert days == {"inbox/": 1, "refused/": 30, "downloads/": 1}
    for rule in rules:
        assert rule["Status"] == "Enabled"
        assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


@pytest.mark.parametrize("origins", ["", "https://my.broker.example,https://claims.example"])
def test_browsers_send_evidence_from_the_pages_that_are_named_and_from_no_others(
    origins: str,
) -> None:
    template = Template(ROOT / "template.yaml", overrides={"PortalOrigins": origins})
    cors = template.resources["EvidenceBucket"].properties.get("CorsConfiguration")

    if not origins:
        assert cors is None
        return
    assert cors is not None
    [rule] = cors["CorsRules"]
    assert rule["AllowedMethods"] == ["POST"]
    assert rule["AllowedOrigins"] == ["https://my.broker.example", "https://claims.example"]


REASON = "our own scanner stands before the form"


LAYER = ROOT / "layers" / "common" / "insurance"
UPLOADED_TO = {
    "EvidenceBucket": "inbox/",
    "BankUploadsBucket": "",
    "ProductUploadsBucket": "",
    "RiskUploadsBucket": "",
    "IntakeBucket": "upl_",
}
"""Where a form brings files, and under which prefix of the bucket."""


def test_wherever_a_form_brings_files_they_are_scanned(written: Json) -> None:
    paths = [*(ROOT / "functions").glob("*/app.py"), *LAYER.glob("*.py")]
    sources = "".join(path.read_text("utf-8") for path in paths)
    named = re.findall(r"upload_ports\(\"(\w+)\"\)", sources)
    buckets = {"EvidenceBucket", *(f"{name}_bucket".title().replace("_", "") for name in named)}
    plans = [
        each["Properties"]["ProtectedResource"]["S3Bucket"]
        for each in written["Resources"].values()
        if each["Type"] == "AWS::GuardDuty::MalwareProtectionPlan"
    ]

    assert buckets == UPLOADED_TO.keys()
    assert {plan["BucketName"]["Ref"]: plan.get("ObjectPrefixes", [""]) for plan in plans} == {
        bucket: [prefix] for bucket, prefix in UPLOADED_TO.items()
    }


@pytest.mark.parametrize("reason", ["", REASON])
@pytest.mark.parametrize("uploaded_to", UPLOADED_TO)
def test_uploads_are_scanned_unless_a_reason_is_written(uploaded_to: str, reason: str) -> None:
    template = Template(ROOT / "template.yaml", overrides={"NoMalwareScanBecause": reason})
    bucket = template.resources[uploaded_to]
    reading = [
        each
        for each in template.functions.values()
        if bucket.name in each.environment.values()
        and each.environment["POWERTOOLS_SERVICE_NAME"] not in {"customers", "scheduler"}
    ]  # those two delete what an erasure takes back
    policy = template.resources[f"{uploaded_to}Policy"].properties["PolicyDocument"]
    denied = {statement["Sid"]: statement for statement in policy["Statement"]}

    if reason:
        assert list(template.of_type("AWS::GuardDuty::MalwareProtectionPlan")) == []
        for function in reading:
            assert function.environment["NO_MALWARE_SCAN_BECAUSE"] == reason
        assert not denied.keys() & {"ReadOnceScanned", "TaggedByTheScanAlone"}
        return
    plans = template.of_type("AWS::GuardDuty::MalwareProtectionPlan")
    [plan] = [
        each
        for each in plans
        if each.properties["ProtectedResource"]["S3Bucket"]["BucketName"] == bucket.name
    ]
    role = template.resources["UploadScanRole"].arn
    assert bucket.properties["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    assert plan.properties["Actions"] == {"Tagging": {"Status": "ENABLED"}}
    assert reading
    for function in reading:
        assert "NO_MALWARE_SCAN_BECAUSE" not in function.environment
    for sid in ("ReadOnceScanned", "TaggedByTheScanAlone"):
        assert (denied[sid]["Effect"], denied[sid]["Principal"]) == ("Deny", "*")
        assert denied[sid]["Resource"] == f"{bucket.arn}/{UPLOADED_TO[uploaded_to]}*"
        assert denied[sid]["Condition"]["ArnNotEquals"] == {"aws:PrincipalArn": role}
    assert denied["ReadOnceScanned"]["Condition"]["Null"] == {f"s3:ExistingObjectTag/{TAG}": "true"}
    assert {"s3:GetObject", "s3:GetObjectVersion"} == set(denied["ReadOnceScanned"]["Action"])


def test_a_reason_is_written_out(written: Json) -> None:
    pattern = written["Parameters"]["NoMalwareScanBecause"]["AllowedPattern"]

    assert re.fullmatch(pattern, "")
    assert re.fullmatch(pattern, REASON)
    assert not re.fullmatch(pattern, "true")


def test_nobody_but_the_scan_may_say_that_a_file_is_clean(resources: Json) -> None:
    tagging = [
        name
        for name, each in resources.items()
        if each["Type"] == "AWS::IAM::Role" and "PutObjectTagging" in str(each["Properties"])
    ]

    assert tagging == ["UploadScanRole"]


def test_only_the_evidence_function_reads_the_files_of_strangers(resources: Json) -> None:
    """Who erases a person deletes the readable copies, and can neither read nor write one."""
    reach = {
        name: {
            (action, statement["Resource"]["Fn::Sub"])
            for statement in statements
            if "EvidenceBucket" in str(statement["Resource"]) and "Fn::Sub" in statement["Resource"]
            for action in actions(statement)
        }
        for name, variables, statements in functions(resources)
        if "EVIDENCE_BUCKET" in variables
    }

    deletes = {("s3:DeleteObjectVersion", "${EvidenceBucket.Arn}/downloads/*")}
    assert reach.pop("EvidenceFunction")
    assert reach == {"CustomersFunction": deletes, "SchedulerFunction": deletes}


def test_the_stream_of_events_shows_tampering(tables: Json) -> None:
    view = tables["EventsTable"]["Properties"]["StreamSpecification"]["StreamViewType"]

    assert view == "NEW_AND_OLD_IMAGES"


def test_every_key_rotates_that_can(written: Json) -> None:
    keys = [each for each in written["Resources"].values() if each["Type"] == "AWS::KMS::Key"]

    signing = [key for key in keys if key["Properties"].get("KeyUsage") == "SIGN_VERIFY"]
    assert (len(keys), len(signing)) == (4, 1)
    assert all(key["Properties"]["EnableKeyRotation"] is True for key in keys if key not in signing)


def test_what_a_root_proves_is_locked_and_nobody_deletes_it(written: Json) -> None:
    bucket = written["Resources"]["RootsBucket"]["Properties"]
    locked = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    [_, refused, overwriting] = written["Resources"]["RootsBucketPolicy"]["Properties"][
        "PolicyDocument"
    ]["Statement"]

    assert bucket["ObjectLockEnabled"] is True
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert locked == {"Mode": {"Ref": "RootLock"}, "Days": {"Ref": "RootDays"}}
    assert not any(
        "Expiration" in key for rule in bucket["LifecycleConfiguration"]["Rules"] for key in rule
    )
    assert (refused["Effect"], refused["Principal"]) == ("Deny", "*")
    assert (overwriting["Effect"], overwriting["Action"]) == ("Deny", "s3:PutObject")
    assert overwriting["Condition"] == {"Null": {"s3:if-none-match": "true"}}
    assert "s3:BypassGovernanceRetention" in refused["Action"]


def test_every_function_logs_to_its_own_group_with_retention(resources: Json) -> None:
    groups: list[str] = []
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Lambda::Function":
            group = resource["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
            assert group == name.removesuffix("Function") + "LogGroup"
            groups.append(group)
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Logs::LogGroup":
            assert resource["Properties"]["RetentionInDays"], name
            assert resource["Properties"]["KmsKeyId"], name
    assert len(groups) == len(set(groups))


def test_functions_are_traced_published_and_of_the_parameters_architecture(
    written: Json, resources: Json
) -> None:
    for name, resource in written["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            assert properties["AutoPublishAliasAllProperties"] is True, name
            assert properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == (
                properties["CodeUri"].removeprefix("functions/")
            )
            made = resources[name]["Properties"]
            assert made["TracingConfig"]["Mode"] == "Active", name
            assert made["Architectures"] == [{"Ref": "Architecture"}], name
            assert made["Layers"], name
            assert made["Timeout"] < 29 or name in NOT_WAITED_FOR, name


def test_no_physical_names(resources: Json) -> None:
    for name, resource in resources.items():
        if name in NAMED:
            continue
        named = NAME_PROPERTIES & resource.get("Properties", {}).keys()
        if resource["Type"] in {
            "AWS::Lambda::Version",
            "AWS::Lambda::Alias",
            "AWS::Lambda::Permission",
            "AWS::Logs::SubscriptionFilter",
        }:
            named -= {"FunctionName", "LogGroupName"}  # theirs says whose they are
        if resource["Type"] in {"AWS::Lambda::EventSourceMapping", "AWS::Lambda::LayerVersion"}:
            named -= {"FunctionName", "LayerName"}  # SAM names a layer for its logical id
        assert not named, (name, named)


def test_the_firewall_looks_at_bodies_and_refuses_none_for_its_size(written: Json) -> None:
    """It could answer no problem, and measures 64 KB: the handlers refuse by size (docs/adr/0024)."""
    firewall = written["Resources"]["Firewall"]["Properties"]
    rules = {rule["Name"]: rule for rule in firewall["Rules"]}

    looks_at = firewall["AssociationConfig"]["RequestBody"]["API_GATEWAY"]
    assert looks_at == {"DefaultSizeInspectionLimit": "KB_64"}
    common = rules["CommonRules"]["Statement"]["ManagedRuleGroupStatement"]
    assert common["RuleActionOverrides"] == [
        {"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}
    ]
    assert "SizeConstraintStatement" not in json.dumps(firewall["Rules"])


def test_what_somebody_waits_for_starts_from_a_snapshot_where_the_parameter_says_so(
    written: Json,
) -> None:
    functions = {
        name: each["Properties"].get("SnapStart", written["Globals"]["Function"]["SnapStart"])
        for name, each in written["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function"
    }
    asked = {name for name, each in functions.items() if each == {"ApplyOn": {"Ref": "SnapStart"}}}
    by_stream = {
        each["Properties"]["FunctionName"]["Ref"].removesuffix(".Alias")
        for each in written["Resources"].values()
        if each["Type"] == "AWS::Lambda::EventSourceMapping"
    }
    by_stream -= {"PartnersFunction"}  # which operators wait for, and a stream may
    assert asked == functions.keys() - by_stream
    assert {functions[name]["ApplyOn"] for name in by_stream} == {"None"}
    assert written["Parameters"]["SnapStart"]["AllowedValues"] == ["PublishedVersions", "None"]

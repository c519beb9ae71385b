"""Rules of AWS that the template does not keep, by rule: of which resources, and why."""

from collections.abc import Mapping
from typing import Final

type Resources = tuple[str, ...]

EVERY: Final[Resources] = ("*",)
"""Whatever resource the rule is about."""

ERASABLE: Final[Resources] = (
    *("AccessLogBucket", "BankUploadsBucket", "DocumentsBucket"),
    *("EvidenceBucket", "ProductUploadsBucket", "ProductsBucket"),
    *("RiskUploadsBucket", "SiteBucket"),
)
"""Buckets that keep no file for ever: uploads of a day, copies that an erasure takes back, what a stack leaves, docs."""

NO_LOCK: Final = (
    ERASABLE,
    "a locked file could not be taken back by an erasure, or outlives its day; what the law wants kept is locked",
)

SITE: Final[Resources] = ("PortalDistribution", "SiteDistribution")
OWN_DOMAIN: Final = (
    SITE,
    "the rule reads no condition: with a certificate of one's own, which production must name, it is kept",
)

EXCEPTIONS: Final[Mapping[str, tuple[Resources, str]]] = {
    "api_gw_v1_execution_logging_enabled_check": (
        ("ApiStage",),
        "execution logs go to a group without our key and retention; the access log tells each call and error",
    ),
    "lambda_inside_vpc_check": (
        EVERY,
        "nothing here has an address in a VPC: functions reach services of AWS alone, by IAM",
    ),
    "s3_bucket_default_encryption_kms_check": (
        ("AccessLogBucket", "SiteBucket"),
        "S3 delivers access logs into no bucket with a KMS key; the site's files are public",
    ),
    "cloudfront_access_logs_enabled_check": (
        SITE,
        "who reads public files is nobody's business; S3 logs what CloudFront fetches, and the API each call through the portal",
    ),
    "cloudfront_custom_ssl_certificate_check": OWN_DOMAIN,
    "cloudfront_security_policy_check": OWN_DOMAIN,
    "cloudfront_sni_enabled_check": OWN_DOMAIN,
    "cloudfront_origin_failover_enabled_check": (
        SITE,
        "a second bucket in another region would only hold docs and portal, which are uploaded again in a minute",
    ),
    "s3_bucket_logging_enabled_check": (
        ("AccessLogBucket",),
        "a log of the log's own writing would never end",
    ),
    "S3_BUCKET_LOGGING_ENABLED": (
        ("AccessLogBucket",),
        "a log of the log's own writing would never end",
    ),
    "s3_event_notifications_enabled_check": (
        EVERY,
        "nothing acts on a file that is put: the function that puts it enters it in the same command",
    ),
    "s3_bucket_object_lock_enabled_check": NO_LOCK,
    "S3_BUCKET_DEFAULT_LOCK_ENABLED": NO_LOCK,
    "sqs_dlq_check": (
        ("DeadLetterQueue", "EventSourceFailureQueue"),
        "they are the dead letter queues: people read them, and an alarm tells of the first message",
    ),
    "S3_BUCKET_NO_PUBLIC_RW_ACL": (
        EVERY,
        "the rule asks for an ACL that says so; ACLs are off (BucketOwnerEnforced) and public access is blocked",
    ),
    "S3_BUCKET_REPLICATION_ENABLED": (
        EVERY,
        "a copy in another region is the account's decision on where data may be; versions protect from loss here",
    ),
    "S3_BUCKET_SSL_REQUESTS_ONLY": (
        EVERY,
        "the rule compares with the boolean false, IAM and Control Tower's own rule (kept) with the word",
    ),
    "dynamodb_table_is_in_a_backup_plan": (
        EVERY,
        "point-in-time recovery is on for each table; a vault beside the stack is the account's decision on where data may be",
    ),
    "api_gw_stage_has_an_encrypted_cache": (
        EVERY,
        "there is no cache: an answer is for its caller alone, and a cached one would be a copy that an erasure must reach",
    ),
    "secret_is_rotated": (
        EVERY,
        "a usage key names a plan and opens nothing without a token; a new secret would change the key of every application",
    ),
    "IAM_NO_INLINE_POLICY_CHECK": (
        EVERY,
        "a role's statements are its function's alone and stand beside it; a managed policy could be attached elsewhere",
    ),
}

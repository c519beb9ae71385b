"""FFIEC's Cybersecurity Assessment Tool, by the rules that the AWS Guard Rules Registry maps to it.

The registry's rule set `ffiec` (version 1.0.0, mappings/rule_set_ffiec.json at commit 3157fe14) comes in no package.
Each of its 74 rules is here: it is about a kind of resource that the template has none of, or it is held by a rule that
`make exam` judges, by that rule's name in Control Tower, in the registry's package or in ffiec.guard beside this.
"""

from collections.abc import Collection, Mapping
from typing import Final

HELD_BY: Final[Mapping[str, tuple[str, str]]] = {
    "api_gw_execution_logging_enabled": (
        "api_gw_v1_execution_logging_enabled_check",
        "D2.MA.Ma.B.1 D2.MA.Ma.B.2 D3.DC.An.B.3 D3.DC.An.B.4 D3.DC.Ev.B.1 D3.PC.IM.B.3",
    ),
    "cloudwatch_alarm_action_check": ("cloudwatch_alarm_action_check", "D5.DR.De.B.1 D5.DR.De.B.3"),
    "cw_loggroup_retention_period_check": (
        "cloudwatch_log_group_retention_period_check",
        "D2.MA.Ma.B.1",
    ),
    "dynamodb_autoscaling_enabled": ("dynamodb_table_is_paid_by_request", "D5.IR.Pl.B.6"),
    "dynamodb_in_backup_plan": (
        "dynamodb_table_is_in_a_backup_plan",
        "D1.G.RM.Rm.1 D5.IR.Pl.B.6",
    ),
    "dynamodb_pitr_enabled": ("dynamodb_table_pitr_enabled_check", "D5.IR.Pl.B.6"),
    "dynamodb_throughput_limit_check": (
        "dynamodb_table_is_paid_by_request",
        "D5.DR.De.B.2 D5.IR.Pl.B.6",
    ),
    "iam_no_inline_policy_check": ("IAM_NO_INLINE_POLICY_CHECK", "D3.PC.Am.B.1 D3.PC.Im.B.7"),
    "iam_policy_no_statements_with_admin_access": (
        "iam_inline_policy_no_statements_with_admin_access_check",
        "D3.PC.Am.B.1 D3.PC.Am.B.16 D3.PC.Am.B.2 D3.PC.Am.B.3 D3.PC.Am.B.6 D3.PC.Im.B.7",
    ),
    "iam_policy_no_statements_with_full_access": (
        "iam_inline_policy_no_statements_with_full_access_check",
        "D3.PC.Am.B.1 D3.PC.Am.B.16 D3.PC.Am.B.2 D3.PC.Am.B.3 D3.PC.Am.B.6 D3.PC.Im.B.7",
    ),
    "iam_user_no_policies_check": (
        "IAM_NO_POLICY_ON_USER",
        "D3.PC.Am.B.1 D3.PC.Am.B.6 D3.PC.Im.B.7",
    ),
    "lambda_concurrency_check": (
        "lambda_concurrency_is_reserved",
        "D3.DC.Ev.B.1 D5.IR.Pl.B.6",
    ),
    "lambda_dlq_check": ("lambda_leaves_failed_calls_in_a_queue", "D5.DR.De.B.2"),
    "lambda_function_public_access_prohibited": (
        "lambda_function_public_access_prohibited_check",
        "D3.PC.Im.B.1",
    ),
    "lambda_inside_vpc": ("lambda_inside_vpc_check", "D3.PC.Im.B.1"),
    "s3_bucket_default_lock_enabled": ("S3_BUCKET_DEFAULT_LOCK_ENABLED", "D2.MA.Ma.B.1"),
    "s3_bucket_level_public_access_prohibited": (
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "D3.PC.Im.B.1",
    ),
    "s3_bucket_logging_enabled": (
        "S3_BUCKET_LOGGING_ENABLED",
        "D2.MA.Ma.B.1 D2.MA.Ma.B.2 D3.DC.An.B.3 D3.DC.An.B.4 D5.DR.De.B.3",
    ),
    "s3_bucket_public_read_prohibited": ("S3_BUCKET_PUBLIC_READ_PROHIBITED", "D3.PC.Im.B.1"),
    "s3_bucket_public_write_prohibited": ("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", "D3.PC.Im.B.1"),
    "s3_bucket_replication_enabled": (
        "S3_BUCKET_REPLICATION_ENABLED",
        "D1.G.RM.Rm.1 D5.IR.Pl.B.6",
    ),
    "s3_bucket_server_side_encryption_enabled": (
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "D3.PC.Am.B.12",
    ),
    "s3_bucket_ssl_requests_only": (
        "s3_bucket_policy_ssl_requests_only_check",
        "D3.PC.Am.B.12 D3.PC.Am.B.13 D3.PC.Am.B.15",
    ),
    "s3_bucket_versioning_enabled": ("S3_BUCKET_VERSIONING_ENABLED", "D5.IR.Pl.B.6"),
    "s3_default_encryption_kms": ("S3_DEFAULT_ENCRYPTION_KMS", "D3.PC.Am.B.12"),
    "wafv2_logging_enabled": (
        "wafv2_webacl_is_logged",
        "D2.MA.Ma.B.1 D3.DC.An.B.3 D3.DC.An.B.4 D3.PC.IM.B.3 D5.DR.De.B.3",
    ),
}
"""By the registry's rule: the rule that is judged, and the statements of FFIEC that it stands for."""

NOTHING_OF_THE_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::AutoScaling::": (
        "autoscaling_group_elb_healthcheck_required",
        "autoscaling_launch_config_public_ip_disabled",
    ),
    "AWS::Backup::": ("backup_plan_min_frequency_and_min_retention_check",),
    "AWS::CertificateManager::": ("acm_certificate_expiration_check",),
    "AWS::CloudTrail::": (
        "cloud_trail_cloud_watch_logs_enabled",
        "cloudtrail_s3_dataevents_enabled",
    ),
    "AWS::CodeBuild::": (
        "codebuild_project_envvar_awscred_check",
        "codebuild_project_source_repo_url_check",
    ),
    "AWS::DMS::": ("dms_replication_not_public",),
    "AWS::EC2::": (
        *("ec2_instance_no_public_ip", "ec2_instance_profile_attached", "ec2_instances_in_vpc"),
        *("encrypted_volumes", "no_unrestricted_route_to_igw", "restricted_common_ports"),
        *("restricted_ssh", "subnet_auto_assign_public_ip_disabled"),
    ),
    "AWS::ECS::": ("ecs_task_definition_user_for_host_mode_check",),
    "AWS::EFS::": ("efs_encrypted_check",),
    "AWS::EMR::": ("emr_kerberos_enabled", "emr_master_no_public_ip"),
    "AWS::ElasticBeanstalk::": ("elastic_beanstalk_managed_updates_enabled",),
    "AWS::ElasticLoadBalancing::": (
        *("elb_acm_certificate_required", "elb_cross_zone_load_balancing_enabled"),
        *("elb_logging_enabled", "elb_tls_https_listeners_only"),
    ),
    "AWS::ElasticLoadBalancingV2::": (
        *("alb_http_to_https_redirection_check", "alb_waf_enabled"),
        *("elb_deletion_protection_enabled", "elbv2_acm_certificate_required"),
    ),
    "AWS::Elasticsearch::": (
        *("elasticsearch_encrypted_at_rest", "elasticsearch_in_vpc_only"),
        *("elasticsearch_logs_to_cloudwatch", "elasticsearch_node_to_node_encryption_check"),
    ),
    "AWS::OpenSearchService::": (),
    "AWS::RDS::": (
        *("db_instance_backup_enabled", "rds_automatic_minor_version_upgrade_enabled"),
        *("rds_enhanced_monitoring_enabled", "rds_instance_deletion_protection_enabled"),
        *("rds_instance_public_access_check", "rds_logging_enabled", "rds_multi_az_support"),
        "rds_storage_encrypted",
    ),
    "AWS::Redshift::": (
        *("redshift_backup_enabled", "redshift_cluster_configuration_check"),
        *("redshift_cluster_maintenancesettings_check", "redshift_cluster_public_access_check"),
        "redshift_enhanced_vpc_routing_enabled",
    ),
    "AWS::SageMaker::": ("sagemaker_notebook_no_direct_internet_access",),
}
"""Kinds of resources that the template has none of, and the registry's rules on them."""

SUMMARY: Final = f"{len(HELD_BY)} rules for FFIEC"


def not_held(applied: Collection[str], types: Collection[str]) -> list[str]:
    """The rules of the registry that nothing holds: what stands for them was not judged, or the template has such resources now."""
    unjudged = [name for name, (held_by, _) in HELD_BY.items() if held_by not in applied]
    come = [
        name
        for kind, rules in NOTHING_OF_THE_KIND.items()
        if any(each.startswith(kind) for each in types)
        for name in rules or (kind,)
    ]
    return sorted((*unjudged, *come))

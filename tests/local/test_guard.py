"""AWS's guard rules fail the exam for a finding, and for whatever was not looked at."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.exam import frameworks, guard
from tools.exam.exceptions import EVERY, EXCEPTIONS, Resources
from tools.exam.frameworks import FRAMEWORKS, RegistryRule, registry_rules
from tools.exam.guard import NotJudged, judge, with_values

type Json = dict[str, Any]

RULE = "log_groups_are_kept_a_year"


def template(folder: Path, **resources: Json) -> Path:
    path = folder / "transformed.json"
    parameters = {"Days": {"Type": "Number", "Default": "365"}}
    path.write_text(json.dumps({"Parameters": parameters, "Resources": resources}))
    return path


GROUP = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": {"Ref": "Days"}}}


def report(*found: str, kept: int = 5) -> Json:
    """What cfn-guard says: the rule is broken by these resources; without any it is kept."""
    checks = [{"from": {"path": f"/Resources/{each}/Properties/RetentionInDays"}} for each in found]
    broken = [{"Rule": {"name": RULE, "checks": checks}}] if found else []
    return {
        "compliant": [f"rule_{number}" for number in range(kept)],
        "not_compliant": broken,
        "not_applicable": [],
    }


@pytest.fixture
def exceptions(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Resources, str]]:
    known: dict[str, tuple[Resources, str]] = {}
    monkeypatch.setattr(guard, "EXCEPTIONS", known)
    return known


def say(monkeypatch: pytest.MonkeyPatch, *reports: Json) -> None:
    monkeypatch.setattr(guard, "rule_sets", lambda: {"Control Tower": Path()})
    monkeypatch.setattr(guard, "mappings", lambda _applied: {"PCI DSS": 2})
    know(monkeypatch)
    monkeypatch.setattr(guard, "_guard", lambda _rules, _template: json.dumps(reports))


def know(monkeypatch: pytest.MonkeyPatch, *held: RegistryRule) -> None:
    """The rules that the template has nothing for, and these."""
    nothing = [each for each in registry_rules() if not each.held_by]
    monkeypatch.setattr(frameworks, "registry_rules", lambda: (*nothing, *held))


def test_what_keeps_every_rule_passes(tmp_path, monkeypatch, exceptions):
    say(monkeypatch, report())

    said = judge(template(tmp_path, Group=GROUP), tmp_path)

    assert "5 rules apply and 5 are kept by all of 1 resources, 0 exceptions, 0 other" in said


def test_a_finding_fails_unless_there_is_a_reason(tmp_path, monkeypatch, exceptions):
    say(monkeypatch, report("Group", "Other"))
    path = template(tmp_path, Group=GROUP, Other=GROUP)

    exceptions[RULE] = (("Group",), "a reason")
    with pytest.raises(NotJudged, match=f"{RULE}: Other"):
        judge(path, tmp_path)

    for of in (("Group", "Other"), EVERY):
        exceptions[RULE] = (of, "a reason")
        assert "1 exceptions" in judge(path, tmp_path)


@pytest.mark.parametrize("of", [("Group",), EVERY])
def test_an_exception_that_nothing_needs_any_more_fails(tmp_path, monkeypatch, exceptions, of):
    say(monkeypatch, report())
    exceptions[RULE] = (of, "a reason")

    with pytest.raises(NotJudged, match=RULE):
        judge(template(tmp_path, Group=GROUP), tmp_path)


def test_rules_that_looked_at_nothing_fail(tmp_path, monkeypatch, exceptions):
    say(monkeypatch, report(kept=0))

    with pytest.raises(NotJudged, match="looked at nothing"):
        judge(template(tmp_path, Group=GROUP), tmp_path)


@pytest.mark.parametrize(
    ("resources", "because"),
    [
        ({}, "no resources"),
        ({"People": {"Type": "AWS::CloudFormation::Stack"}}, "nested templates"),
        ({"People": {"Type": "AWS::Serverless::Application"}}, "nested templates"),
    ],
)
def test_a_template_that_is_not_all_there_fails(tmp_path, resources, because):
    with pytest.raises(NotJudged, match=because):
        with_values(template(tmp_path, **resources), tmp_path)


def test_rules_see_values(tmp_path):
    path, resources = with_values(template(tmp_path, Group=GROUP), tmp_path)

    seen = json.loads(path.read_text())["Resources"]
    assert seen["Group"]["Properties"] == {"RetentionInDays": 365}
    assert resources == {"Group"}


def test_missing_rules_and_a_missing_tool_fail(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "CONTROL_TOWER", tmp_path / "none")
    monkeypatch.setattr(guard, "PACKAGE", tmp_path)

    with pytest.raises(NotJudged, match="rules"):
        guard.rule_sets()
    with pytest.raises(NotJudged, match="rules"):
        guard.mappings({RULE})
    with pytest.raises(NotJudged, match="cfn-guard is missing"):
        guard._guard(tmp_path, tmp_path)


def test_every_exception_has_a_reason():
    assert all(of and len(reason) > 30 for of, reason in EXCEPTIONS.values())


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_rule_of_the_registry_that_nothing_holds_fails(
    tmp_path, monkeypatch, exceptions, framework
):
    say(monkeypatch, report())
    know(monkeypatch, RegistryRule("dynamodb_pitr_enabled", "rule_9", (), (framework,)))

    with pytest.raises(NotJudged, match="dynamodb_pitr_enabled"):
        judge(template(tmp_path, Group=GROUP), tmp_path)

    know(monkeypatch, RegistryRule("dynamodb_pitr_enabled", "rule_4", (), (framework,)))
    assert f"1 rules for {framework}" in judge(template(tmp_path, Group=GROUP), tmp_path)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("AWS::RDS::DBInstance", "rds_storage_encrypted"),
        ("AWS::OpenSearchService::Domain", "elasticsearch_encrypted_at_rest"),
        ("AWS::CloudTrail::Trail", "cloud_trail_encryption_enabled"),
        ("AWS::SageMaker::EndpointConfig", "sagemaker_endpoint_configuration_kms_key_configured"),
    ],
)
def test_a_resource_of_a_kind_that_there_was_none_of_asks_for_the_registrys_rules_on_it(
    tmp_path, monkeypatch, exceptions, kind, rule
):
    say(monkeypatch, report())

    with pytest.raises(NotJudged, match=rule):
        judge(template(tmp_path, Group=GROUP, Other={"Type": kind}), tmp_path)


@pytest.mark.parametrize(("framework", "rules"), [("FFIEC", 74), ("NIST", 84), ("PCI", 73)])
def test_each_rule_of_the_registrys_sets_stands_once(framework, rules):
    """As many as mappings/rule_set_ffiec.json, rule_set_nist800_53rev5.json and rule_set_pci_dss_3_2_1.json have."""
    names = [each.rule for each in registry_rules() if framework in each.frameworks]

    assert len(set(names)) == len(names) == rules


def test_each_rule_of_the_registry_is_held_or_about_nothing_that_there_is():
    for each in registry_rules():
        assert bool(each.held_by) is not bool(each.there_is_no), each.rule
        assert set(each.frameworks) <= set(FRAMEWORKS), each.rule
        assert each.frameworks, each.rule

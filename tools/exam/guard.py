"""AWS's guard rules on what CloudFormation is given, with the exceptions that we can give a reason for.

cfn-guard and the rules of Control Tower (which say the controls of NIST 800-53 and PCI DSS that each stands for) come in
one package of npm, rules of the AWS Guard Rules Registry in one of PyPI: tools/exam names both with
their versions. What the registry's rules for FFIEC, NIST and PCI ask beyond both stands in own.guard, and registry.csv
says which rule stands for which. The template is transformed and its parameters take their defaults, so rules see values.
"""

import json
import platform
import re
import subprocess
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from local.aws.cloudformation import CloudFormationTemplate
from local.settings import ROOT
from tools.exam import frameworks
from tools.exam.exceptions import EVERY, EXCEPTIONS

type Json = dict[str, Any]

PACKAGE = ROOT / ".tools" / "spectral" / "node_modules" / "@cdklabs" / "cdk-validator-cfnguard"
CONTROL_TOWER = PACKAGE / "rules" / "control-tower"
MACHINES = {("Linux", "x86_64"): "ubuntu/x86_64", ("Darwin", "arm64"): "macos/aarch64"}
NESTED = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
FRAMEWORKS = ("NIST 800-53 Rev 5", "PCI DSS version 3.2.1")
RULE = re.compile(r"^rule (\w+)", re.MULTILINE)
PASSED, FAILED = 0, 19
"""What cfn-guard ends with."""


class Finding(NamedTuple):
    """A rule that a resource does not keep; the template as a whole is no resource."""

    rule: str
    resource: str


class Judgement(NamedTuple):
    """What a set of rules says of the template."""

    name: str
    kept: frozenset[str]
    findings: frozenset[Finding]

    @property
    def applied(self) -> frozenset[str]:
        """The rules that are about something in the template."""
        return self.kept | {each.rule for each in self.findings}


class NotJudged(Exception):
    """A tool or a set of rules is missing, or looked at nothing."""


def judge(transformed: Path, folder: Path) -> str:
    """Every rule on every resource; what it comes to.

    Raises:
        NotJudged: A tool is missing, a set looked at nothing, a nested template is left out, or a
            finding has no exception, or an exception no finding.
    """
    template, resources = with_values(transformed, folder)
    judgements = [_judged(name, rules, template) for name, rules in rule_sets().items()]
    findings = frozenset[Finding]().union(*(each.findings for each in judgements))
    unexpected = sorted(each for each in findings if not is_excepted(each))
    unused = sorted(rule for rule in EXCEPTIONS if not _applies(rule, findings, resources))
    if unexpected or unused:
        shown = [*(f"{each.rule}: {each.resource}" for each in unexpected), *unused]
        raise NotJudged(f"findings without an exception, or the reverse: {shown}")
    said = ", ".join(
        f"{each.name} {len(each.applied)} rules apply and {len(each.kept)} are kept by all"
        for each in judgements
    )
    applied = frozenset[str]().union(*(each.applied for each in judgements))
    if missing := frameworks.not_held(applied, types_in(template)):
        raise NotJudged(f"nothing holds these rules of the registry: {missing}")
    controls = ", ".join(f"{number} for {name}" for name, number in mappings(applied).items())
    return (
        f"cfn-guard: {said} of {len(resources)} resources, {len(EXCEPTIONS)} exceptions, 0 other"
        f" failures ({controls}; of the registry {frameworks.summary()})"
    )


def with_values(transformed: Path, folder: Path) -> tuple[Path, set[str]]:
    """The template with its parameters' defaults in it, and its resources.

    Raises:
        NotJudged: It has no resources, or one that is a template of its own.
    """
    template = CloudFormationTemplate(transformed)
    for name, declared in template.document.get("Parameters", {}).items():
        if declared["Type"] == "Number":
            template.parameters[name] = int(declared["Default"])
    resources = template.document.get("Resources", {})
    if not resources:
        raise NotJudged("the template has no resources")
    nested = [name for name, each in resources.items() if each["Type"] in NESTED]
    if nested:
        raise NotJudged(f"nested templates are not looked at: {nested}")
    valued = {
        name: {**each, "Properties": template.resolve(each.get("Properties", {}))}
        for name, each in resources.items()
    }
    path = folder / "valued.json"
    path.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": valued}))
    return path, set(resources)


def types_in(template: Path) -> set[str]:
    """The types of resources that there are."""
    return {each["Type"] for each in json.loads(template.read_text())["Resources"].values()}


def rule_sets() -> Mapping[str, Path]:
    """Control Tower's rules, the registry's, and our own.

    Raises:
        NotJudged: A package is not installed.
    """
    registry = ROOT / ".tools" / "exam" / "lib"
    found = [*registry.glob("*/site-packages/awslabs/aws_iac_mcp_server/data/*.guard")]
    if not CONTROL_TOWER.exists() or len(found) != 1:
        raise NotJudged("guard rules are missing: `make exam` installs them")
    own = Path(__file__).with_name("own.guard")
    return {"Control Tower": CONTROL_TOWER / "cfn-guard", "registry": found[0], "our own": own}


def mappings(applied: Collection[str]) -> Mapping[str, int]:
    """How many rules that apply stand for controls of each framework, as Control Tower's package says.

    Raises:
        NotJudged: None does.
    """
    counted: Counter[str] = Counter()
    for path in (CONTROL_TOWER / "cfn-guard").rglob("*.guard"):
        if not set(RULE.findall(path.read_text())) & set(applied):
            continue
        about = CONTROL_TOWER / "metadata" / path.parent.name / f"{path.stem}.metadata.json"
        said = json.loads(about.read_text()).get("ComplianceFrameworkMappings", ())
        counted.update({each["ComplianceFramework"] for each in said})
    if not all(counted[name] for name in FRAMEWORKS):
        raise NotJudged(f"no rules for {FRAMEWORKS} apply")
    return {name: counted[name] for name in FRAMEWORKS}


def is_excepted(finding: Finding) -> bool:
    """Whether there is a written reason for it."""
    if finding.rule not in EXCEPTIONS:
        return False
    of, _ = EXCEPTIONS[finding.rule]
    return of is EVERY or finding.resource in of


def _applies(rule: str, findings: frozenset[Finding], resources: set[str]) -> bool:
    """Whether an exception is still one: every resource that it names is found not to keep the rule."""
    of, _ = EXCEPTIONS[rule]
    found = {each.resource for each in findings if each.rule == rule}
    return bool(found) if of is EVERY else set(of) <= found and set(of) <= resources | {""}


def _judged(name: str, rules: Path, template: Path) -> Judgement:
    reports: list[Json] = json.loads(_guard(rules, template))
    kept = frozenset(rule for each in reports for rule in each["compliant"])
    if not kept:
        raise NotJudged(f"the rules of {name} looked at nothing")
    failed = [rule["Rule"] for each in reports for rule in each["not_compliant"]]
    findings = {
        Finding(rule["name"], resource) for rule in failed for resource in resources_in(rule)
    }
    return Judgement(name, kept, frozenset(findings))


def resources_in(rule: Json) -> set[str]:
    """The resources that a report of a broken rule names; none where it names the template."""
    return {path.split("/")[2] for path in _paths(rule) if path.startswith("/Resources/")} or {""}


def _paths(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "path" and isinstance(inner, str):
                yield inner
            else:
                yield from _paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner)


def _guard(rules: Path, template: Path) -> str:
    machine = MACHINES.get((platform.system(), platform.machine()))
    if machine is None:
        raise NotJudged(f"the package has no cfn-guard for {platform.system()}")
    tool = str(PACKAGE / "bin" / machine / "cfn-guard")
    command = [tool, "validate", "-r", str(rules), "-d", str(template)]
    options = ["--structured", "-o", "json", "--show-summary", "none"]
    try:
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NotJudged("cfn-guard is missing: `make exam` installs it") from error
    if done.returncode not in {PASSED, FAILED}:
        raise NotJudged(f"cfn-guard ended with {done.returncode}: {done.stderr}")
    return done.stdout

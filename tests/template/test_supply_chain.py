"""What ships is locked with hashes, listed in a bill of materials, and can be signed."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.template.conftest import ROOT
from tools import sbom

type Json = dict[str, Any]

REQUIREMENTS = {
    "layer": ROOT / "layers" / "common" / "requirements.txt",
    **{path.parent.name: path for path in sorted((ROOT / "functions").glob("*/requirements.txt"))},
}
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)")


def pins(path: Path) -> dict[str, tuple[str, int]]:
    """Package to its version and how many hashes stand behind it."""
    found: dict[str, tuple[str, int]] = {}
    for entry in re.sub(r"\\\n", " ", path.read_text("utf-8")).splitlines():
        if entry.strip() and not entry.lstrip().startswith("#"):
            pinned = PINNED.match(entry)
            assert pinned, entry
            found[pinned["name"]] = (pinned["version"], entry.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("artefact", REQUIREMENTS)
def test_every_shipped_package_is_pinned_with_its_hashes(artefact: str) -> None:
    packages = pins(REQUIREMENTS[artefact])

    assert packages
    assert all(hashes for _, hashes in packages.values())


@pytest.mark.parametrize("artefact", REQUIREMENTS)
def test_the_bill_of_materials_names_every_shipped_package(artefact: str) -> None:
    listed = {one["name"]: one["version"] for one in sbom.bill(artefact)["components"]}
    shipped = {name: version for name, (version, _) in pins(REQUIREMENTS[artefact]).items()}

    assert shipped.items() <= listed.items()


def test_installing_refuses_what_has_no_hash() -> None:
    for makefile in ("layers/common/Makefile", "functions/Makefile"):
        installs = [
            line
            for line in (ROOT / makefile).read_text("utf-8").splitlines()
            if "pip install" in line
        ]
        assert installs
        assert all("--require-hashes" in line for line in installs), makefile


def test_every_function_takes_signed_code_alone_when_a_profile_is_named(written: Json) -> None:
    config = {"Fn::If": ["AcceptsSignedCodeOnly", {"Ref": "CodeSigning"}, {"Ref": "AWS::NoValue"}]}
    functions = {
        name: one["Properties"].get("CodeSigningConfigArn")
        for name, one in written["Resources"].items()
        if one["Type"] == "AWS::Serverless::Function"
    }

    assert {name for name, value in functions.items() if value != config} == set()
    signing = written["Resources"]["CodeSigning"]["Properties"]
    assert signing["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Enforce"}


def test_a_bot_asks_for_newer_packages_of_every_lock_file() -> None:
    config = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))
    watched = {(one["package-ecosystem"], one["directory"]) for one in config["updates"]}

    assert watched == {("uv", "/"), ("npm", "/tools/exam")}
    assert (ROOT / "uv.lock").exists()
    assert (ROOT / "tools" / "exam" / "package.json").exists()

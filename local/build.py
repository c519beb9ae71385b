"""Build what is deployed, without Docker, and look at what CloudFormation will be given.

Runs in the environment of aws-sam-cli: `.venv-sam/bin/python -m local.build` (`make build`).
Validates and lints the template, builds functions and layer, then inlines openapi.yaml, runs SAM's
own translator and lints the result: wildcards and mistakes can hide in SAM's shorthand.
`--transform` prints the transformed template as JSON instead; tests/template reads it.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-not-found] # in .venv-sam only
from samtranslator.public.translator import (  # type: ignore[import-not-found] # in .venv-sam only
    ManagedPolicyLoader,
)
from samtranslator.translator.transform import (  # type: ignore[import-not-found] # in .venv-sam only
    transform,
)

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / ".aws-sam"
TRANSFORMED = BUILT / "transformed.json"
REGION = "eu-west-2"
HERE = {"arm64": "arm64", "aarch64": "arm64"}.get(os.uname().machine, "x86_64")


def transformed(*, layer_uri: str, architecture: str = "arm64") -> Json:
    """The template as CloudFormation sees it once includes and SAM are worked out."""
    template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Api":
            properties["DefinitionBody"] = _included(properties["DefinitionBody"])
        elif resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = f"s3://artefacts/{properties['CodeUri']}"
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = layer_uri
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    parameters = {
        name: declared.get("Default", "") for name, declared in template["Parameters"].items()
    }
    result: Json = transform(
        template, {**parameters, "Architecture": architecture}, _NoManagedPolicies()
    )
    return result


class _NoManagedPolicies(ManagedPolicyLoader):  # type: ignore[misc] # untyped base
    """The template names managed policies by ARN alone, so there is nothing to ask IAM."""

    def __init__(self) -> None:
        super().__init__(None)

    def load(self) -> dict[str, str]:
        return {}


def _included(definition: Json) -> Json:
    location = definition["Fn::Transform"]["Parameters"]["Location"]
    included: Json = yaml_parse((ROOT / location).read_text(encoding="utf-8"))
    return included


def build(architecture: str) -> None:
    """Validate, build, transform, lint; the first that fails ends it."""
    binaries = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",  # pip and Python 3.13 for the Makefiles
        "ARCHITECTURE": architecture,
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
    }

    def run(*command: str) -> None:
        started = time.monotonic()
        subprocess.run(
            [str(binaries / command[0]), *command[1:]], cwd=ROOT, env=environment, check=True
        )
        print(f"{' '.join(command[:2])}: {time.monotonic() - started:.1f} s", flush=True)

    run("sam", "validate", "--lint")
    run("sam", "build", "--parameter-overrides", f"Architecture={architecture}")
    TRANSFORMED.write_text(
        json.dumps(
            transformed(layer_uri="s3://artefacts/layer", architecture=architecture), indent=1
        )
    )
    run("cfn-lint", "--regions", REGION, "--", str(TRANSFORMED))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="local.build", description=__doc__)
    parser.add_argument("--architecture", choices=["arm64", "x86_64", "here"], default="arm64")
    parser.add_argument("--transform", metavar="LAYER_URI", help="print the transformed template")
    arguments = parser.parse_args()
    architecture = HERE if arguments.architecture == "here" else arguments.architecture
    if arguments.transform:
        print(json.dumps(transformed(layer_uri=arguments.transform, architecture=architecture)))
        return 0
    try:
        build(architecture)
    except subprocess.CalledProcessError as failure:
        print(f"{' '.join(failure.cmd)} failed", file=sys.stderr)
        return failure.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())

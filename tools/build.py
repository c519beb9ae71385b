"""Build what is deployed, without Docker, and look at what CloudFormation will be given.

Validates and lints the template, builds functions and layer, then inlines the API's definition, runs SAM's
own translator and lints the result: wildcards and mistakes can hide in SAM's shorthand.
`--artefacts FOLDER` only builds, into that folder; `--transform LAYER_URI` only prints the
transformed template. Goes on in the environment of aws-sam-cli, whichever it is started in.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[1]
SAM_BINARIES = ROOT / ".venv-sam" / "bin"
TRANSFORMED = ROOT / ".aws-sam" / "transformed.json"
REGION = "eu-west-2"
HERE = "arm64" if os.uname().machine in {"arm64", "aarch64"} else "x86_64"


def transformed(*, layer_uri: str) -> Json:
    """The template as CloudFormation sees it once includes and SAM are worked out."""
    translator = import_module("samtranslator.translator.transform")  # .venv-sam only
    template = _read("template.yaml")
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Api":
            include = properties["DefinitionBody"]["Fn::Transform"]["Parameters"]
            properties["DefinitionBody"] = _read(include["Location"])
        elif resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = f"s3://artefacts/{properties['CodeUri']}"
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = layer_uri
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    parameters = {
        name: declared.get("Default", "") for name, declared in template["Parameters"].items()
    }
    result: Json = translator.transform(template, parameters, _NoManagedPolicies())
    return result


class _NoManagedPolicies:
    """The template names managed policies by ARN alone, so there is nothing to ask IAM."""

    def load(self) -> dict[str, str]:
        return {}


def _read(name: str) -> Json:
    yaml = import_module("samcli.yamlhelper")  # .venv-sam only
    document: Json = yaml.yaml_parse((ROOT / name).read_text(encoding="utf-8"))
    return document


def build(architecture: str) -> None:
    """Validate, build, transform, lint; the first that fails ends it."""
    _run("sam", "validate", "--lint", architecture=architecture)
    build_artefacts(architecture)
    template = transformed(layer_uri="s3://artefacts/layer")
    # As it is sent: blanks would count towards CloudFormation's megabyte.
    TRANSFORMED.write_text(json.dumps(template, separators=(",", ":")))
    _run("cfn-lint", "--regions", REGION, "--", str(TRANSFORMED), architecture=architecture)


def build_artefacts(architecture: str, *into: str) -> None:
    """Functions and layer as Lambda would unpack them."""
    options = ("--parameter-overrides", f"Architecture={architecture}")
    _run("sam", "build", *options, *into, architecture=architecture)


def _run(program: str, *arguments: str, architecture: str) -> None:
    """Run one of aws-sam-cli's programs, and say how long it took."""
    environment = {
        **os.environ,
        # pip, Python 3.13 and botocore for the Makefiles of the layer and the functions
        "PATH": f"{SAM_BINARIES}{os.pathsep}{os.environ['PATH']}",
        "ARCHITECTURE": architecture,
        "AWS_DEFAULT_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
    }
    command = [str(SAM_BINARIES / program), *arguments]
    started = time.monotonic()
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    print(f"{program} {arguments[0]}: {time.monotonic() - started:.1f} s", flush=True)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="tools.build", description=__doc__)
    parser.add_argument("--architecture", choices=["arm64", "x86_64", "here"], default="arm64")
    parser.add_argument("--artefacts", metavar="FOLDER", help="only build, into this folder")
    parser.add_argument("--transform", metavar="LAYER_URI", help="only print the result of SAM")
    arguments = parser.parse_args()
    _continue_beside_sam()
    architecture = HERE if arguments.architecture == "here" else arguments.architecture
    try:
        if arguments.transform:
            print(json.dumps(transformed(layer_uri=arguments.transform)))
        elif arguments.artefacts:
            build_artefacts(architecture, "--build-dir", arguments.artefacts)
        else:
            build(architecture)
    except subprocess.CalledProcessError as failure:
        print(f"{' '.join(failure.cmd)} failed", file=sys.stderr)
        return failure.returncode
    return 0


def _continue_beside_sam() -> None:
    """SAM's translator lives in an environment of its own, where the project's cannot."""
    if Path(sys.prefix).resolve() != SAM_BINARIES.parent.resolve():
        python = SAM_BINARIES / "python"
        if not python.exists():
            sys.exit("aws-sam-cli's environment .venv-sam is missing: `make build` makes it")
        os.execv(python, [str(python), "-m", "tools.build", *sys.argv[1:]])  # noqa: S606 (our own)


if __name__ == "__main__":
    sys.exit(main())

"""What `sam local` needs to run the functions in containers beside this stack.

`sam local` hands on only variables that the template declares, and ours rightly declares no
endpoints. So a copy of the built template that does is written beside it, and a file with the
values: `sam local start-api -t .aws-sam/build/template-local.json --env-vars
.coverwright/sam-env.json --docker-network host`, while `make serve` runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from local.processes import LOOPBACK
from local.settings import ROOT, Settings
from local.template import Template

BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"


def write_environment(settings: Settings) -> Iterator[Path]:
    """Write the files, and say which."""
    # With `--docker-network host` a container's loopback is this machine's.
    services = f"http://{LOOPBACK}:{settings.ports.services}"
    template = Template(
        settings.template,
        overrides=settings.parameters,
        issuer_url=services,
        services_url=services,
    )
    endpoints = {
        "AWS_ENDPOINT_URL": services,
        "AWS_ENDPOINT_URL_DYNAMODB": f"http://{LOOPBACK}:{settings.ports.database}",
    }
    variables = {
        function.logical_id: {**function.environment, **endpoints}
        for function in template.functions.values()
    }
    settings.folder.mkdir(parents=True, exist_ok=True)
    path = settings.folder / "sam-env.json"
    path.write_text(json.dumps(variables, indent=2) + "\n")
    yield path
    if BUILT.exists():
        yield _built_with(list(endpoints))


def _built_with(names: list[str]) -> Path:
    document = Template(BUILT).document
    declared = document["Globals"]["Function"]["Environment"]["Variables"]
    declared.update(dict.fromkeys(names, ""))
    path = BUILT.with_name("template-local.json")
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path

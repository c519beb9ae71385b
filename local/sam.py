"""The environment file for `sam local`: every function's own variables, for use from a container.

`sam local start-api --env-vars .coverwright/sam-env.json` beside `make serve`: SAM runs the
functions, this stack runs the database and the other services.
"""

from __future__ import annotations

import json
from pathlib import Path

from local.processes import LOOPBACK
from local.settings import Settings
from local.template import Template

# From inside a container this machine is the Docker host; on Linux containers join its network.
HOST = LOOPBACK


def write_environment(settings: Settings) -> Path:
    """Write the file that `--env-vars` takes, and say where it is."""
    services = f"http://{HOST}:{settings.ports.services}"
    template = Template(
        settings.template,
        issuer_url=services,
        services_url=services,
    )
    endpoints = {
        "AWS_ENDPOINT_URL": services,
        "AWS_ENDPOINT_URL_DYNAMODB": f"http://{HOST}:{settings.ports.database}",
    }
    variables = {
        function.logical_id: {**function.environment, **endpoints}
        for function in template.functions.values()
    }
    settings.folder.mkdir(parents=True, exist_ok=True)
    path = settings.folder / "sam-env.json"
    path.write_text(json.dumps(variables, indent=2) + "\n")
    return path

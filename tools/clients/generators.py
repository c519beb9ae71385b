"""The five generators: how each is asked, how what it makes is compiled, and how it plays the journey."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tools.clients.postman import collection_of_journey, paid_claim, requests_of
from tools.clients.workshop import HERE, JOURNEYS, NODE, PYTHON, UV, Failed, Workshop

PACKAGE = "coverwright_client"


class Generator(NamedTuple):
    """What is done with one generator, in this order."""

    name: str
    generate: Callable[[Workshop], int]
    """Makes the client, and counts its operations."""
    compile: Callable[[Workshop], None]
    play: Callable[[Workshop], str]
    """The claim that was paid."""
    on_node: bool = True


def _openapi_python_client(at: Workshop) -> int:
    made = at.folder / PACKAGE
    at.run(
        *("openapi-python-client", "generate", "--path", at.definition, "--output-path", made),
        *("--meta", "none", "--fail-on-warning"),
    )
    return sum(1 for file in (made / "api").glob("*/*.py") if file.name != "__init__.py")


def _mypy_strictly(at: Workshop) -> None:
    at.run(
        "mypy", "--config-file", HERE / "mypy.ini", PACKAGE, JOURNEYS / "openapi_python_client.py"
    )


def _openapi_generator(at: Workshop) -> int:
    at.run(
        *(
            "openapi-generator-cli",
            "generate",
            "-i",
            at.definition,
            "-g",
            "python",
            "-o",
            "project",
        ),
        f"--additional-properties=packageName={PACKAGE}",
    )
    calls = (at.folder / "project" / PACKAGE / "api").glob("*.py")
    return sum(len(re.findall(r"def \w+_with_http_info\(", file.read_text())) for file in calls)


def _build_and_check(at: Workshop) -> None:
    """As a package: built, installed beside the journey, and checked with the settings that it comes with."""
    at.run(
        *(UV, "pip", "install", "-q", "--no-deps", "--no-build-isolation"),
        *("--python", PYTHON / "bin" / "python", "--target", at.folder, "./project"),
    )
    at.run("mypy", "--config-file", "project/pyproject.toml", f"project/{PACKAGE}")
    at.run(
        *("mypy", "--strict", "--follow-imports=silent", JOURNEYS / "openapi_generator.py"),
    )


def openapi_typescript(at: Workshop, schema: str | Path = "schema.d.ts") -> int:
    """Write the types into a file, of the workshop's folder unless it says where; how many operations they have."""
    at.set_up_node()
    # What has a default need not be sent: without the flag its type is required.
    at.run("openapi-typescript", at.definition, "-o", schema, "--default-non-nullable=false")
    types = (at.folder / schema).read_text()
    return len(re.findall(r'^ {8}(?:get|post): operations\["\w+"\];$', types, re.MULTILINE))


def _hey_api(at: Workshop) -> int:
    at.set_up_node()
    at.run("openapi-ts", "-i", at.definition, "-o", "client", "-c", "@hey-api/client-fetch")
    calls = (at.folder / "client" / "sdk.gen.ts").read_text()
    return len(re.findall(r"^export const \w+ = ", calls, re.MULTILINE))


def _openapi_to_postman(at: Workshop) -> int:
    at.run(
        *("openapi2postmanv2", "-s", at.definition, "-o", "collection.json"),
        *("-O", "folderStrategy=Tags,enableOptionalParameters=false,parametersResolution=Example"),
    )
    return len(list(requests_of(_collection(at))))


def _put_in_order(at: Workshop) -> None:
    journey = collection_of_journey(_collection(at), json.loads(at.given.read_text()))
    (at.folder / "journey.json").write_text(json.dumps(journey))


def _newman(at: Workshop) -> str:
    at.run(
        *("newman", "run", "journey.json", "--bail", "--delay-request", "100"),
        *("--reporters", "cli,json", "--reporter-json-export", "report.json"),
    )
    return paid_claim(json.loads((at.folder / "report.json").read_text()))


def _collection(at: Workshop) -> dict[str, object]:
    found: dict[str, object] = json.loads((at.folder / "collection.json").read_text())
    return found


def _compile_typescript(name: str) -> Callable[[Workshop], None]:
    def compile(at: Workshop) -> None:
        (at.folder / "play.ts").write_text((JOURNEYS / name).read_text())
        at.run("tsc", "--project", "tsconfig.json")

    return compile


def _play_python(name: str) -> Callable[[Workshop], str]:
    return lambda at: _last_line(at.run("python", JOURNEYS / name, at.given))


def _play_node(at: Workshop) -> str:
    return _last_line(at.run("node", "built/play.js", at.given))


def _last_line(said: str) -> str:
    lines = said.split()
    if not lines:
        raise Failed("the journey named no claim")
    return lines[-1]


GENERATORS = (
    Generator(
        "openapi-python-client",
        _openapi_python_client,
        _mypy_strictly,
        _play_python("openapi_python_client.py"),
        on_node=False,
    ),
    Generator(
        "openapi-generator",
        _openapi_generator,
        _build_and_check,
        _play_python("openapi_generator.py"),
        on_node=False,
    ),
    Generator(
        "openapi-typescript",
        openapi_typescript,
        _compile_typescript("openapi_typescript.ts"),
        _play_node,
    ),
    Generator("hey-api", _hey_api, _compile_typescript("hey_api.ts"), _play_node),
    Generator("openapi-to-postman", _openapi_to_postman, _put_in_order, _newman),
)
"""Those on TypeScript find what they import under `node_modules`, a link to what is installed."""


def installed(generator: Generator) -> bool:
    """Whether its tools are there."""
    folder: Path = NODE / "node_modules" if generator.on_node else PYTHON / "bin"
    return folder.exists()

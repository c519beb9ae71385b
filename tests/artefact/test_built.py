"""What is deployed is for the right machine, compiled, whole and small."""

import importlib.util
import marshal
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws.template import Template
from tests.artefact.backend import ISSUER

ROOT = Path(__file__).resolve().parents[2]
LAYER_BYTES_AT_MOST = 50_000_000  # Lambda takes 250 MB; cold starts take less
FUNCTION_BYTES_AT_MOST = 2_000_000
OF_LAMBDA_BYTES = 262_144_000
"""What a function and its layers may unpack to."""

LARGER = {
    "DocumentsFunction": 90_000_000,  # the typesetter is one library of 84 MB (docs/adr/0011)
    "SchedulerFunction": 90_000_000,  # the same: it makes documents again
    "EvidenceFunction": 5_000_000,  # the reader of strangers' PDFs, 4 MB of Python
}
"""Functions that ship a library which the layer lacks."""

UNCHECKED_HASH = 0b01
ELF_MACHINES = {62: "x86_64", 183: "arm64"}
NOT_SHIPPED = ("boto3", "botocore", "awslambdaric", "pytest", "moto", "uvicorn", "yaml", "pip")

AS_LAMBDA_DOES = """
import app, snapshot_restore_py as runtime
before, after = runtime.get_before_snapshot(), runtime.get_after_restore()
for hook, args, named in [*reversed(before), *after]:
    hook(*args, **named)
print(len(before), len(after))
"""

pytestmark = pytest.mark.xdist_group("artefact")


def shared_objects(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every native library and the machine it is for."""
    for path in folder.rglob("*.so*"):
        head = path.read_bytes()[:20]
        assert head[:4] == b"\x7fELF", path
        yield path, ELF_MACHINES[struct.unpack_from("<H", head, 18)[0]]


def test_native_libraries_match_the_machine_and_the_python(built: Path, machine: str) -> None:
    found = list(shared_objects(built))

    assert len(found) >= 3  # pydantic-core, cryptography, cffi
    for path, made_for in found:
        assert made_for == machine, path
        assert "cpython-313" in path.name or "abi3" in path.name, path


def test_everything_is_compiled_and_never_compiled_again(built: Path) -> None:
    sources = [path for path in built.rglob("*.py") if "__pycache__" not in path.parts]

    assert len(sources) > 500
    for source in sources:
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        head = compiled.read_bytes()[:8]
        assert head[:4] == importlib.util.MAGIC_NUMBER, source
        assert int.from_bytes(head[4:], "little") == UNCHECKED_HASH, source


def test_tracebacks_name_where_the_code_lies_on_lambda(built: Path) -> None:
    layer = built / "CommonLayer" / "python" / "insurance" / "__pycache__"
    handler = built / "QuotingFunction" / "__pycache__" / "app.cpython-313.pyc"
    wiring = layer / "wiring.cpython-313.pyc"

    assert marshal.loads(handler.read_bytes()[16:]).co_filename == "/var/task/app.py"  # noqa: S302 (our own bytecode)
    name = marshal.loads(wiring.read_bytes()[16:]).co_filename  # noqa: S302 (our own bytecode)
    assert name == "/opt/python/insurance/wiring.py"


def test_the_layer_ships_the_package_whole(built: Path) -> None:
    shipped, source = (
        built / "CommonLayer" / "python" / "insurance",
        ROOT / "layers/common/insurance",
    )
    wanted = {
        path.relative_to(source)
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert any(path.suffix == ".json" for path in wanted)  # products and look-ups are data
    for name in wanted:
        assert (shipped / name).read_bytes() == (source / name).read_bytes(), name


def test_the_layer_ships_nothing_of_the_runtime_or_the_workshop(built: Path) -> None:
    layer = built / "CommonLayer"
    for name in NOT_SHIPPED:
        assert not list((layer / "python").glob(f"{name}*")), name
    for path in layer.rglob("*"):
        assert path.name != "tests" or path.is_file(), path
        assert path.suffix not in {".pyi", ".c", ".h", ".js"}, path


@pytest.mark.parametrize("name", ["AuthorizerFunction", "QuotingFunction", "SchedulerFunction"])
def test_a_snapshot_is_prepared_and_renewed_with_what_is_shipped(built: Path, name: str) -> None:
    function = Template(ROOT / "template.yaml", issuer_url=ISSUER).functions[name]
    layer = built / "CommonLayer"
    variables = {
        **function.environment,
        "AWS_DATA_PATH": str(layer / "botocore"),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        "AWS_REGION": "eu-west-2",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # nobody listens: a call would fail
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(map(str, (built / name, layer / "python"))),
    }

    done = subprocess.run(  # noqa: S603 (our own interpreter and words)
        [sys.executable, "-s", "-c", AS_LAMBDA_DOES],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1", "1"]


def test_licences_stay(built: Path) -> None:
    layer = built / "CommonLayer" / "python"
    for package in ("pydantic", "cryptography", "aws_lambda_powertools"):
        (information,) = layer.glob(f"{package}-*.dist-info")
        texts = [path for path in information.rglob("*") if "licen" in path.name.lower()]
        assert texts, package
        assert (information / "METADATA").exists(), package


def test_sizes_stay_small(built: Path) -> None:
    for folder in built.iterdir():
        if folder.is_dir():
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            limit = LARGER.get(folder.name, FUNCTION_BYTES_AT_MOST)
            limit = LAYER_BYTES_AT_MOST if folder.name == "CommonLayer" else limit
            assert size < limit, (folder.name, size)
    assert LAYER_BYTES_AT_MOST + max(LARGER.values()) < OF_LAMBDA_BYTES


def test_what_is_deployed_was_built_for_the_templates_architecture() -> None:
    """`make build` leaves the deployable artefact; nothing to check before it ran."""
    deployable = ROOT / ".aws-sam" / "build"
    if not (deployable / "CommonLayer").exists():
        pytest.skip("make build has not run")
    template = (deployable / "template.yaml").read_text(encoding="utf-8")

    assert {made_for for _, made_for in shared_objects(deployable)} == {"arm64"}
    assert "python3.13" in template

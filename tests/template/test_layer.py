"""What the layer is built from."""

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "layers" / "common"

type Json = dict[str, Any]

CLIENT = r"_?(client|kms|events|secrets)(\([^)]*\))?"


@pytest.fixture(scope="module")
def cutter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("botocore_data", LAYER / "botocore_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cut(cutter: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("botocore")
    cutter.cut(Path(botocore.__file__).parent / "data", target)
    return target


def service(data: Loader, name: str) -> ServiceModel:
    return ServiceModel(data.load_service_model(name, "service-2"), name)


def described(shape: Any, seen: tuple[str, ...] = ()) -> Any:
    """A shape without prose, all the way down."""
    if shape is None or shape.name in seen:
        return shape and shape.name
    seen = (*seen, shape.name)
    inner: Any = None
    if shape.type_name == "structure":
        inner = {name: described(member, seen) for name, member in shape.members.items()}
    elif shape.type_name == "list":
        inner = described(shape.member, seen)
    elif shape.type_name == "map":
        inner = (described(shape.key, seen), described(shape.value, seen))
    return shape.type_name, shape.serialization, shape.metadata, inner


def told(operation: OperationModel) -> Json:
    return {
        "http": operation.http,
        "input": described(operation.input_shape),
        "output": described(operation.output_shape),
        "errors": [described(error) for error in operation.error_shapes],
        "auth": operation.auth_type,
        "context": operation.context_parameters,
        "static": operation.static_context_parameters,
        "discovery": operation.endpoint_discovery,
    }


def test_the_cut_says_of_each_operation_what_the_whole_says(cutter: ModuleType, cut: Path) -> None:
    whole, part = Loader(), Loader([str(cut)], include_default_search_paths=False)
    for name, (version, operations) in cutter.USED.items():
        ours, theirs = service(part, name), service(whole, name)
        assert version == theirs.api_version
        assert set(ours.operation_names) == set(operations)
        assert ours.metadata == theirs.metadata
        for operation in operations:
            assert told(ours.operation_model(operation)) == told(theirs.operation_model(operation))


def test_rules_retries_and_partitions_are_whole(cutter: ModuleType, cut: Path) -> None:
    whole, part = Loader(), Loader([str(cut)], include_default_search_paths=False)

    for name in cutter.WHOLE:
        assert part.load_data(name) == whole.load_data(name)
    for name in cutter.USED:
        rules = "endpoint-rule-set-1"
        assert part.load_service_model(name, rules) == whole.load_service_model(name, rules)


def test_endpoints_of_the_used_services_are_the_same_everywhere(
    cutter: ModuleType, cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def addresses() -> dict[tuple[str, str], str]:
        session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")
        return {
            (name, region): session.client(name, region_name=region).meta.endpoint_url
            for name in cutter.USED
            for region in ("eu-west-2", "us-east-1", "us-gov-west-1", "cn-north-1")
        }

    whole = addresses()
    monkeypatch.setenv("AWS_DATA_PATH", str(cut))

    assert addresses() == whole


def test_the_cut_has_every_operation_the_source_calls_and_no_other(cutter: ModuleType) -> None:
    """Calls are found by name, on what is named for a client: `_client.query(`, `_kms.decrypt(`."""
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("layers/common/insurance", "functions")
        for path in sorted((ROOT / folder).rglob("*.py"))
    )
    methods = {found["method"] for found in re.finditer(rf"\b{CLIENT}\.(?P<method>\w+)\(", source)}
    called = {("s3", "CreateBucket")} if ".generate_presigned_post(" in source else set()
    called |= {
        (name, operation)
        for name in cutter.USED
        for operation in service(Loader(), name).operation_names
        if botocore.xform_name(operation) in methods
    }

    assert called == {
        (name, operation)
        for name, (_, operations) in cutter.USED.items()
        for operation in operations
    }


def test_requirements_are_those_of_the_lock() -> None:
    uv = shutil.which("uv") or str(ROOT / ".tools/uv/bin/uv")  # where `make setup` puts it
    exported = subprocess.run(  # noqa: S603 (our own command)
        [
            *(uv, "export", "--frozen", "--no-default-groups", "--no-emit-project"),
            *("--format", "requirements-txt", "--no-header", "--quiet"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert (LAYER / "requirements.txt").read_text(encoding="utf-8") == exported
    assert "boto" not in exported  # the runtime's own is used


def test_the_makefiles_build_for_the_templates_architecture_unless_told(written: Json) -> None:
    default = written["Parameters"]["Architecture"]["Default"]

    for makefile in (LAYER / "Makefile", ROOT / "functions" / "Makefile"):
        assert f"ARCHITECTURE ?= {default}\n" in makefile.read_text(encoding="utf-8")


def test_the_cut_is_small(cut: Path) -> None:
    sizes = {path: path.stat().st_size for path in cut.rglob("*.json")}
    of_s3 = sum(size for path, size in sizes.items() if path.is_relative_to(cut / "s3"))

    assert sum(sizes.values()) - of_s3 < 200_000
    assert (
        of_s3 < 400_000
    )  # read only by who asks for S3; most of it are the rules of its addresses
    for path in cut.rglob("*.json"):
        json.loads(path.read_bytes())

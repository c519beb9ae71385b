"""What the environment says: read once, typed, and only what a function's template entry gives it."""

import os


class MissingSetting(Exception):
    """The function needs a variable that its environment lacks: a fault of the template."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the environment has no {name}")


def setting(name: str) -> str:
    """The value of a variable of the function's environment.

    Raises:
        MissingSetting: There is no such variable, or it is empty.
    """
    value = os.environ.get(name)
    if not value:
        raise MissingSetting(name)
    return value


def number(name: str) -> int:
    """The whole number of a setting.

    Raises:
        MissingSetting: There is no such variable, or it is empty.
    """
    return int(setting(name))


def words(name: str) -> frozenset[str]:
    """The words of a setting; none where the template gives the function no such variable."""
    return frozenset(os.environ.get(name, "").split())


def docs_url() -> str:
    """Where the docs are served: `type` of each problem begins with it. Outside a stack it is an example."""
    return os.environ.get("DOCS_URL") or "https://docs.coverwright.example"


def table(name: str) -> str:
    """The name of a table: `table("quotes")` reads QUOTES_TABLE."""
    return setting(f"{name.upper()}_TABLE")


def region() -> str:
    """The region of AWS that the function runs in, and its data stand in."""
    return os.environ.get("AWS_REGION", "")


def is_lambda() -> bool:
    """Whether Lambda runs this process, and not a test or a tool."""
    return "AWS_LAMBDA_RUNTIME_API" in os.environ


def data_path() -> str | None:
    """Where the layer keeps its cut of botocore's data; None where the layer is not built."""
    path = os.environ.get("AWS_DATA_PATH")
    return path if path and os.path.isdir(path) else None  # noqa: PTH112 (pathlib costs its import)

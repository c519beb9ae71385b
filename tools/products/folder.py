"""A product folder on disk: product.json, CSV tables and scenarios.json beside it."""

from pathlib import Path
from typing import Any

from insurance.domain.product import ProductSource
from insurance.domain.product.definition.files import DOCUMENT_MAX, TABLES_MAX, read_source
from insurance.domain.product.faults import refuse


def read(folder: Path) -> ProductSource:
    """The definition in a folder. Raises InvalidProduct with every fault of its shape."""
    files = packed(folder)
    return read_source(files["document"], files["tables"], files.get("scenarios"))


def packed(folder: Path) -> dict[str, Any]:
    """The folder's files as the API takes them: texts, by what they are. Raises InvalidProduct if one cannot be read."""
    if not (folder / "product.json").is_file():
        raise refuse(str(folder), "no product.json", "a folder with a product.json")
    tables = {path.stem: _text(path, TABLES_MAX) for path in sorted(folder.glob("*.csv"))}
    scenarios = folder / "scenarios.json"
    files = {"document": _text(folder / "product.json", DOCUMENT_MAX), "tables": tables}
    return files | ({"scenarios": _text(scenarios, DOCUMENT_MAX)} if scenarios.is_file() else {})


def found_under(path: Path) -> list[Path]:
    """The product folders at or under a path."""
    if (path / "product.json").is_file():
        return [path]
    return sorted(document.parent for document in path.glob("**/product.json"))


def _text(path: Path, most: int) -> str:
    if path.stat().st_size > most * 4:
        raise refuse(path.name, f"{path.stat().st_size} bytes", f"at most {most}")
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(path.name, f"a byte that is not UTF-8 at {error.start}", "UTF-8") from error

"""A file over 400 lines has a reason in its first docstring, and few files have one."""

import ast

from tests.architecture.sources import ROOT

LINES_MAX = 400
LONG_FILES_MAX = 3
FOLDERS = ("layers/common/insurance", "functions", "local", "tools", "demo")


def test_few_files_are_long_and_each_says_why() -> None:
    long_files = {
        path.relative_to(ROOT): text
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (text := path.read_text("utf-8")).count("\n") > LINES_MAX
    }

    assert len(long_files) <= LONG_FILES_MAX, sorted(map(str, long_files))
    for path, text in long_files.items():
        docstring = ast.get_docstring(ast.parse(text)) or ""
        assert "long" in docstring, f"{path} does not say why it is long"

"""What the docs are built with: pinned files of npm, the hooks of the generator, and what makes a page faulty."""

import base64
import hashlib
import io
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools.docs import hooks, packages
from tools.docs.check import BYTES_AT_MOST, faults
from tools.docs.packages import NotFetched, Package, file_of
from tools.docs.page import blocks_on

GOOD = {"path": "/docs/a.html", "bytes": 1, "outside": [], "errors": [], "findings": []}


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What an npm on the path packs."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        member = tarfile.TarInfo("package/dist/it.js")
        member.size = 2
        tar.addfile(member, io.BytesIO(b"it"))
    (tmp_path / "packed").write_bytes(made.getvalue())
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\ncp {tmp_path}/packed it.tgz\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(packages, "KEPT", tmp_path / "kept")
    return made.getvalue()


def test_a_file_of_a_package_is_fetched_once(packed: bytes, tmp_path: Path) -> None:
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    wanted = Package("@some/it", "1.0.0", digest)

    assert file_of(wanted, "dist/it.js").read_text() == "it"
    (tmp_path / "npm").unlink()
    assert file_of(wanted, "dist/it.js").read_text() == "it"


def test_a_package_with_another_hash_is_refused(packed: bytes) -> None:
    with pytest.raises(NotFetched, match="has the hash"):
        file_of(Package("it", "1.0.0", "another"), "dist/it.js")


@pytest.mark.parametrize(
    ("page", "link", "shown"),
    [
        ("claims.md", "[a](problems.md#x)", "[a](problems.md#x)"),
        ("guides/claims.md", "[a](../claims.md)", "[a](../claims.md)"),
        ("guides/going-live.md", "[a](../../CHANGELOG.md)", "[a](../CHANGELOG.md)"),
        ("CONTRIBUTING.md", "[a](docs/releases.md)", "[a](releases.md)"),
        ("clients.md", "[a](../clients/python/README.md)", "[a](clients/python/README.md)"),
        ("security.md", "[a file](../tools/exam/exceptions.py)", "a file"),
        ("claims.md", "[a](https://example.org/b.md)", "[a](https://example.org/b.md)"),
    ],
)
def test_a_link_leads_from_page_to_page_as_it_does_from_file_to_file(
    page: str, link: str, shown: str
) -> None:
    there = SimpleNamespace(file=SimpleNamespace(src_uri=page))

    assert hooks.on_page_markdown(link, there, {"site_dir": "."}, None) == shown


def test_a_page_without_scripts_in_line_loads_them_from_files(tmp_path: Path) -> None:
    page = "<script>a()</script><script src=b.js></script>"

    shown = hooks.on_post_page(
        page, SimpleNamespace(url="guides/claims.html"), {"site_dir": tmp_path}
    )

    [file] = tmp_path.rglob("*.js")
    assert file.read_text() == "a()"
    assert shown == (
        f'<script src="../{file.relative_to(tmp_path)}"></script><script src=b.js></script>'
    )


def test_a_block_is_copied_as_it_stands_with_the_name_above_it(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<p><code>travel/product.json</code></p>"
        '<div class="language-json highlight"><pre><code>{<span>"a"</span>: 1}\n</code></pre></div>'
        "<p>Then type:</p>"
        '<div class="language-sh highlight"><pre><code>a &lt; b\n</code></pre></div>'
    )

    assert blocks_on(page) == [
        ("json", '{"a": 1}\n', "travel/product.json"),
        ("sh", "a < b\n", None),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"findings": ["light, 360 px: color-contrast"]},
        {"errors": ["refused by the policy"]},
        {"outside": ["https://fonts.example/a.woff"]},
        {"bytes": BYTES_AT_MOST + 1},
    ],
)
def test_a_page_is_faulty_by_what_axe_finds_what_it_asks_others_and_what_it_weighs(wrong) -> None:
    assert list(faults(GOOD)) == []
    assert len(list(faults(GOOD | wrong))) == 1

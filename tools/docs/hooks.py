"""What mkdocs calls while it builds. It runs in the environment of the docs (.tools/docs), not in ours."""

import hashlib
import html
import re
import textwrap
from pathlib import Path
from typing import Any

try:  # its wheels are of most machines, not of all: elsewhere a diagram stays text
    from merman import Merman
except ImportError:
    Merman = None

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = ("CHANGELOG.md", "CONTRIBUTING.md")
"""Pages that stand beside docs/."""

FENCE = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TABS = re.compile(r"^<!-- tabs -->\n(.*?)^<!-- /tabs -->$", re.DOTALL | re.MULTILINE)
TAB = re.compile(r"^\*\*(.+?)\*\*\n\n(.*?)(?=^\*\*|\Z)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\(((?!https?:|#|mailto:)[^)#\s]+)(#[^)\s]*)?\)")
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def on_config(config: Any) -> Any:
    """Name the decisions in the nav: there is a new one nearly every week."""
    for section in config["nav"]:
        [(_, entries)] = section.items()
        for entry in entries if isinstance(entries, list) else ():
            for title, path in entry.items():
                if isinstance(path, str) and "*" in path:
                    found = sorted((ROOT / "docs").glob(path))
                    entry[title] = [str(file.relative_to(ROOT / "docs")) for file in found]
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that stand beside docs/."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - known in mkdocs' environment alone

    for name in OUTSIDE:
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=re.sub(r"\]\(docs/", "](", text)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Tabs, diagrams, and links that lead out of the docs."""
    markdown = TABS.sub(_tabs, markdown)
    markdown = FENCE.sub(lambda found: _diagram(found[1], page, Path(config["site_dir"])), markdown)
    return LINK.sub(lambda found: _link(found, page, files), markdown)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """No inline scripts: the site is served under a policy that allows none."""
    output = re.sub(r'\s*<link rel="canonical"[^>]*>', "", output)
    return without_inline_scripts(output, page.url, Path(config["site_dir"]))


def on_post_build(config: Any) -> None:
    """The page for what is not there, too; a site map needs an address, which only the stage knows."""
    site = Path(config["site_dir"])
    missing = site / "404.html"
    text = re.sub(r'\s*<link rel="canonical"[^>]*>', "", missing.read_text(encoding="utf-8"))
    missing.write_text(without_inline_scripts(text, None, site), encoding="utf-8")
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        (site / name).unlink(missing_ok=True)


def without_inline_scripts(output: str, url: str | None, site: Path) -> str:
    """Each script of a page as a file of its own. One script of several pages is one file, for its
    name is its hash."""
    up = "/docs/" if url is None else "../" * url.count("/")

    def named(found: re.Match[str]) -> str:
        name = f"assets/inline/{hashlib.sha256(found[1].encode()).hexdigest()[:16]}.js"
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(found[1], encoding="utf-8")
        return f'<script src="{up}{name}"></script>'

    return INLINE.sub(named, output)


def _tabs(found: re.Match[str]) -> str:
    """On GitHub a heading and a block for each; here tabs."""
    shown = [
        f'=== "{title}"\n\n{textwrap.indent(body.strip(), "    ")}\n'
        for title, body in TAB.findall(found[1])
    ]
    return "\n".join(shown)


def _diagram(source: str, page: Any, site: Path) -> str:
    """The diagram as a picture for each theme, and its text for who cannot see it."""
    if Merman is None:
        return f"```text\n{source}```"
    pictures = []
    for theme, only in (("default", "light"), ("dark", "dark")):
        svg = Merman().render_svg(f'%%{{init: {{"theme": "{theme}"}}}}%%\n{source}', None)
        name = f"assets/diagrams/{hashlib.sha256(svg.encode()).hexdigest()[:16]}.svg"
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(svg, encoding="utf-8")
        path = "../" * page.file.dest_uri.count("/") + name
        pictures.append(
            f'<img class="diagram" src="{path}#only-{only}" alt="Diagram; its text follows">'
        )
    text = f'<details class="source"><summary>The diagram as text</summary><pre>{html.escape(source)}</pre></details>'
    return "\n".join([*pictures, "", text.replace("\n\n", "\n")])


def _link(found: re.Match[str], page: Any, files: Any) -> str:
    """A link to a file of the repository that is no page is its text alone."""
    text, target, _ = found.groups()
    here = Path("/docs") / page.file.src_uri
    if page.file.src_uri in OUTSIDE:
        here = Path("/") / page.file.src_uri
        if files.get_file_from_path(target):
            return found[0]
    parts: list[str] = []
    for part in (here.parent / target).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    inside = Path(*parts)
    if inside.parts[:2] == ("/", "docs") or inside.name in OUTSIDE:
        return found[0]
    return text

"""What mkdocs calls while it builds. It runs in the environment of the docs (.tools/docs), not in ours."""

import hashlib
import html
import os
import re
import textwrap
from pathlib import Path, PurePosixPath
from typing import Any

try:  # its wheels are of most machines, not of all: elsewhere a diagram stays text
    from merman import Merman
except ImportError:
    Merman = None

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = (
    *("CHANGELOG.md", "CONTRIBUTING.md"),
    *("clients/python/README.md", "clients/typescript/README.md"),
)
"""Pages that stand beside docs/."""

FENCE = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TABS = re.compile(r"^<!-- tabs -->\n(.*?)^<!-- /tabs -->$", re.DOTALL | re.MULTILINE)
TAB = re.compile(r"^\*\*(.+?)\*\*\n\n(.*?)(?=^\*\*|\Z)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\(((?!https?:|#|mailto:)[^)#\s]+)(#[^)\s]*)?\)")
MENDED = (
    (re.compile(r'([\w$]+)\(location\.protocol!=="file:"\),([\w$]+\("search"\))'), r"\1(!1),\2"),
    (re.compile(r'"nav",\{(class:"md-code__nav")'), r'"div",{\1'),
    (re.compile(r'(class:"md-typeset__scrollwrap")'), r'\1,tabindex:"0"'),
)
"""What of the theme's script is written otherwise, by pattern: each stands there once."""
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
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001 - mkdocs passes it
    """Tabs, diagrams, and links that lead out of the docs."""
    markdown = TABS.sub(_tabs, markdown)
    markdown = FENCE.sub(lambda found: _diagram(found[1], page, Path(config["site_dir"])), markdown)
    return LINK.sub(lambda found: _link(found, page), markdown)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """No inline scripts: the site is served under a policy that allows none."""
    return _mended(output, page.url, Path(config["site_dir"]))


def on_post_build(config: Any) -> None:
    """The page for what is not there, too; a site map needs an address, which only the stage knows."""
    site = Path(config["site_dir"])
    missing = site / "404.html"
    missing.write_text(_mended(missing.read_text(encoding="utf-8"), None, site), encoding="utf-8")
    _mend_script(site)
    for name in ("sitemap.xml", "sitemap.xml.gz"):
        (site / name).unlink(missing_ok=True)


def _mend_script(site: Path) -> None:
    """The theme's script loads the search index, two thirds of what a page would weigh, when somebody begins to search;
    the buttons of a block are a group, for several landmarks need several names; and a wide table is scrolled by keys.

    Raises:
        ValueError: The script is not the one that was known: look for the places again.
    """
    [bundle] = (site / "assets" / "javascripts").glob("bundle.*.js")
    text = bundle.read_text(encoding="utf-8")
    for known, mended in MENDED:
        text, places = known.subn(mended, text)
        if places != 1:
            raise ValueError(f"{bundle.name} has {places} of {known.pattern}")
    bundle.write_text(text, encoding="utf-8")


def _mended(output: str, url: str | None, site: Path) -> str:
    """A page as it is served: no address that only a stage knows, no script in line, a name for the search.

    One script of several pages is one file, for its name is its hash."""
    output = re.sub(r'\s*<link rel="canonical"[^>]*>', "", output)
    output = output.replace('role="dialog"', 'role="dialog" aria-label="Search"')
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


def _link(found: re.Match[str], page: Any) -> str:
    """A link as it leads from page to page; one to a file of the repository that is no page is its text alone."""
    text, target, anchor = found.groups()
    here = page.file.src_uri if page.file.src_uri in OUTSIDE else f"docs/{page.file.src_uri}"
    wanted = os.path.normpath(PurePosixPath(here).parent / target)
    if wanted not in OUTSIDE:
        if not wanted.startswith("docs/"):
            return text
        wanted = wanted.removeprefix("docs/")
    way = os.path.relpath(wanted, PurePosixPath(page.file.src_uri).parent)
    return f"[{text}]({way}{anchor or ''})"

"""Pages as a browser has them: what axe finds, what they weigh, what they ask others for. It runs in .tools/docs.

Its input and output are JSON: `{"base": …, "pages": [{"path": …, "ready": …}], "axe": …, "chromium": …}` in, and for each
page `{"path": …, "bytes": …, "outside": […], "errors": […], "findings": […]}` out, a line each.
"""

import json
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

type Json = dict[str, Any]

THEMES, WIDTHS = ("light", "dark"), (1280, 360)
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"),
)
RUN = "() => axe.run(document, { resultTypes: ['violations'] })"
SETTLED = """async () => {
  const fades = (each) => each.playState === "running" && each.effect.getComputedTiming().endTime !== Infinity;
  for (let quiet = 0; quiet < 20; ) {
    await new Promise(requestAnimationFrame);
    quiet = document.getAnimations().some(fades) ? 0 : quiet + 1;
  }
}"""
"""A change of theme fades in: nothing has faded for twenty frames."""


def look(browser: Browser, asked: Json, page: Json, axe: str) -> Json:
    """One page, first loaded by a browser that has nothing of it yet."""
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(120_000)
    tab = context.new_page()
    seen: Json = {"path": page["path"], "bytes": 0, "outside": [], "errors": [], "findings": []}

    def finished(request: Any) -> None:
        if request.url.startswith(("data:", "blob:")):
            return
        sizes = request.sizes()
        seen["bytes"] += sizes["responseBodySize"] + sizes["responseHeadersSize"]
        if not request.url.startswith(asked["base"]):
            seen["outside"].append(request.url)

    tab.on("requestfinished", finished)
    tab.on("requestfailed", lambda request: seen["errors"].append(f"{request.url} failed"))
    tab.on(
        "console",
        lambda said: seen["errors"].append(said.text) if said.type == "error" else None,
    )
    tab.on("pageerror", lambda error: seen["errors"].append(str(error)))
    tab.goto(asked["base"] + page["path"], wait_until="networkidle")
    tab.wait_for_selector(page["ready"])
    loaded = seen["bytes"]
    tab.evaluate(axe)
    for theme in THEMES:
        for width in WIDTHS:
            seen["findings"] += _findings(tab, theme, width)
    context.close()
    return {**seen, "bytes": loaded}


def _findings(tab: Page, theme: Any, width: int) -> list[str]:
    tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
    tab.set_viewport_size({"width": width, "height": 900})
    tab.evaluate(SETTLED)
    return [
        f"{theme}, {width} px: {each['id']} at {node['target'][0]}: {node['html'][:120]}"
        for each in tab.evaluate(RUN)["violations"]
        for node in each["nodes"]
    ]


def main() -> None:
    """Look at every page."""
    asked: Json = json.load(sys.stdin)
    axe = Path(asked["axe"]).read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked["chromium"], args=QUIET)
        for page in asked["pages"]:
            print(json.dumps(look(browser, asked, page, axe)), flush=True)
        browser.close()


if __name__ == "__main__":
    main()

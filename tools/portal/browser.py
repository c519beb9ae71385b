"""A walk through the portal in a browser, as a person of a partner's team. It runs in .tools/docs.

Its input is JSON: `{"base": …, "person": …, "subject": …, "axe": …, "chromium": …, "shots": … or null}`. It prints what it saw as JSON, a
line each: `{"at": …, "findings": […]}`, and at the end `{"first_load": bytes, "errors": […], "outside": […]}`.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

type Json = dict[str, Any]

THEMES, WIDTHS = ("light", "dark"), (1280, 360)
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"),
)
RUN = "() => axe.run(document, { resultTypes: ['violations'] })"
PAYLOADS = (
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "\"><svg onload='window.ran = 1'>",
    "javascript:window.ran=1",
    "{{constructor.constructor('window.ran = 1')()}}",
    "</title><script>window.ran = 1</script>",
)
PROBLEM = {
    "type": "https://docs.example/docs/problems/busy",
    "title": "Busy",
    "status": 409,
    "detail": "Try it later.",
    "code": "busy",
    "request_id": "0f0a3e1c",
}
REFUSED_FROM = 400


class Walk:
    """One tab, and what was seen in it."""

    def __init__(self, browser: Browser, asked: Json) -> None:
        self.asked = asked
        self.axe = Path(asked["axe"]).read_text(encoding="utf-8")
        self.bytes = 0
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.links: set[str] = set()
        self.context = browser.new_context(reduced_motion="reduce", locale="en-GB")
        self.tab: Page = self.context.new_page()
        self.tab.set_default_timeout(20_000)
        self.tab.on("requestfinished", self._finished)
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("console", self._said)

    def _finished(self, request: Request) -> None:
        if not request.url.startswith(self.asked["base"]):
            if not request.url.startswith("data:"):
                self.outside.append(request.url)
            return
        sizes = request.sizes()
        self.bytes += sizes["responseBodySize"] + sizes["responseHeadersSize"]

    def _said(self, said: Any) -> None:
        # That a call was refused is an answer, which the page shows.
        if said.type == "error" and "the server responded with a status" not in said.text:
            self.errors.append(said.text)

    def go(self, page: str) -> None:
        self.tab.goto(f"{self.asked['base']}/portal/#/{page}")

    def turn(self, page: str, heading: str) -> None:
        """Go to a page by the hash alone: what the tab's memory holds stays."""
        self.tab.evaluate("page => { location.hash = `#/${page}`; }", page)
        self.tab.get_by_role("heading", name=heading, level=1).wait_for()

    def wait(self, text: str) -> None:
        self.tab.get_by_text(text, exact=False).first.wait_for()

    def look(self, name: str) -> None:
        """What axe finds here in both themes and widths; and pictures, if they are wanted."""
        findings = []
        for width in WIDTHS:
            self.tab.set_viewport_size({"width": width, "height": 900})
            for theme in THEMES:
                self.tab.emulate_media(color_scheme=theme)
                if not self.tab.evaluate("() => 'axe' in window"):
                    self.tab.evaluate(self.axe)
                found = self.tab.evaluate(RUN)["violations"]
                findings += [
                    f"{theme}, {width} px: {each['id']} at {node['target'][0]}: {node['html'][:120]}"
                    for each in found
                    for node in each["nodes"]
                ]
                if self.asked["shots"]:
                    path = f"{self.asked['shots']}/{name}-{theme}-{width}.jpg"
                    self.tab.evaluate("() => scrollTo(0, 0)")
                    self.tab.screenshot(path=path, type="jpeg", quality=60)
            wide = self.tab.evaluate("() => document.documentElement.scrollWidth")
            if wide > width:
                findings.append(f"{width} px: the page is {wide} px wide")
        links = self.tab.locator("a[href]").evaluate_all("all => all.map(one => one.href)")
        self.links.update(link.partition("#")[0] for link in links)
        say({"at": name, "findings": findings})

    def answer(self, pattern: str, body: Any, status: int = 200) -> None:
        """Have the API answer this from now on."""

        def answered(route: Route) -> None:
            kind = "application/json" if status < REFUSED_FROM else "application/problem+json"
            route.fulfill(status=status, content_type=kind, body=json.dumps(body))

        self.tab.route(re.compile(pattern), answered)


def say(line: Json) -> None:
    print(json.dumps(line), flush=True)


def fail(what: str) -> None:
    say({"at": "walk", "findings": [what]})


def arrive(walk: Walk) -> int:
    """The first page of somebody who has nothing of it; how many bytes it took."""
    walk.go("")
    walk.tab.wait_for_load_state("networkidle")
    first = walk.bytes
    walk.wait("for the people of a")
    programs = walk.tab.locator("script, link[rel=stylesheet]")
    hashes = programs.evaluate_all("all => all.map(one => one.integrity)")
    if not hashes or not all(hashes):
        fail("a script or a style without its hash")
    walk.look("welcome")
    walk.tab.goto(f"{walk.asked['base']}/portal/?code=stolen&state=guessed")
    walk.wait("The sign-in was begun elsewhere")
    walk.look("sign-in-failed")
    for page, heading in (
        ("catalogue", "Catalogue"),
        ("problems", "Problems"),
        ("changelog", "Changelog"),
    ):
        walk.turn(page, heading)
        walk.wait({"catalogue": "Quoting", "problems": "wrong-state", "changelog": "0.9.0"}[page])
        walk.look(page)
    for nobodys in ("webhooks/%", "toString"):
        walk.turn(nobodys, "Applications")
    walk.turn("problems", "Problems")
    walk.tab.get_by_label("Find a problem").fill("nothing has these words")
    walk.wait("There is none of these words")
    walk.look("problems-none")
    return first


def sign_in(walk: Walk) -> None:
    walk.turn("applications", "Applications")
    walk.tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    walk.tab.get_by_role("button", name=walk.asked["person"]).wait_for()
    walk.look("sign-in")
    walk.tab.get_by_role("button", name=walk.asked["person"]).click()
    walk.wait("Your applications")
    address = walk.tab.url
    stored = walk.tab.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    )
    # The sign-in's own cookie, which no program reads: here it has the portal's name.
    cookies = [each["name"] for each in walk.context.cookies() if not each["httpOnly"]]
    if "?" in address or stored != '[{},{},""]' or cookies:
        fail(f"something of the sign-in is left: {address} {stored}")


def sign_out(walk: Walk) -> None:
    """Who comes next at this machine is asked for a name."""
    walk.tab.get_by_role("button", name="Sign out").click()
    walk.tab.get_by_role("main").get_by_role("button", name="Sign in").wait_for()
    if walk.context.cookies():
        fail("the sign-in still knows who signed out")
    walk.tab.get_by_role("main").get_by_role("button", name="Sign in").click()
    walk.tab.get_by_role("button", name=walk.asked["person"]).wait_for()
    walk.go("applications")


def team(walk: Walk) -> None:
    """Who is in the team, as a developer sees it, and as an administrator does."""
    walk.turn("team", "Team")
    walk.wait("An administrator of your team")
    walk.look("team")
    people = [{"subject": walk.asked["subject"], "role": "administrator"}]
    people.append({"subject": "a2c44d00-0000-4000-8000-000000000000", "role": "billing_viewer"})
    led = {"code": "harbour", "name": PAYLOADS[0], "team": people}
    walk.answer(r"/v1/partners/harbour$", led)
    walk.turn("catalogue", "Catalogue")
    walk.turn("team", "Team")
    walk.tab.get_by_role("button", name="Add").wait_for()
    walk.look("team-led")
    walk.answer(r"/v1/partners/harbour/developers$", led)
    walk.tab.get_by_label("Role of a2c44d00").select_option("developer")
    walk.wait("The role has changed")
    walk.tab.unroute_all()


def own_pages(walk: Walk) -> None:
    walk.look("applications")
    team(walk)
    walk.turn("catalogue", "Catalogue")
    walk.wait("Versions of Quoting")
    walk.wait("published")
    walk.look("catalogue-own")
    walk.turn("applications", "Applications")
    walk.wait("Your applications")
    walk.tab.get_by_role("link", name="Harbour Brokers, trying out", exact=True).click()
    walk.wait("Secrets that live")
    walk.look("application")
    walk.turn("webhooks", "Webhooks")
    walk.wait("Your webhooks")
    walk.look("webhooks")
    walk.tab.get_by_role("region", name="Your webhooks").get_by_role("link").first.click()
    walk.tab.get_by_role("button", name="Send a test event").click()
    walk.wait("A test event is on its way")
    for _ in range(100):
        walk.tab.get_by_role("button", name="Look again").click()
        if walk.tab.get_by_text("delivered").count():
            break
        walk.tab.wait_for_timeout(200)
    walk.wait("delivered")
    walk.look("webhook")


def first_quote(walk: Walk) -> None:
    """From the form to a price; and what a form is told that lacks something."""
    walk.turn("try-it", "Try it")
    walk.tab.get_by_label("Registration").wait_for()
    walk.look("try-it")
    registration = walk.tab.get_by_label("Registration").input_value()
    walk.tab.get_by_label("Registration").fill("?")
    walk.tab.get_by_label("Value of the vehicle").fill("a lot")
    walk.tab.get_by_role("button", name="Make the quote").click()
    walk.tab.locator(".fault").first.wait_for()
    wrong = walk.tab.locator("[aria-invalid=true]").evaluate_all("all => all.map(one => one.id)")
    if wrong != ["/answers/registration", "/answers/vehicle_value"]:
        fail(f"the fields that were wrong: {wrong}")
    if walk.tab.evaluate("() => document.activeElement.id") != "/answers/registration":
        fail("the first field that was wrong has not the focus")
    walk.look("try-it-faults")
    walk.tab.get_by_label("Registration").fill(registration)
    walk.tab.get_by_label("Value of the vehicle").fill("12,500.50")
    walk.tab.get_by_role("button", name="Make the quote").click()
    walk.wait("for the term")
    sent = json.loads(walk.tab.get_by_role("region", name="What was sent").inner_text())
    if sent["answers"]["vehicle_value"] != {"amount": 1_250_050, "currency": "GBP"}:
        fail(f"sent {sent}")
    answered = json.loads(walk.tab.get_by_role("region", name="What the API answered").inner_text())
    shown = walk.tab.get_by_role("heading", name="for the term").inner_text()
    pounds = f"{answered['premium']['total']['amount'] / 100:.2f}"
    if not answered["id"].startswith("quo_test_") or not shown.startswith(pounds):
        fail(f"{shown} is not the answer's {answered['premium']['total']}")
    walk.look("try-it-quoted")


def usage(walk: Walk) -> None:
    """What was just called is counted, some seconds later."""
    walk.answer(r"/v1/usage/statement", PROBLEM, 409)
    walk.turn("usage", "Usage")
    walk.wait("Try it later.")
    walk.tab.unroute_all()
    for _ in range(60):
        walk.turn("catalogue", "Catalogue")
        walk.turn("usage", "Usage")
        walk.tab.locator(".table, .empty, .notice").first.wait_for()
        if walk.tab.get_by_role("cell", name="createQuote").count():
            break
        walk.tab.wait_for_timeout(500)
    walk.tab.get_by_role("cell", name="createQuote").first.wait_for()
    walk.look("usage")
    walk.tab.get_by_label("Month").select_option(index=5)
    walk.wait("No application called in this month.")


def other_states(walk: Walk) -> None:
    """Nothing there, a refusal, a name that would be a program, and the end of a sign-in."""
    walk.answer(r"/v1/webhooks\?", {"items": []})
    walk.turn("webhooks", "Webhooks")
    walk.wait("None is registered yet")
    walk.look("webhooks-none")
    walk.answer(r"/v1/partners/harbour/applications", PROBLEM, 409)
    walk.turn("applications", "Applications")
    walk.wait("Try it later.")
    walk.look("applications-failed")
    hostile(walk)
    walk.tab.unroute_all()
    walk.answer(r"/v1/products", PROBLEM | {"code": "unauthorized"}, 401)
    walk.turn("try-it", "Try it")
    walk.tab.get_by_role("main").get_by_role("button", name="Sign in").wait_for()
    walk.look("signed-out")


def links(walk: Walk) -> None:
    """Every link into the docs leads to a page of theirs."""
    for link in sorted(walk.links):
        if link.startswith(f"{walk.asked['base']}/docs/"):
            status = walk.context.request.get(link).status
            if status >= REFUSED_FROM:
                fail(f"{link} leads nowhere ({status})")


def hostile(walk: Walk) -> None:
    """Names that would be programs, if the page took them for any."""
    walk.tab.unroute_all()
    entry = {"status": "active", "plan": "bronze", "products": ["quoting"], "code": "x"}
    partner = {"code": "harbour", "name": PAYLOADS[0], "registered_at": "2026-01-01T00:00:00Z"}
    listed = [entry | {"id": f"app_test_{n}", "name": text} for n, text in enumerate(PAYLOADS)]
    hooks = [
        {"id": f"whk_test_{n}", "url": text, "status": "active", "event_types": [text]}
        for n, text in enumerate(PAYLOADS)
    ]
    walk.answer(r"/v1/partners$", {"items": [partner]})
    walk.answer(r"/v1/partners/harbour/applications", {"items": listed})
    walk.answer(r"/v1/webhooks\?", {"items": hooks})
    for page, heading in (("webhooks", "Webhooks"), ("applications", "Applications")):
        walk.turn("catalogue", "Catalogue")
        walk.turn(page, heading)
        for text in PAYLOADS:
            walk.tab.get_by_text(text, exact=True).first.wait_for()
        if walk.tab.evaluate("() => window.ran") is not None:
            fail(f"a name ran as a program on {page}")
        links = (
            walk.tab.get_by_role("main")
            .get_by_role("link")
            .evaluate_all("all => all.map(one => one.href)")
        )
        if any(link.startswith("javascript:") for link in links):
            fail(f"a name became a link on {page}")


def main() -> None:
    """Walk."""
    asked: Json = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked["chromium"], args=QUIET)
        walk = Walk(browser, asked)
        first = arrive(walk)
        sign_in(walk)
        sign_out(walk)
        sign_in(walk)
        own_pages(walk)
        first_quote(walk)
        usage(walk)
        other_states(walk)
        links(walk)
        browser.close()
    say({"first_load": first, "errors": walk.errors, "outside": walk.outside})


if __name__ == "__main__":
    main()

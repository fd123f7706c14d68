"""The page in Chromium: nothing is fetched, it fits a phone, keys suffice, and paper shows all of it.

Without Playwright or Chromium these tests are skipped; where `CI` is set they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from golden_cases import CASES
from pages import made

try:
    from playwright.sync_api import Browser, Page, sync_playwright
except ImportError:
    sync_playwright = None  # type: ignore[assignment]

pytestmark = pytest.mark.browser
NAMES = ("chromium", "chromium-browser", "google-chrome")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
NARROWEST = {"width": 320, "height": 640}
TABLET = {"width": 900, "height": 1100}
#: A sheet of A4 between its margins.
PAPER = {"width": 680, "height": 1000}


def _missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing: `.ci/run` installs it")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if sync_playwright is None:
        _missing("playwright")
    if found is None:
        _missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


class Opened:
    """A page that was opened from a file, with all that it asked for and complained of."""

    def __init__(self, browser: Browser, path: Path, **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": DESK, **context})
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    opened: list[Opened] = []

    def open_(example: str, **context: Any) -> Opened:
        path = tmp_path / f"{example}.html"
        path.write_text(made(example), "utf-8")
        opened.append(Opened(browser, path, **context))
        return opened[-1]

    yield open_
    for each in opened:
        each.context.close()


def width(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth")
    return found


@pytest.mark.parametrize("example", CASES)
def test_it_opens_alone_and_fits_every_screen_and_paper(open_page: Any, example: str) -> None:
    opened = open_page(example)
    for _ in each_language(opened.page):
        assert misfits(opened.page) == []
    assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in opened.requests if url.startswith("file:")]) == 1
    assert opened.complaints == []


def each_language(page: Page) -> Iterator[None]:
    """Show each language of a page in turn."""
    switches = page.locator("input[name=language]").all()
    for switch in switches:
        switch.check()
        yield
    if not switches:
        yield


def misfits(page: Any) -> list[Any]:
    """Return what is too wide, and the texts that lie over each other, on every screen and on paper."""
    found: list[Any] = []
    for whole in (False, True):
        page.evaluate(f"document.querySelectorAll('details').forEach(d => d.open = {whole:d})")
        for viewport in (DESK, PHONE, NARROWEST):
            page.set_viewport_size(viewport)
            found += [(viewport, width(page))] if width(page) > viewport["width"] else []
            found += page.evaluate(OVERLAPS)
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    found += [("paper", width(page))] if width(page) > PAPER["width"] else []
    found += page.evaluate(OVERLAPS)
    page.emulate_media(media="screen")
    return found


def test_the_policy_of_the_page_is_in_force(open_page: Any) -> None:
    """What the page does not bring along is refused: the complaint shows that it was tried."""
    opened = open_page("mr-li")
    opened.page.evaluate(
        "() => { const i = document.createElement('img'); i.src = 'https://example.org/x.png';"
        " document.body.append(i); }"
    )
    opened.page.wait_for_timeout(100)
    assert any("Content Security Policy" in said for said in opened.complaints)


def shown(page: Page) -> list[str]:
    """The languages that can be seen."""
    parts = page.locator("main > div").all()
    return [part.get_attribute("lang") or "" for part in parts if part.is_visible()]


def state(page: Page) -> tuple[list[str], str, str]:
    return shown(page), page.evaluate("document.documentElement.lang"), page.title()


def test_the_language_is_switched_by_keys(open_page: Any) -> None:
    page = open_page("mr-li").page
    english, chinese = state(page), None
    assert english[:2] == (["en"], "en")
    page.keyboard.press("Tab")  # past the skip link
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "show-en"
    page.keyboard.press("ArrowRight")
    chinese = state(page)
    assert chinese[:2] == (["zh"], "zh")
    assert "纾困" in chinese[2]
    page.keyboard.press("ArrowLeft")
    assert state(page) == english


def test_without_script_the_switch_works_too(open_page: Any) -> None:
    page = open_page("mr-li", java_script_enabled=False).page
    assert shown(page) == ["en"]
    page.locator("#show-zh").check()
    assert shown(page) == ["zh"]
    summary = page.locator(".in-zh details.whole > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".in-zh details.whole").first.get_attribute("open") is not None


def test_the_first_key_leads_past_the_switch(open_page: Any) -> None:
    page = open_page("mr-li").page
    page.keyboard.press("Tab")
    skip = page.locator(".skip.in-en")
    assert skip.is_visible()
    assert (skip.bounding_box() or {"x": -1})["x"] >= 0
    assert page.locator(".skip.in-zh").is_hidden()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "en"


def test_details_open_by_keys(open_page: Any) -> None:
    page = open_page("mr-li").page
    tree = page.locator(".in-en details.whole:has(.tree)").first
    below = tree.locator(".tree > ul > li > details").first
    assert tree.locator(".tree").is_hidden()
    for each in (tree, below):
        each.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert each.get_attribute("open") is not None
    assert below.locator("ul").first.is_visible()
    page.keyboard.press("Space")
    assert below.get_attribute("open") is None


def test_focus_is_seen(open_page: Any) -> None:
    page = open_page("mr-li").page
    for _ in range(6):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline not in ("none", ""), page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_screen_reader_finds_its_way(open_page: Any, viewport: dict[str, int]) -> None:
    page = open_page("mr-li", viewport=viewport).page
    heard = page.locator("body").aria_snapshot()
    assert (
        'heading "Relief for a borrower in arrears: decision as of Nov 20, 2024" [level=1]' in heard
    )
    assert "[level=2]" in heard
    assert '- table "The plans side by side"' in heard
    assert '- columnheader "Lower instalment, longer term"' in heard
    assert '- rowheader "Total to pay"' in heard
    assert '- radio "English" [checked]' in heard
    assert '- radio "中文"' in heard
    assert '- group "Language"' in heard
    assert "- main" in heard
    assert heard.count('figure "') == 2
    drawings = [line for line in heard.splitlines() if 'img "' in line]
    assert len(drawings) == 4
    assert [line.split('"')[1] for line in drawings] == ["As it stands", "With this plan"] * 2
    described = page.evaluate(
        "[...document.querySelectorAll('.in-en svg')].map("
        "s => document.getElementById(s.getAttribute('aria-describedby')).textContent)"
    )
    assert all("payments from" in said for said in described)
    rows = page.locator(".in-en table.plans tr").all()
    assert {row.get_by_role("cell").count() for row in rows[1:]} == {3}
    assert "Not met: " in heard
    assert "纾困" not in heard


def test_decisions_have_a_table_of_contents(open_page: Any) -> None:
    page = open_page("five-lenders").page
    links = page.locator(".in-en nav a")
    assert links.count() == 5
    links.nth(3).click()
    assert page.evaluate("location.hash") == "#en-4"
    top = page.locator("#en-4").bounding_box()
    assert top is not None
    assert -1 < top["y"] < DESK["height"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_paper_shows_everything_in_the_chosen_language(open_page: Any, script: bool) -> None:
    page = open_page("mr-li", java_script_enabled=script).page
    page.locator("#show-zh").check()
    page.emulate_media(media="print")
    assert shown(page) == ["zh"]
    assert page.locator(".switch").is_hidden()
    cells = page.locator(".in-zh table.schedule td")
    leaves = page.locator(".in-zh .tree li")
    assert cells.count() > 100
    assert leaves.count() > 50
    for found in (cells, leaves):
        assert found.first.is_visible()
        assert found.last.is_visible()
    heights = [(leaf.bounding_box() or {"height": 0})["height"] for leaf in leaves.all()]
    assert min(heights) > 5


@pytest.mark.parametrize(
    ("lang", "heading", "said"),
    [("en", "What would change it", "(CN¥1,860.00 less)"), ("zh", "怎样可以改变", "减少¥1,860.00")],
)
def test_what_would_change_a_denial_is_seen(
    open_page: Any, lang: str, heading: str, said: str
) -> None:
    """Without opening anything, on a phone, in the language that is chosen, and heard as a list under a heading."""
    page = open_page("mr-li", viewport=PHONE).page
    page.locator(f"#show-{lang}").check()
    headings = page.get_by_role("heading", name=heading, level=4)
    assert headings.count() == 1
    assert headings.first.is_visible()
    items = page.locator(f".in-{lang} h4:text-is('{heading}') + ul > li")
    assert items.count() == 2
    assert items.first.is_visible()
    assert said in items.first.inner_text()


def test_before_and_after_stand_side_by_side_on_a_tablet(open_page: Any) -> None:
    page = open_page("aibank-offered", viewport=TABLET).page
    before, after = (d.bounding_box() for d in page.locator(".in-en svg").all()[:2])
    assert before["y"] == after["y"]
    assert before["x"] + before["width"] < after["x"]


def test_a_plan_alone_is_not_named_in_every_row_on_a_phone(open_page: Any) -> None:
    page = open_page("hamp-offered", viewport=PHONE).page
    assert page.locator("table.plans caption").inner_text() == "The plan"
    assert not [name for name in page.locator("td .plan").all() if name.is_visible()]


def test_printing_opens_what_is_closed_and_closes_it_again(open_page: Any) -> None:
    page = open_page("mr-li").page
    count = "document.querySelectorAll('details[open]').length"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(count) == page.locator("details").count() > 50
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(count) == 0
    assert len(page.pdf(format="A4")) > 20_000


def test_letters_of_a_drawing_can_be_read_on_a_phone(open_page: Any) -> None:
    page = open_page("us-mortgage-hamp", viewport=PHONE).page
    heights = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height)"
    )
    assert min(heights) >= 10
    assert page.evaluate(OVERLAPS) == []


#: Pairs of texts of one drawing that lie over each other.
OVERLAPS = """
[...document.querySelectorAll('svg')].flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  return texts.flatMap(([a, p], i) => texts.slice(i + 1)
    .filter(([, q]) => p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 3 && q.top < p.bottom - 3)
    .map(([b]) => a + ' / ' + b));
})
"""

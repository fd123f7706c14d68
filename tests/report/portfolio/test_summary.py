"""The summary of a run: counts with the names that they are about, in text, as JSON and as a page."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html.parser import HTMLParser

import portfolio_runs as runs
import pytest

from policyengine.portfolio.run.sidecar import rules_json
from policyengine.portfolio.tally import PlanTally, PolicyTally, Tally, nothing_counted
from policyengine.report.portfolio.page import WIDTH, View, portfolio_page
from policyengine.report.portfolio.summary import Summary, summary_json, summary_of
from policyengine.report.portfolio.text import summary_text
from policyengine.report.portfolio.words import WORDS

RULES = rules_json(runs.POLICIES.programs)
PLAN = PlanTally({"allowed": 2, "denied": 5}, {0: 2, 1: 4, 3: 1}, {0: 2, 1: 2, 3: 1}, 333)
TALLY = Tally(
    decided=9,
    rejected=3,
    without_policy=1,
    rejects={"not-a-number": 1, "wrong-shape": 2},
    policies={"tiny": PolicyTally({"offer": 2, "refuse": 6}, 4, {"longer": PLAN})},
)
ABOUT = {"input": "loans.csv", "as_of": "today", "engine": "engine 1"}


@pytest.fixture
def summary() -> Summary:
    return summary_of(TALLY, RULES)


def test_reasons_stand_in_the_order_of_how_often_they_come_first(summary: Summary) -> None:
    plan = summary.policies[0].plans[0]
    found = [(reason.rule, reason.code, reason.first, reason.failing) for reason in plan.reasons]
    assert found == [
        ("large", None, 2, 4),
        ("even", "ODD", 2, 2),
        ("schedule", "NO_SCHEDULE", 1, 1),
    ]
    assert (plan.cost, plan.mean_cost) == (Decimal("3.33"), Decimal("1.67"))


def test_no_offers_have_no_mean() -> None:
    summary = summary_of(nothing_counted(runs.POLICIES.programs), RULES)
    assert summary.policies[0].plans[0].mean_cost is None
    assert [str(line) for line in summary_text(summary)] == [
        "Decided          0",
        "Rejected         0",
        "Under no policy  0",
    ]
    assert "applies to none of the rows" in portfolio_page(summary, ABOUT, "en")


def test_text(summary: Summary) -> None:
    text = "\n".join(map(str, summary_text(summary, "en")))
    assert "offer 2 · refuse 6 · Exact path 50.0%" in text
    assert "allowed 2 · denied 5" in text
    assert "Cost CN¥3.33 · Mean CN¥1.67" in text
    assert "✗ ODD: First to fail 2, Fails 2. n is {x.n}" in text
    assert "可提供2笔" not in text
    assert "首个不满足" in "\n".join(map(str, summary_text(summary, "zh")))


def test_json(summary: Summary) -> None:
    found = json.loads(json.dumps(summary_json(summary)))
    assert found["rejects"] == {"wrong-shape": 2, "not-a-number": 1}
    assert found["policies"][0]["plans"][0]["cost"] == "3.33"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_has_every_count_as_text_and_asks_for_nothing(summary: Summary, lang: str) -> None:
    html = portfolio_page(summary, ABOUT, lang)
    page = _Page()
    page.feed(html)
    text = " ".join("".join(page.text).split())
    for count in ("9", "3", "CN¥" if lang == "en" else "¥", "loans.csv", "engine 1", "NO_SCHEDULE"):
        assert count in text
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "iframe", "object")]
    assert not re.search(r"https?://", html)
    labels = [found["aria-label"] for tag, found in page.tags if found.get("role") == "img"]
    assert len(labels) == 2
    assert all(labels)
    assert {found["lang"] for tag, found in page.tags if tag == "html"} == {lang}


def test_a_bar_is_whole() -> None:
    pieces = View("en").bar({"offer": 1, "refuse": 0, "refer": 1, "need_information": 1})
    assert [piece.name for piece in pieces] == ["offer", "refer", "need_information"]
    ends = [(piece.x, piece.x + piece.width) for piece in pieces]
    assert ends == [(0, 333), (333, 666), (666, WIDTH)]
    assert (
        View("en").described(pieces)
        == "offer 1 (33.3%), refer 1 (33.3%), need information 1 (33.3%)"
    )


def test_what_a_policy_says_is_text_in_the_page() -> None:
    rules = json.loads(json.dumps(RULES).replace("n is", "<script>"))
    assert "<script>" not in portfolio_page(summary_of(TALLY, rules), ABOUT, "en")


def test_every_language_has_every_word() -> None:
    assert set(WORDS["en"]) == set(WORDS["zh"])

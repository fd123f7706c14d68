"""The page of a portfolio in Chromium: nothing is fetched, and it fits a phone in every language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import portfolio_runs as runs
import pytest
from test_page_in_browser import DESK, NARROWEST, PHONE, Opened, browser

from policyengine.portfolio.run.sidecar import rules_json
from policyengine.portfolio.tally import PlanTally, PolicyTally, Tally
from policyengine.report.portfolio.page import portfolio_page
from policyengine.report.portfolio.summary import summary_of

pytestmark = pytest.mark.browser
__all__ = ["browser"]  # a fixture
PLAN = PlanTally(
    {"allowed": 20, "denied": 50}, {0: 20, 1: 40, 3: 10}, {0: 20, 1: 20, 3: 10}, 10**11
)
TALLY = Tally(
    decided=10**9,
    rejected=3,
    policies={"tiny": PolicyTally({"offer": 2, "refuse": 6}, 4, {"longer": PLAN})},
    rejects={"not-a-number": 3},
)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("viewport", [DESK, PHONE, NARROWEST], ids=["desk", "phone", "narrowest"])
def test_it_fits(browser: Any, tmp_path: Path, lang: str, viewport: dict[str, int]) -> None:
    path = tmp_path / "page.html"
    rules = rules_json(runs.POLICIES.programs)
    about = {"input": "a_rather_long_name_of_an_input_file_of_loans.parquet", "as_of": "2024-11-20"}
    path.write_text(portfolio_page(summary_of(TALLY, rules), about, lang), "utf-8")
    opened = Opened(browser, path, viewport=viewport)
    sizes = opened.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert sizes[0] <= sizes[1]
    assert opened.requests == [path.as_uri()]
    assert opened.complaints == []
    assert opened.page.locator("svg[role=img]").count() == 2
    opened.context.close()

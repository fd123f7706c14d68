"""Values as readers of a language write them, and the engine's own words."""

from __future__ import annotations

from decimal import localcontext
from typing import Any

import pytest
import tiny

from policyengine.decision.wording import WORDS, languages, shown_as, word
from policyengine.model.types import MONEY

LINES = [
    ("{x.flag}", {"x.flag": "true"}, "yes", "是"),
    ("{x.flag}", {"x.flag": "false"}, "no", "否"),
    ("{x.flag}", {}, "[flag: not known]", "［标志：未提供］"),
    ("{x.cost / x.cash}", {}, "[cash, cost: not known]", "［现金、成本：未提供］"),
    ("{x.n}", {"x.n": "1234567"}, "1,234,567", "1,234,567"),
    ("{x.n}", {"x.n": "-3"}, "-3", "-3"),
    ("{x.q}", {"x.q": "0.33335"}, "0.3334", "0.3334"),
    ("{x.cash}", {"x.cash": "8000.00"}, "CN¥8,000.00", "¥8,000.00"),
    ("{x.cash / 3}", {"x.cash": "100.00"}, "CN¥33.3333", "¥33.3333"),
    ("{x.cash}", {"x.cash": "-0.50"}, "-CN¥0.50", "-¥0.50"),
    ("{x.rate}", {"x.rate": "14.452%"}, "14.452%", "14.452%"),
    ("{x.rate}", {"x.rate": "30%"}, "30%", "30%"),
    ("{x.days}", {"x.days": "1"}, "1 day", "1天"),
    ("{x.days}", {"x.days": "90"}, "90 days", "90天"),
    ("{x.months}", {"x.months": "1"}, "1 month", "1个月"),
    ("{x.months}", {"x.months": "24"}, "24 months", "24个月"),
    ("{x.day}", {"x.day": "2024-02-29"}, "February 29, 2024", "2024年2月29日"),
    ("{x.word}", {"x.word": "as given"}, "as given", "as given"),
    ("{x.colour}", {"x.colour": "red"}, "red", "红"),
    ("{x.items}", {"x.items": [{}, {}]}, "2 entries", "2条"),
    ("{x.cash / x.cost}", {"x.cash": "1.00", "x.cost": "0.00"}, "[no value]", "［无法计算］"),
    ("{{x}} {x.n}, {x.m}", {"x.n": "1", "x.m": "2"}, "{x} 1, 2", "{x} 1, 2"),
]


def text_of(template: str, facts: dict[str, Any]) -> tuple[str, str]:
    body = f"""\
referrals:
  it:
    title: {{en: t, zh: t}}
    when: x.dear
    because: {{en: "{template}", zh: "{template}"}}
"""
    (referral,) = tiny.decide(tiny.policies(body), facts).referrals
    return referral.reason.text["en"], referral.reason.text["zh"]


@pytest.mark.parametrize(("template", "facts", "en", "zh"), LINES)
def test_lines(template: str, facts: dict[str, Any], en: str, zh: str) -> None:
    assert text_of(template, facts) == (en, zh)
    with localcontext(prec=2):
        assert text_of(template, facts) == (en, zh)


def test_every_language_has_every_word() -> None:
    assert languages() == ("en", "zh")
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    assert word("en", "entries", n=3) == "3 entries"


def test_a_currency_without_decimals() -> None:
    head = tiny.HEAD.replace("currency: CNY", "currency: JPY")
    program = tiny.policies(head=head).programs[0]
    assert shown_as(1200, MONEY, program, "en") == "¥1,200"


def test_a_language_without_data_is_written_as_in_english() -> None:
    program = tiny.policies().programs[0]
    assert shown_as(1200, MONEY, program, "qqq") == "CN¥1,200.00"

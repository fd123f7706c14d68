"""The page as text: well-formed, the same numbers as the terminal and JSON, and nothing let through."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from borrowers import EXAMPLES, FOLDER
from golden_cases import CASES, decided
from pages import made
from tiny import HEAD, LOAN, decide, policies, profile

import policyengine as pe
from policyengine.decision.decision import Status
from policyengine.decision.terms import Instalment
from policyengine.report import amounts
from policyengine.report.labels import label, languages_of
from policyengine.report.page.comparison import in_order
from policyengine.report.page.render import html_page
from policyengine.report.page.words import WORDS
from policyengine.report.text import assessment_text


def read(text: str) -> ET.Element:
    """Return a page as a tree; it is XML as well as HTML."""
    return ET.fromstring(text)  # noqa: S314 - our own text


def words_of(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("example", CASES)
def test_every_page_is_well_formed(example: str) -> None:
    root = read(made(example))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    referred = [e.get("href", "")[1:] for e in root.iter("a")]
    for name in ("aria-labelledby", "for"):
        referred += [part for e in root.iter() for part in (e.get(name) or "").split()]
    assert referred
    assert set(referred) <= set(ids)


@pytest.mark.parametrize("example", CASES)
def test_headings_are_in_order(example: str) -> None:
    for content in read(made(example)).findall(".//main/div"):
        levels = [int(e.tag[1]) for e in content.iter() if re.fullmatch("h[1-6]", e.tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("example", CASES)
def test_nothing_is_fetched(example: str) -> None:
    text = made(example)
    root = read(text)
    assert not [e for e in root.iter() if e.get("src") or e.tag in ("iframe", "object", "embed")]
    assert all(e.get("href", "#")[0] == "#" for e in root.iter("a"))
    assert [e.get("href") for e in root.iter("link")] == ["data:,"]
    assert "url(" not in text
    assert "@import" not in text
    assert not [e for e in root.iter() for name in e.attrib if name.startswith("on")]
    assert not [e for e in root.iter() if e.get("style")]


def test_the_policy_of_the_page_allows_its_own_style_and_script_only() -> None:
    text = made("mr-li")
    (allowed,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    for tag in ("style", "script"):
        (body,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in allowed
    assert allowed.startswith("default-src 'none'; ")
    assert "unsafe" not in allowed


def contents(name: str) -> Iterator[tuple[str, ET.Element]]:
    """Yield each language of the page of a case, with what is said in it."""
    for content in read(made(name)).findall(".//main/div"):
        yield content.get("lang", ""), content


@pytest.mark.parametrize("example", CASES)
def test_the_page_has_every_number_of_the_terminal(example: str) -> None:
    found = decided(example)
    for lang, content in contents(example):
        shown = " ".join(content.itertext()).replace("\N{NO-BREAK SPACE}", " ")
        lines = assessment_text(found.assessment, lang, dictionary=found.policies.dictionary)
        numbers = _numbers(" ".join(line.plain for line in lines))
        assert len(numbers) > 5
        assert numbers <= _numbers(shown)


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d.,]*\d|\d", text))


@pytest.mark.parametrize("example", CASES)
def test_every_payment_is_in_the_table(example: str) -> None:
    for lang, content in contents(example):
        tables = [t for t in content.iter("table") if t.get("class") == "schedule"]
        expected = list(_schedules(example, lang))
        assert [_rows(table) for table in tables] == expected
        for table in tables:
            assert all(h.get("scope") == "col" for h in table.findall("thead/tr/th"))
            assert all(h.get("scope") == "row" for h in table.findall("tbody/tr/th"))
            assert table.find("caption") is not None


def _rows(table: ET.Element) -> list[list[str]]:
    return [[words_of(cell) for cell in row] for row in table.findall("tbody/tr")]


def _schedules(name: str, lang: str) -> Iterator[list[list[str]]]:
    """Yield the payments of each plan offered and, once for each loan, of the loan as it stands."""
    shown = set()
    for decision in decided(name).assessment.decisions:
        schedules = [plan.schedule for plan in decision.allowed]
        if decision.loan not in shown:
            schedules.append(decision.as_it_stands.schedule)
            shown.add(decision.loan)
        for schedule in filter(None, schedules):
            yield [_row(row, decision.currency, lang) for row in schedule]


def _row(row: Instalment, currency: str, lang: str) -> list[str]:
    amount_of = (row.payment, row.interest, row.principal, row.balance)
    written = (amounts.plain_money(amount, currency, lang) for amount in amount_of)
    return [str(row.n), amounts.day(row.due, lang), *written]


HOSTILE = '<script>alert("1")</script>\'"&amp;--><![CDATA[ {{ 7*7 }}'
HOSTILE_PLANS = """\
plans:
  relief:
    title: {en: TEXT, zh: TEXT}
    require: [{id: known, that: x.flag, because: {en: TEXT, zh: TEXT}, source: TEXT}]
    offer: {steps: [{term: {exactly: 12}}], until: plan.max_payment <= x.cash}
referrals:
  advice: {title: {en: TEXT, zh: TEXT}, when: x.flag, because: {en: TEXT, zh: TEXT}}
""".replace("TEXT", "'" + HOSTILE.replace("'", "''").replace("{{ 7*7 }}", "7") + "'")


def test_texts_are_shown_as_they_are_written() -> None:
    policy_set = policies(
        plans=HOSTILE_PLANS, head=HEAD.replace("{en: Tiny, zh: 小}", _both(HOSTILE))
    )
    facts = {**LOAN, "x.flag": "true", "x.cash": "2000.00", "loan.id": HOSTILE}
    assessment = policy_set.decide(profile(facts))
    text = html_page(assessment, dictionary=policy_set.dictionary)
    root = read(text)
    assert len(list(root.iter("script"))) == 1
    said = words_of(root)
    assert HOSTILE in said
    assert "<script>alert" not in text
    assert text.count("<script>") == 1
    assert HOSTILE in unescape(text)


def _both(text: str) -> str:
    quoted = "'" + text.replace("'", "''") + "'"
    return f"{{en: {quoted}, zh: {quoted}}}"


def test_the_same_bytes_in_another_process() -> None:
    script = (
        "import sys, policyengine as pe\n"
        "from policyengine.report.page.render import html_page\n"
        "policies = pe.load(sys.argv[1])\n"
        "assessment = policies.decide(pe.Profile.from_file(sys.argv[2]))\n"
        "page = html_page(assessment, dictionary=policies.dictionary)\n"
        "sys.stdout.buffer.write(page.encode())\n"
    )
    command = [sys.executable, "-c", script, str(FOLDER.parent), str(FOLDER / "mr-li.yaml")]
    env = {**os.environ, "PYTHONHASHSEED": "7", "LANG": "C"}
    written = subprocess.run(command, capture_output=True, check=True, env=env).stdout  # noqa: S603
    assert written == made("mr-li").encode()


def test_one_language_needs_no_switch() -> None:
    text = made("us-mortgage-hamp")
    root = read(text)
    assert root.get("lang") == "en"
    assert not list(root.iter("input"))
    assert ":has(" not in text
    assert len(root.findall(".//main/div")) == 1


def test_the_language_asked_for_is_shown_first(lenders: pe.PolicySet) -> None:
    assessment = lenders.decide(EXAMPLES["mr-li"])
    assert languages_of(assessment) == ("en", "zh")
    for lang in ("en", "zh"):
        root = read(html_page(assessment, lang, dictionary=lenders.dictionary))
        assert root.get("lang") == lang
        assert [i.get("value") for i in root.iter("input") if i.get("checked")] == [lang]


def test_each_language_is_marked_as_such() -> None:
    root = read(made("mr-li"))
    assert [d.get("lang") for d in root.findall(".//main/div")] == ["en", "zh"]
    chinese = root.findall(".//main/div")[1]
    english = {words_of(e) for e in root.findall(".//main/div")[0].iter("h4")}
    assert not english & {words_of(e) for e in chinese.iter("h4")}


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    for name, text in WORDS["en"].items():
        places = set(re.findall(r"{\w+}", text))
        assert places == set(re.findall(r"{\w+}", WORDS["zh"][name]))


def test_a_loan_without_a_term_says_so() -> None:
    text = words_of(read(made("citic-card")))
    assert "The loan has no term, so it has no schedule as it stands." in text
    assert "该笔贷款没有期限" in text


def test_what_is_missing_for_the_loan_as_it_stands_is_named() -> None:
    text = words_of(read(made("us-student-loan")))
    assert "There is no schedule of the loan as it stands. Not known:" in text
    assert "(loan.remaining_term)" in text


def test_a_loan_with_several_policies_is_shown_as_it_stands_once() -> None:
    root = read(made("us-mortgage-passing"))
    captions = [words_of(caption) for caption in root.iter("caption")]
    assert captions.count("Payments if nothing is changed") == 1
    links = [a.get("href") for a in root.iter("a") if "first decision" in words_of(a)]
    assert links == ["#en-1-now"] * 4


def test_a_denied_plan_says_why_beside_the_others(lenders: pe.PolicySet) -> None:
    (decision,) = lenders.decide(EXAMPLES["mr-li"]).decisions
    (denied,) = (plan for plan in decision.plans if plan.status is Status.DENIED)
    table = next(t for t in read(made("mr-li")).iter("table") if t.get("class") == "plans")
    why = next(row for row in table.iter("tr") if words_of(row[0]) == "Why")
    assert denied.decisive[0].text["en"] in words_of(why[2])
    assert words_of(why[1]).endswith("–none")


def test_a_denied_plan_says_what_is_missing(lenders: pe.PolicySet) -> None:
    (decision,) = lenders.decide(EXAMPLES["mr-li"]).decisions
    (denied,) = (plan for plan in decision.plans if plan.status is Status.DENIED)
    assert denied.shortfall is not None
    for lang, content in zip(("en", "zh"), read(made("mr-li")).findall(".//main/div"), strict=True):
        text = words_of(content)
        assert denied.shortfall.misses
        assert all(miss.text[lang] in text for miss in denied.shortfall.misses)
        assert all(limit.text[lang] in text for limit in denied.shortfall.limits)


def test_what_is_not_known_is_asked() -> None:
    policy_set = policies(
        plans="plans:\n  relief:\n    title: {en: Relief, zh: 纾困}\n"
        "    require: [{id: dear, that: x.dear, because: {en: Dear., zh: 贵。}}]\n"
        "    offer: {steps: [{term: {exactly: 12}}], until: plan.payment >= 0}\n"
    )
    assessment = pe.Assessment(policy_set.decide(profile()).as_of, "engine", (decide(policy_set),))
    text = words_of(read(html_page(assessment, dictionary=policy_set.dictionary)))
    assert "Is it? costly to know (x.dear) Evidence: a paper" in text
    assert "Not known: Dear." in text
    assert html_page(assessment).count("x.dear") > 0


def test_a_loan_that_no_policy_applies_to_is_shown(lenders: pe.PolicySet) -> None:
    loan = {"id": "X<", "lender": "other", "product": "other"}
    assessment = lenders.decide({"as_of": "2024-11-20", "currency": "CNY", "loans": [loan]})
    text = words_of(read(html_page(assessment)))
    assert "Loan X< Not assessed: no policy applies." in text
    assert "贷款 X< 未评估：没有适用于该笔贷款的政策。" in text


@pytest.mark.parametrize("example", CASES)
def test_every_source_that_is_cited_is_named(example: str) -> None:
    decisions = decided(example).assessment.decisions
    for lang, content in contents(example):
        named = [words_of(each) for each in content.iter("li")]
        for decision in decisions:
            called = {(each.origin, each.name): each.cited_as[lang] for each in decision.sources}
            for reason in (reason for plan in decision.plans for reason in plan.reasons):
                for cited in (reason.source or "").split("; ") if reason.source else ():
                    name = called[reason.origin, cited.split(" ")[0]]
                    assert name in reason.citation[lang]
                    said = name + label(lang, "colon").strip()
                    assert [line for line in named if line.startswith(said)], cited


def test_one_plan_only(lenders: pe.PolicySet) -> None:
    assessment = lenders.decide(EXAMPLES["five-lenders"])
    root = read(html_page(assessment, dictionary=lenders.dictionary, plan="buffer"))
    titles = [words_of(e) for e in root.findall(".//main/div")[0].iter("h3")]
    assert len([t for t in titles if "offered" in t]) == 1
    assert len(list(root.findall(".//main/div")[0].iter("h2"))) == 1


@pytest.mark.parametrize(
    ("sequences", "merged"),
    [
        ([], []),
        ([["a", "c"], ["a", "b", "c"]], ["a", "b", "c"]),
        ([["b"], ["a", "b"]], ["a", "b"]),
        ([["a", "b"], ["b", "a"]], ["a", "b"]),
        ([[], ["x", "y"], ["y", "z"]], ["x", "y", "z"]),
    ],
)
def test_rows_keep_their_order(sequences: list[list[str]], merged: list[str]) -> None:
    assert in_order(sequences) == merged


def test_a_minus_stays_with_its_number() -> None:
    assert '<span class="unbroken">-CN¥2,104.15</span>' in made("mr-li")
    assert '余量<span class="unbroken">-¥2,104.15</span>' in made("mr-li")


def test_only_a_page_needs_the_templates() -> None:
    script = (
        "import sys, runpy\n"
        "sys.argv = ['policyengine', 'decide', '--policies', sys.argv[1], '--profile', sys.argv[2]]\n"
        "try: runpy.run_module('policyengine', run_name='__main__')\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "assert 'jinja2' not in sys.modules and 'markupsafe' not in sys.modules\n"
    )
    command = [sys.executable, "-c", script, str(FOLDER.parent), str(FOLDER / "mr-li.yaml")]
    subprocess.run(command, capture_output=True, check=True)  # noqa: S603


_PALETTES = re.compile(r":root \{(.*?)\}", re.DOTALL)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [0, 1], ids=["light", "dark"])
def test_colours_stand_out(palette: int) -> None:
    """WCAG 2.2 AA: 4.5 for text, 3 for shapes, on the page and between parts of a bar."""
    found = dict(re.findall(r"--(\w+): (#\w+);", _PALETTES.findall(made("mr-li"))[palette]))
    for name in ("text", "quiet", "yes", "no", "unknown", "link"):
        assert _contrast(found[name], found["ground"]) >= 4.5, name
    for name in ("text", "quiet"):
        assert _contrast(found[name], found["soft"]) >= 4.5, name
    for name in ("interest", "principal", "limit", "balance"):
        assert _contrast(found[name], found["ground"]) >= 3, name

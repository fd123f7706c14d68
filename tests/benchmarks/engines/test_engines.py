from collections.abc import Callable
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import policyengine as pe
from engines import compare
from engines.chart import chart
from engines.measuring import Clocks, Row, Way, compared, engine, installed
from engines.page import BEGIN, END, markdown, ratio, written
from engines.results import Run, Table, from_json, run_of, to_json

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "speed.md"


def row(name: str = "a way", factor: float = 2.0, *, ours: bool = False) -> Row:
    return Row(name, 3e-6 * factor, factor, factor * 0.9, factor * 1.1, factor * 1.5, ours)


def run(*rows: Row) -> Run:
    table = Table(
        "some", "Some work", "µs", (row("by hand", 1.0), *rows), ("`x` is not installed",)
    )
    return Run("2024-11-20", "a machine", {"Python": "3.11"}, (table,))


def test_every_engine_that_is_installed_says_what_is_written_by_hand() -> None:
    one = pytest.importorskip("engines.one_borrower")
    policy = pe.load(one.POLICIES)["hardship"]
    loans = one.plain_loans(list(one.borrowers(policy.policies))[:100])
    conditions = one.conditions_of(policy.program)
    ways, skipped = installed(one.builders(conditions, loans[0]))
    one.check(ways, loans)
    assert {"Python written by hand", "closures over policy data"} <= {each.name for each in ways}
    assert all("is not installed" in each for each in skipped)


def test_a_way_that_says_something_else_is_found() -> None:
    one = pytest.importorskip("engines.one_borrower")
    right = Way("right", lambda _: (["a"], {"b": ["b_1"]}))
    wrong = Way("wrong", lambda loan: (["a"], {"b": ["b_1"] if loan else ["b_2"]}))
    one.check([right, right], [1, 0])
    with pytest.raises(AssertionError, match="wrong says something else"):
        one.check([right, wrong], [1, 0])


def test_every_engine_says_the_same_of_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy")
    million = pytest.importorskip("engines.million")
    monkeypatch.setattr(million.with_c, "FLAGS", ("-O1", "-shared", "-fPIC"))  # -O3 takes seconds
    monkeypatch.setattr(million.with_compiled, "ways", lambda *_: [])  # has tests of its own
    policy = pe.load(million.POLICIES)["hardship"]
    conditions = million.conditions_of(policy.program)
    portfolio = million.made(20_000, policy.policies)
    ways, _ = installed(million.builders(policy.program, portfolio))
    million.check(ways, conditions, portfolio)


def test_an_engine_that_is_missing_is_left_out_and_named() -> None:
    ways, skipped = installed(
        [lambda: [Way("there", str)], lambda: engine("no_such_engine", "no-such-engine")]
    )
    assert [each.name for each in ways] == ["there"]
    assert skipped == ["`no-such-engine` is not installed"]


def test_ratios_are_taken_within_each_pass() -> None:
    # A machine that slows down: the second way always takes twice the first, and on the wall three times.
    warming = [1, 1, 1, 1]
    clocks = Clocks(
        _clock([*warming, 1, 2, 10, 20, 100, 200]), _clock([*warming, 1, 3, 10, 30, 100, 300])
    )
    rows = compared([Way("a", str), Way("b", str)], [None], 3, clocks=clocks)
    assert [each.ratio for each in rows] == [1, 2]
    assert [each.seconds for each in rows] == [10, 20]
    assert (rows[1].lowest, rows[1].highest, rows[1].wall) == (2, 2, 3)


def _clock(spans: list[int]) -> Callable[[], float]:
    """Return a clock that is read before and after each span."""
    moments = chain.from_iterable((0, span) for span in spans)
    return lambda: next(moments)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.0"),
        (1.96, "2.0"),
        (17.4, "17"),
        (1234.5, "1,234"),
        (0.0451, "0.045"),
        (0.5, "0.50"),
    ],
)
def test_a_ratio_is_read_with_two_figures(value: float, text: str) -> None:
    assert ratio(value) == text


def test_a_table_names_each_way_and_what_is_left_out() -> None:
    text = markdown(run(row("ours", ours=True)).tables[0])
    assert "| by hand | 3.0 | 1.0 | 0.90 … 1.1 | 1.5 |" in text
    assert "| **ours** | 6.0 | 2.0 | 1.8 … 2.2 | 3.0 |" in text
    assert text.endswith("Left out: `x` is not installed.")


def test_a_run_is_written_in_the_place_of_another_and_only_there() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = written(page, run(row()), "a.svg")
    assert "old" not in once
    assert once.startswith(f"before\n{BEGIN}\n")
    assert once.endswith(f"{END}\nafter\n")
    assert written(once, run(row()), "a.svg") == once


def test_a_page_without_a_place_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="the page needs a line"):
        written("nothing here", run(row()), "a.svg")


def test_a_run_is_kept_whole() -> None:
    made = run_of([run(row(ours=True)).tables[0]])
    assert from_json(to_json(made)) == made


@pytest.mark.parametrize("factor", [0.02, 0.5, 1.0, 10.0, 3_000.0])
def test_the_drawing_has_a_dot_for_each_way_within_its_edges(factor: float) -> None:
    drawing = ET.fromstring(chart(run(row("a & b <c>", factor))))  # noqa: S314  # it is ours
    width = float(drawing.attrib["viewBox"].split()[2])
    dots = [float(dot.attrib["cx"]) for dot in drawing.findall("{*}circle")]
    assert len(dots) == 2
    assert all(0 < x < width for x in dots)
    assert "a & b <c>" in [text.text for text in drawing.findall("{*}text")]


def test_what_takes_longer_stands_further_right() -> None:
    drawing = ET.fromstring(chart(run(row("b", 5.0), row("c", 50.0))))  # noqa: S314  # it is ours
    dots = [float(dot.attrib["cx"]) for dot in drawing.findall("{*}circle")]
    assert dots == sorted(set(dots))


def test_the_page_is_that_of_its_figures() -> None:
    kept = from_json(PAGE.with_suffix(".json").read_text("utf-8"))
    page = PAGE.read_text("utf-8")
    assert written(page, kept, "speed.svg") == page
    assert PAGE.with_suffix(".svg").read_text("utf-8") == chart(kept)
    assert [table.key for table in kept.tables] == list(compare.COMPARISONS)

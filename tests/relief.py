"""A small lender with one plan, a borrower, and test files about them."""

from __future__ import annotations

from pathlib import Path

from tiny import HEAD, folder

from policyengine.loading import load_files
from policyengine.testing import CaseResult, Report, run_tests

POLICY = (
    HEAD
    + """\
sources:
  law: {kind: regulation, title: the law}
applies_to: loan.id != "other"
plans:
  relief:
    title: {en: Relief, zh: 纾困}
    require:
      - id: willing
        that: x.other
        because: {en: The borrower must be willing., zh: 借款人须有意愿。}
        code: UNWILLING
        source: law art. 2
      - id: earning
        that: x.cash > 0
        because: {en: There must be an income., zh: 须有收入。}
    offer:
      steps:
        - term: {up_to: +24 months, step: 1 month}
      until:
        - id: affordable
          that: plan.max_payment <= x.cash
          because: {en: 'At most {x.cash} a month.', zh: '每月最多{x.cash}。'}
          code: UNAFFORDABLE
        - that: plan.payment >= 0
          id: sound
          because: {en: A payment., zh: 还款。}
          code: UNAFFORDABLE
    figures: {share: plan.payment / x.cash}
  other_relief:
    title: {en: Other relief, zh: 其他纾困}
    offer:
      steps: [{term: {exactly: 12 months}}]
      until:
        - id: affordable
          that: plan.max_payment <= x.cash
          because: {en: 'At most {x.cash} a month.', zh: '每月最多{x.cash}。'}
          code: UNAFFORDABLE
referrals:
  advice:
    title: {en: Advice, zh: 咨询}
    when: x.flag
    because: {en: Advice helps., zh: 咨询有帮助。}
guarantees:
  - id: short
    that: plan.term <= 24 months
    because: {en: 'At most 24 months, here {plan.term}.', zh: '最多24个月，此处{plan.term}。'}
    code: TOO_LONG
    source: law art. 1
"""
)

LOAN = """\
{id: L-1, principal: 12000.00, annual_rate: 0%, remaining_term: 12, next_due: 2024-12-15,
     method: level, payment: 1000.00}"""

BORROWER = f"""\
as_of: 2024-11-20
x: {{other: true, cash: 800.00, flag: false}}
loans:
  - {LOAN}
"""

#: Passes: 12,000 at 800 a month takes fifteen months, 1,000 a month is too much.
EXPECT = """\
outcome: offer
plans:
  relief: {status: allowed, terms: {payment: 800, term_months: 15}}
  other_relief: {status: denied, reasons: [UNAFFORDABLE]}
referrals: []
"""

GIVEN = "profile: examples/borrower.yaml"


def indented(text: str, spaces: int) -> str:
    """Return a text with each line moved to the right."""
    return "".join(f"{' ' * spaces}{line}\n" for line in text.strip().splitlines())


def case(given: str = GIVEN, expect: str = EXPECT, name: str = "it works") -> str:
    """Return a case as a test file holds it."""
    return f"  - name: {name}\n    given:\n{indented(given, 6)}    expect:\n{indented(expect, 6)}"


def test_file(*cases: str) -> str:
    """Return a test file."""
    return "tests: tiny\nlanguage: 1\ncases:\n" + "".join(cases or [case()])


test_file.__test__ = False  # type: ignore[attr-defined]  # not a test itself


def write(at: Path, *cases: str, tests: str | None = None, borrower: str = BORROWER) -> Path:
    """Write the lender, the borrower and the tests."""
    folder(at, POLICY)
    (at / "tiny.test.yaml").write_text(test_file(*cases) if tests is None else tests, "utf-8")
    (at / "examples").mkdir(exist_ok=True)
    (at / "examples" / "borrower.yaml").write_text(borrower, "utf-8")
    return at


def run(at: Path, *cases: str, containing: str = "") -> Report:
    """Write the files and run the cases."""
    return run_tests(load_files(write(at, *cases)), containing=containing)


def only(report: Report) -> CaseResult:
    """Return the only case of a run."""
    (found,) = report.cases
    return found

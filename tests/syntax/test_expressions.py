from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyengine.syntax import expression_tree as tree
from policyengine.syntax.expression_parser import (
    ExpressionSyntaxError,
    parse_amount,
    parse_cell,
    parse_expression,
    parse_extent,
)


def shown(node: Any) -> str:
    """Write a tree with all its brackets."""
    return _SHOWN[type(node)](node)


def _joined(nodes: Iterable[Any], by: str = ", ") -> str:
    return by.join(map(shown, nodes))


def _comparison(node: tree.Comparison) -> str:
    rest = zip(node.operators, node.operands[1:], strict=True)
    return f"({shown(node.operands[0])}" + "".join(f" {o} {shown(n)}" for o, n in rest) + ")"


def _where(condition: tree.Expression | None) -> str:
    return f" where {shown(condition)}" if condition else ""


_SHOWN: dict[type, Callable[[Any], str]] = {
    tree.Number: lambda n: n.digits + n.unit,
    tree.DateLiteral: lambda n: str(n.value),
    tree.TextLiteral: lambda n: f'"{n.value}"',
    tree.BooleanLiteral: lambda n: str(n.value).lower(),
    tree.Path: lambda n: str(n.name),
    tree.Call: lambda n: f"{shown(n.callee)}({_joined(n.arguments)})",
    tree.Argument: lambda n: f"{n.name}={shown(n.value)}" if n.name else shown(n.value),
    tree.Negation: lambda n: f"(not {shown(n.operand)})",
    tree.Junction: lambda n: f"({_joined(n.operands, f' {n.operator} ')})",
    tree.Comparison: _comparison,
    tree.Range: lambda n: f"{shown(n.low)}{'..' if n.includes_high else '..<'}{shown(n.high)}",
    tree.Choice: lambda n: "{" + _joined(n.options) + "}",
    tree.Membership: lambda n: (
        f"({shown(n.value)} {'not in' if n.negated else 'in'} {shown(n.options)})"
    ),
    tree.Binary: lambda n: f"({shown(n.left)} {n.operator} {shown(n.right)})",
    tree.Negative: lambda n: f"(-{shown(n.operand)})",
    tree.IfElse: lambda n: (
        f"(if {shown(n.condition)} then {shown(n.then)} else {shown(n.otherwise)})"
    ),
    tree.At: lambda n: f"({shown(n.parameter)} at {shown(n.date)})",
    tree.Relative: lambda n: f"(+{shown(n.value)})",
    tree.AnyValue: lambda _: "any",
    tree.Bound: lambda n: f"{n.operator} {shown(n.value)}",
    tree.Quantified: lambda n: f"{n.kind}({n.variable} in {shown(n.members)}{_where(n.condition)})",
    tree.Aggregate: lambda n: (
        f"{shown(n.callee)}({shown(n.value)} for {n.variable} in {shown(n.members)}"
        f"{_where(n.condition)})"
    ),
}


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a or b and c", "(a or (b and c))"),
        ("a and b and c", "(a and b and c)"),
        ("not a and b", "((not a) and b)"),
        ("not not a", "(not (not a))"),
        ("not a == b", "(not (a == b))"),
        ("(a or b) and c", "((a or b) and c)"),
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("-a + b", "((-a) + b)"),
        ("a * -b", "(a * (-b))"),
        ("a + b < c * d", "((a + b) < (c * d))"),
        ("1 day <= a.b <= max_arrears", "(1days <= a.b <= max_arrears)"),
        ('a in {"x", "y",}', '(a in {"x", "y"})'),
        ("a not in 1..12", "(a not in 1..12)"),
        ("a in 1..<b + 1 and c", "((a in 1..<(b + 1)) and c)"),
        ("if a then b else if c then d else e", "(if a then b else (if c then d else e))"),
        ("min(a, b + 1)", "min(a, (b + 1))"),
        ("t(severity = a.b, days: 3 days)", "t(severity=a.b, days=3days)"),
        ("t()", "t()"),
        ("plan.max_payment_before(3 months)", "plan.max_payment_before(3months)"),
        ("lpr at loan.contract_date + 1 month", "((lpr at loan.contract_date) + 1months)"),
        ("count(p in loan.past_plans)", "count(p in loan.past_plans)"),
        ("any(p in xs where p.a > 1 and b)", "any(p in xs where ((p.a > 1) and b))"),
        ("all(p in xs where not p.a)", "all(p in xs where (not p.a))"),
        (
            "sum(l.payment for l in loans where l.id != loan.id)",
            "sum(l.payment for l in loans where (l.id != loan.id))",
        ),
        ("latest(p.started for p in xs)", "latest(p.started for p in xs)"),
        ("30%", "30%"),
        ("14.452 %", "14.452%"),
        ("1 year", "1years"),
        ("2024-11-20", "2024-11-20"),
        ("true != false", "(true != false)"),
        ("a\n  and\tb", "(a and b)"),
        ("orders and island", "(orders and island)"),
        ("known(loan.fees)", "known(loan.fees)"),
    ],
)
def test_what_binds_tighter(text: str, grouped: str) -> None:
    assert shown(parse_expression(text)) == grouped


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("any", "any"),
        ("mild", "mild"),
        ("{mild, severe}", "{mild, severe}"),
        ("{mild, severe,}", "{mild, severe}"),
        ("1 day..30 days", "1days..30days"),
        ("0..<10%", "0..<10%"),
        (">= 90 days", ">= 90days"),
        ("-1", "(-1)"),
        ('"a"', '"a"'),
    ],
)
def test_cells(text: str, grouped: str) -> None:
    assert shown(parse_cell(text)) == grouped


def test_amounts_and_extents() -> None:
    assert shown(parse_amount("+ cap * 2")) == "(+(cap * 2))"
    assert shown(parse_amount("cap")) == "cap"
    assert shown(parse_extent("1..cap + 1")) == "1..(cap + 1)"
    assert shown(parse_extent("3")) == "3"


def test_every_part_knows_its_place() -> None:
    text = '  a.b == "延期" and c <= 3 months'
    node = parse_expression(text)
    assert isinstance(node, tree.Junction)
    places = [text[part.start : part.end] for part in node.operands]
    assert places == ['a.b == "延期"', "c <= 3 months"]
    comparison = node.operands[0]
    assert isinstance(comparison, tree.Comparison)
    assert [text[p.start : p.end] for p in comparison.operands] == ["a.b", '"延期"']


def test_literals_keep_what_was_written() -> None:
    number = parse_expression("3.10")
    assert isinstance(number, tree.Number)
    assert number.digits == "3.10"
    day = parse_expression("2024-02-29")
    assert isinstance(day, tree.DateLiteral)
    assert day.value == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "marked", "message", "hint"),
    [
        ("", "", "an expression is missing", "write a name"),
        ("  ", "  ", "an expression is missing", "write a name"),
        ("1 +", "+", "ends too early", "something is missing"),
        ("a and", "and", "ends too early", "something is missing"),
        ('x in "a"', '"', "ends too early", "a set `{a, b}` or a range"),
        ("if a then b", "b", "ends too early", "needs an `else"),
        ("a b", "b", "`b` is not expected", "an operator"),
        ("a andb", "andb", "`andb` is not expected", "an operator"),
        ("a orb", "orb", "`orb` is not expected", "an operator"),
        ("a at2024-01-01", "at2024", "`at2024` is not expected", "an operator"),
        ("a notin {1}", "notin", "`notin` is not expected", "an operator"),
        ("a in1..3", "in1", "`in1` is not expected", "an operator"),
        ("90 daysand a", "daysand", "`daysand` is not expected", "an operator"),
        ("if a thenb else c", "thenb", "`thenb` is not expected", "an operator"),
        ("if a then b elsec", "elsec", "`elsec` is not expected", "an operator"),
        ("ifa then b else c", "then", "`then` is not expected", "an operator"),
        ("sum(l.a forl in loans)", "forl", "`forl` is not expected", "an operator"),
        ("all(l inloans)", "inloans", "`inloans` is not expected", "an operator"),
        ("all(l in loans wherel.a)", "wherel", "`wherel` is not expected", "an operator"),
        ("1monthsa", "monthsa", "`monthsa` is not expected", "an operator"),
        ("a ?", "?", "`?` is not expected", "an operator"),
        ("1..2", "..", "`..` is not expected", "an operator"),
        ("min(a,,b)", ",", "`,` is not expected", "a value"),
        ("and a", "and", "`and` is not expected", "a value"),
        ("a and or b", "or", "`or` is not expected", "a value"),
        ("else", "else", "`else` is not expected", "a value"),
        ("a in {}", "}", "`}` is not expected", "a value"),
        ("a >> b", ">", "`>` is not expected", "a value"),
        ("a = b", "=", "a single `=`", "`==`"),
        ("a === b", "===", "`===`", "`==`"),
        ("a <> b", "<>", "`<>`", "`!=`"),
        ("a => b", "=>", "`=>`", "`>=`"),
        ("a =< b", "=<", "`=<`", "`<=`"),
        ("a && b", "&&", "`&&`", "`and`"),
        ("a || b", "||", "`||`", "`or`"),
        ("!a", "!", "`!`", "`not`"),
        ("a is b", "is", "`is`", "`==`"),
        ("a == 'x'", "'", "a quote of another kind", "double quotes"),
        ("a == “x”", "“", "a quote of another kind", "double quotes"),
        ('a == "x', '"x', "a quote that is not closed", "close it"),
        ("a ≥ b", "≥", "not on every keyboard", "`>=`"),
        ("（a", "（", "full-width", "half-width"),
        ("a，b", "，", "full-width", "half-width"),
        ("1２", "２", "full-width", "half-width"),
        ("a　and b", "　", "full-width", "half-width"),
        ("a ** 2", "**", "a power", "multiply"),
        ("3 weeks", " weeks", "a unit that is none", "`months`"),
        ("1_000", "1_000", "underscores", "`1000`"),
        ("1,000", "1,000", "a comma", "`1000`"),
        ("010", "010", "leading zero", "digits alone"),
        ("1e3", "1e3", "an exponent", "digits out"),
        ("1:30", "1:30", "a colon", "number out"),
        (".5", ".5", "starts with a point", "before the point"),
        (".nan", ".nan", "no number", "a limit is a number"),
        ("2024-02-30", "2024-02-30", "does not exist", "2024-11-20"),
        ("(a", "(", "a `(` that is not closed", "`)`"),
        ("a in {1", "{", "a `{` that is not closed", "`}`"),
        ("a)", ")", "a `)` that closes nothing", "remove it"),
        ("(a}", "}", "a `}` that closes nothing", "remove it"),
        ('")" == "("', "", "", ""),
        ("9" * 31, "9" * 31, "more than 30 digits", "a point"),
        ("1201 months", "1201 months", "a hundred years", "check"),
        ("101 years", "101 years", "a hundred years", "check"),
        ("a" * 4001, "a" * 4001, "more than 4000 characters", "`derive`"),
        ("(" * 41 + ")" * 41, "(", "more than 40 brackets", "`derive`"),
        ("not " * 62 + "a", "not a", "more than 60 operations", "`derive`"),
    ],
)
def test_what_is_no_expression_is_explained(
    text: str, marked: str, message: str, hint: str
) -> None:
    if not message:
        parse_expression(text)
        return
    with pytest.raises(ExpressionSyntaxError) as refused:
        parse_expression(text)
    error = refused.value
    assert text[error.start : error.end] == marked
    assert message in error.message
    assert hint in (error.hint or "")


@given(st.text("ab.0159 \"'()<>=!+-*/{},:&|年　％\n", max_size=60))
def test_any_text_is_an_expression_or_explained(text: str) -> None:
    start, end, hint = _outcome(text)
    assert 0 <= start <= end <= len(text)
    assert hint


def _outcome(text: str) -> tuple[int, int, str | None]:
    try:
        node = parse_expression(text)
    except ExpressionSyntaxError as error:
        return error.start, error.end, error.hint
    return node.start, node.end, "read"


NAMES = st.sampled_from(["a", "b.c", "1", "0.5", "30%", "3 months", '"x"', "true", "2024-01-31"])
TREES = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(
            lambda t: f"({' '.join(t)})"
        ),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})"),
        st.tuples(inner, st.sampled_from(["==", "<="]), inner).map(lambda t: f"({' '.join(t)})"),
        inner.map(lambda t: f"(not {t})"),
        inner.map(lambda t: f"(-{t})"),
        st.tuples(inner, inner, inner).map(lambda t: "(if {} then {} else {})".format(*t)),
    ),
    max_leaves=12,
)


@given(TREES)
def test_an_expression_with_all_brackets_reads_as_it_is_written(text: str) -> None:
    assert _flat(shown(parse_expression(text))) == _flat(text)


def _flat(text: str) -> str:
    """Leave out what writing a tree again changes: spaces, and brackets of one operator joined."""
    return text.translate(dict.fromkeys(map(ord, " ()")))


def test_trees_are_values() -> None:
    assert parse_expression("a + 1") == parse_expression("a + 1")
    assert attrs.asdict(parse_expression("a"))["parts"] == ("a",)

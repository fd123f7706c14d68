"""Decision tables: inputs, cells as intervals, outputs."""

from __future__ import annotations

from policyengine.diagnostics import nearest_or_list
from policyengine.ir import nodes as ir
from policyengine.ir.from_model.expressions import elaborate, elaborate_part
from policyengine.ir.from_model.scope import RULE, Scope
from policyengine.ir.program import Cell, Interval, TableDefinition, TableInput, TableRow
from policyengine.model.shape import Written
from policyengine.model.tables import BoundInput, Row, Table
from policyengine.model.types import ORDERED, PLAIN_TYPES, Kind, Type, Value
from policyengine.syntax import expression_tree as tree
from policyengine.syntax.yaml_tree import Scalar


def table_from(name: str, table: Table, scope: Scope) -> TableDefinition | None:
    """Return the table with typed cells, or None when something in it was noted."""
    inputs = [_input(written, scope) for written in table.inputs]
    output = _type(table.output, scope)
    _note_repeated_inputs(table, scope)
    found = [i for i in inputs if i is not None]
    if output is None or len(found) != len(inputs):
        return None
    rows = [_row(row, found, output, scope) for row in table.rows]
    otherwise = _output(table.otherwise, output, scope) if table.otherwise else None
    order = _order(table, output, scope)
    if any(row is None for row in rows) or (table.otherwise and otherwise is None) or order is None:
        return None
    return TableDefinition(
        key=scope.key(name),
        name=name,
        hit=table.hit,
        inputs=tuple(found),
        output=Type(Kind.INTEGER) if table.hit == "collect count" else output,
        rows=tuple(row for row in rows if row is not None),
        otherwise=otherwise,
        order=order,
        span=table.span,
    )


def _note_repeated_inputs(table: Table, scope: Scope) -> None:
    seen: set[str] = set()
    for written in table.inputs:
        if isinstance(written, BoundInput):
            if written.name.text in seen:
                scope.findings.error(
                    "repeated-name",
                    f"the table has two inputs `{written.name.text}`",
                    written.type.span,
                    "give one of them another name",
                )
            seen.add(written.name.text)


def _input(written: Written | BoundInput, scope: Scope) -> TableInput | None:
    if isinstance(written, BoundInput):
        type_ = _type(written.type, scope)
        return TableInput(type_, None, written.name.text, written.type.span) if type_ else None
    node = elaborate(written, scope, RULE)
    return TableInput(node.type, node, None, written.span()) if node else None


def _type(scalar: Scalar, scope: Scope) -> Type | None:
    if scalar.text in PLAIN_TYPES:
        return PLAIN_TYPES[scalar.text]
    if scalar.text in scope.dictionary.enums:
        return Type(Kind.ENUM, scalar.text)
    known = [*PLAIN_TYPES, *scope.dictionary.enums]
    scope.findings.error(
        "unknown-name",
        f"`{scalar.text}` is not a type",
        scalar.span,
        nearest_or_list(scalar.text, known),
    )
    return None


def _row(row: Row, inputs: list[TableInput], output: Type, scope: Scope) -> TableRow | None:
    if len(row.cells) != len(inputs):
        scope.findings.error(
            "wrong-shape",
            f"cells before the output: {len(row.cells)}; inputs of the table: {len(inputs)}",
            row.span,
            "write one cell for each input, then the output",
        )
        return None
    cells = [_cell(cell, i.type, scope) for cell, i in zip(row.cells, inputs, strict=True)]
    value = _output(row.output, output, scope)
    if value is None or any(cell is None for cell in cells):
        return None
    return TableRow(tuple(cell for cell in cells if cell is not None), value, row.span)


def _output(written: Written, type_: Type, scope: Scope) -> ir.Node | None:
    """Read an output; where it is an enum, its values stand bare as in the cells."""
    bare = written.tree
    if type_.kind is Kind.ENUM and isinstance(bare, tree.Path):
        word = tree.TextLiteral(bare.start, bare.end, bare.name)
        return elaborate_part(written, word, scope, RULE, type_)
    return elaborate(written, scope, RULE, type_)


def _order(table: Table, output: Type, scope: Scope) -> tuple[Value, ...] | None:
    if (table.hit == "priority") != (table.order is not None):
        needs = "needs `order:`" if table.hit == "priority" else "has no use for `order:`"
        scope.findings.error(
            "missing-key" if table.hit == "priority" else "unknown-key",
            f"a table with `hit: {table.hit}` {needs}",
            table.span,
            "`order` lists the outputs from first to last, for `hit: priority`",
        )
        return None
    nodes = [(written, _output(written, output, scope)) for written in table.order or ()]
    for written, node in nodes:
        if node is not None and not isinstance(node, ir.Constant):
            scope.findings.error(
                "not-a-constant",
                f"`{written.text()}` is not a constant",
                written.span(),
                "`order` lists outputs as they stand in the rows",
            )
    found = tuple(node.value for _, node in nodes if isinstance(node, ir.Constant))
    return found if len(found) == len(nodes) else None


def _cell(written: Written, type_: Type, scope: Scope) -> Cell | None:
    match written.tree:
        case tree.AnyValue():
            return Cell(None)
        case tree.Choice(options=options):
            values = [_value(written, option, type_, scope) for option in options]
            if any(value is None for value in values):
                return None
            return Cell(tuple(Interval(value, value) for value in values))
        case tree.Range() as range_:
            return _range(written, range_, type_, scope)
        case tree.Bound() as bound:
            return _bound(written, bound, type_, scope)
        case single:
            value = _value(written, single, type_, scope)
            return None if value is None else Cell((Interval(value, value),))


def _range(written: Written, range_: tree.Range, type_: Type, scope: Scope) -> Cell | None:
    low = _value(written, range_.low, type_, scope)
    high = _value(written, range_.high, type_, scope)
    if low is None or high is None or not _ordered(written, type_, scope):
        return None
    if low > high or (low == high and not range_.includes_high):  # type: ignore[operator]
        scope.findings.error(
            "empty-range", "nothing lies in this interval", written.span(), "swap its ends"
        )
        return None
    return Cell((Interval(low, high, includes_high=range_.includes_high),))


def _bound(written: Written, bound: tree.Bound, type_: Type, scope: Scope) -> Cell | None:
    value = _value(written, bound.value, type_, scope)
    if value is None or not _ordered(written, type_, scope):
        return None
    intervals = {
        "<": (Interval(None, value, includes_high=False),),
        "<=": (Interval(None, value),),
        ">": (Interval(value, None, includes_low=False),),
        ">=": (Interval(value, None),),
        "==": (Interval(value, value),),
        "!=": (
            Interval(None, value, includes_high=False),
            Interval(value, None, includes_low=False),
        ),
    }
    return Cell(intervals[bound.operator])


def _ordered(written: Written, type_: Type, scope: Scope) -> bool:
    if type_.kind not in ORDERED:
        scope.findings.error(
            "type-mismatch",
            f"the values of {type_} have no order",
            written.span(),
            "write a value, or a set such as `{mild, moderate}`",
        )
    return type_.kind in ORDERED


def _value(written: Written, part: tree.Expression, type_: Type, scope: Scope) -> Value | None:
    """Read a constant of a cell; words of an enum or of text stand bare."""
    if isinstance(part, tree.Path) and type_.kind in (Kind.ENUM, Kind.TEXT):
        part = tree.TextLiteral(part.start, part.end, part.name)
    node = elaborate_part(written, part, scope, RULE, type_)
    if node is None:
        return None
    if not isinstance(node, ir.Constant):
        scope.findings.error(
            "not-a-constant",
            f"`{written.text(part)}` is not a constant",
            written.span(part),
            "a cell holds values, so that gaps and overlaps can be found",
        )
        return None
    return node.value

from __future__ import annotations

from typing import Any

import pytest

from policyengine.diagnostics import Findings
from policyengine.model.composite import (
    ByKind,
    Converted,
    Key,
    Later,
    ListOf,
    MapOf,
    OneOrMany,
    RecordOf,
)
from policyengine.model.shape import (
    Formula,
    Literal,
    Name,
    OneOf,
    Reading,
    Shape,
    TextsShape,
    Words,
)
from policyengine.model.types import BOOLEAN, DATE, INTEGER, MONEY
from policyengine.source import SourceFile
from policyengine.syntax.expression_parser import parse_expression
from policyengine.syntax.yaml_reader import read_yaml


def read(shape: Shape[Any], text: str, languages: tuple[str, ...] = ()) -> tuple[Any, list[str]]:
    findings = Findings()
    node = read_yaml(SourceFile("a.yaml", text), findings)
    assert node is not None
    reading = Reading(findings, languages)
    value = shape.read(node, reading)
    return value, [f"{d.code}: {d.message}" for d in findings.items] + sorted(reading.unreadable)


PAIR = RecordOf(
    lambda **keys: keys["a"],
    {"a": Key(Literal(INTEGER), required=True), "b": Key(Words(), default="c", help="more")},
    "a pair",
)
BOTH = RecordOf(
    lambda **_: "x", {"a": Key(Words()), "b": Key(Words(), help="say b")}, "it", together=("a", "b")
)
CHOICE = RecordOf(lambda **_: "x", {"a": Key(Words()), "b": Key(Words())}, "it", ("a", "b"))


@pytest.mark.parametrize(
    ("shape", "text", "said"),
    [
        (Words(), "[a]", "wrong-shape: text is expected here, not a list"),
        (Words(), "' '", "wrong-shape: text is expected here, not text"),
        (Words(most=3), "abcd", "too-long: a text of more than 3 characters"),
        (Name(), "[a]", "wrong-shape: a name is expected here, not a list"),
        (Name(), "Ab", "bad-name: `Ab` is not a name"),
        (
            Literal(DATE),
            "{a: b}",
            "wrong-shape: a date such as 2024-11-20 is expected here, not a mapping",
        ),
        (Literal(BOOLEAN), "ON", "not-a-boolean: `ON` is not a boolean"),
        (
            OneOf(("up",), "a direction"),
            "[up]",
            "wrong-shape: a direction is expected here, not a list",
        ),
        (OneOf(("up",), "a direction"), "ups", "unknown-value: `ups` is not a direction"),
        (
            Formula(parse_expression),
            "[a]",
            "wrong-shape: an expression is expected here, not a list",
        ),
        (Formula(parse_expression), "a b", "expression-syntax: `b` is not expected here"),
        (TextsShape(), "a", "wrong-shape: a text in each language is expected here, not text"),
        (ListOf(Name()), "a", "wrong-shape: a list is expected here, not text"),
        (
            ListOf(Name(), at_least=1),
            "[]",
            "wrong-shape: a list with at least 1 member is expected here, not a list",
        ),
        (MapOf(Name()), "[a]", "wrong-shape: a mapping is expected here, not a list"),
        (
            ByKind("a word", scalar=Name()),
            "[a]",
            "wrong-shape: a word is expected here, not a list",
        ),
        (PAIR, "[a]", "wrong-shape: a pair is expected here, not a list"),
        (PAIR, "b: x", "missing-key: a pair needs the key `a`"),
        (CHOICE, "{}", "missing-key: it needs one of `a`, `b`"),
        (BOTH, "a: x", "missing-key: `a` in it needs the key `b`"),
        (BOTH, "b: x", "missing-key: `b` in it needs the key `a`"),
    ],
)
def test_a_node_of_another_shape_is_noted(shape: Shape[Any], text: str, said: str) -> None:
    assert read(shape, text) == (None, [said])


def test_a_record_reads_on_past_what_is_wrong() -> None:
    assert read(PAIR, "{a: 3, b: x}") == (3, [])
    assert read(PAIR, "{a: 3}") == (3, [])
    assert read(PAIR, "{a: 3, aa: 4, zz: 5}") == (
        3,
        ["unknown-key: unknown key `aa` in a pair", "unknown-key: unknown key `zz` in a pair"],
    )
    assert read(CHOICE, "{a: 1, b: 2}") == (
        "x",
        ["contradictory-keys: `a` and `b` exclude one another"],
    )


def test_keys_that_belong_together_are_all_there_or_none() -> None:
    assert read(BOTH, "{}") == ("x", [])
    assert read(BOTH, "{a: y, b: z}") == ("x", [])
    assert BOTH.schema()["dependentRequired"] == {"a": ["b"], "b": ["a"]}


def test_lists_and_mappings_read_on_past_what_is_wrong() -> None:
    names, said = read(ListOf(Name()), "[a, B, c]")
    assert [name.text for name in names] == ["a", "c"]
    assert said == ["bad-name: `B` is not a name"]
    assert read(ListOf(Name(), whole=True), "[a, B]")[0] is None
    found, said = read(MapOf(Literal(INTEGER)), "{a: 1, b: x, C: 2}")
    assert found == {"a": 1}
    assert said[-2:] == ["C", "b"]


def test_one_stands_for_a_list_of_one() -> None:
    shape = OneOrMany(Literal(INTEGER))
    assert read(shape, "3") == ((3,), [])
    assert read(shape, "[3, 4]") == ((3, 4), [])
    assert read(shape, "x")[0] is None


def test_texts_are_held_against_the_languages_of_the_file() -> None:
    texts, said = read(TextsShape(), "{en: a, zh: b}", ("en", "zh"))
    assert texts.plain() == {"en": "a", "zh": "b"}
    assert said == []
    assert read(TextsShape(), "{en: a, fr: b}", ("en", "zh"))[1] == [
        "unknown-language: `fr` is not one of the file's languages",
        "missing-translation: the text is missing in `zh`",
    ]
    assert read(TextsShape(), "{en: ''}", ("en",))[1] == [
        "wrong-shape: text is expected here, not nothing"
    ]


def test_shapes_are_joined() -> None:
    shape: Shape[Any] = ByKind(
        "anything",
        scalar=Converted(Literal(INTEGER), lambda number: number + 1),
        sequence=Later("later", lambda: ListOf(Literal(INTEGER))),
        mapping=MapOf(Literal(INTEGER)),
    )
    assert [read(shape, text)[0] for text in ("1", "[1]", "{a: 1}")] == [2, (1,), {"a": 1}]
    assert read(shape, "x")[0] is None
    assert shape.schema()["anyOf"][1] == {"$ref": "#/$defs/later"}


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        (Literal(BOOLEAN), {"type": "boolean"}),
        (Literal(INTEGER), {"type": "integer"}),
        (Literal(DATE), {"type": "string", "format": "date"}),
        (Literal(MONEY), {"type": ["string", "number"]}),
        (OneOf(("a", "b")), {"enum": ["a", "b"]}),
        (
            ListOf(OneOf(("a",)), at_least=1),
            {"type": "array", "items": {"enum": ["a"]}, "minItems": 1},
        ),
    ],
)
def test_a_shape_has_a_schema(shape: Shape[Any], schema: dict[str, Any]) -> None:
    assert shape.schema() == schema


def test_the_schema_of_a_record_says_what_it_needs() -> None:
    schema = PAIR.schema()
    assert schema["required"] == ["a"]
    assert schema["properties"]["b"]["description"] == "more"
    assert CHOICE.schema()["oneOf"] == [{"required": ["a"]}, {"required": ["b"]}]

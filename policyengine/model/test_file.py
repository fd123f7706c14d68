"""Test files as written: profiles and what must come of them, and laws that hold for every borrower."""

from __future__ import annotations

import attrs

from policyengine.model.common import FILE_NAME, LANGUAGE
from policyengine.model.composite import Key, ListOf, MapOf, RecordOf
from policyengine.model.laws import LawShape, WrittenLaw
from policyengine.model.shape import Literal, OneOf, Reading, Schema, Shape, Words
from policyengine.model.types import BOOLEAN
from policyengine.model.vocabulary import FACT_PATH
from policyengine.source import Span
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar

__test__ = False  # pytest would take the name of this module for tests

#: What writes test files: `policyengine test --generate-boundaries`.
BOUNDARIES = "boundaries"
OUTCOMES = ("offer", "need_information", "refer", "refuse")
STATUSES = ("allowed", "denied", "undetermined")


@attrs.frozen
class AnyNode(Shape[Node]):
    """Whatever stands there, for another reader."""

    def read(self, node: Node, reading: Reading) -> Node | None:  # noqa: ARG002  # as every shape
        """Return the node itself."""
        return node

    def schema(self) -> Schema:
        """Say nothing."""
        return {}


@attrs.frozen
class _MappingNode(Shape[Mapping]):
    """A mapping, for another reader."""

    def read(self, node: Node, reading: Reading) -> Mapping | None:
        """Return the node itself; note what is no mapping."""
        if isinstance(node, Mapping):
            return node
        reading.expected("a profile", node)
        return None

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"type": "object"}


@attrs.frozen
class Given:
    """The profile of a case: a file or its keys in place, with facts changed or taken away."""

    profile: Scalar | None
    loan: Scalar | None
    changed: dict[str, Node]
    without: tuple[Scalar, ...]
    inline: Mapping | None
    span: Span


@attrs.frozen
class ExpectedPlan:
    """What must come of one plan."""

    status: str
    reasons: tuple[Scalar, ...] | None
    cites: tuple[Scalar, ...]
    terms: dict[str, Node]
    asks: tuple[Scalar, ...] | None
    span: Span


@attrs.frozen
class Expected:
    """What must come of a case; `applies` is false where the policy does not apply to the loan at all."""

    applies: bool | None
    outcome: str | None
    plans: dict[str, ExpectedPlan]
    referrals: tuple[Scalar, ...] | None
    unknown_referrals: tuple[Scalar, ...] | None
    asks: tuple[Scalar, ...] | None
    span: Span


@attrs.frozen
class Case:
    """A named example; one that was generated is `reviewed` once a person has read it."""

    name: Scalar
    reviewed: bool
    as_of: Scalar | None
    given: Given
    expect: Expected
    span: Span


@attrs.frozen
class TestFile:
    """The examples of one policy, and the laws it keeps.

    `generated` says what wrote the file; `profiles` are those that its cases share, by name.
    """

    __test__ = False

    policy: Scalar
    language: str
    generated: str | None
    profiles: dict[str, Mapping]
    cases: tuple[Case, ...]
    laws: tuple[WrittenLaw, ...]
    span: Span


_NAMES = ListOf(Words("a name"))


@attrs.frozen
class _GivenShape(Shape[Given]):
    """A profile by file or in place, told apart by its keys."""

    def read(self, node: Node, reading: Reading) -> Given | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if not isinstance(node, Mapping):
            reading.expected("`given`", node)
            return None
        own = tuple((k, v) for k, v in node if k.text in _GIVEN_KEYS and not _inline(k, v))
        inline = tuple((k, v) for k, v in node if k.text not in _GIVEN_KEYS or _inline(k, v))
        given = RecordOf(Given, _GIVEN_KEYS, "`given`").read(Mapping(own, node.span), reading)
        return given and attrs.evolve(given, inline=Mapping(inline, node.span) if inline else None)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        return {"type": "object"}


def _inline(key: Scalar, value: Node) -> bool:
    """`loan: L-1` picks a loan, `loan: {…}` is one."""
    return key.text == "loan" and isinstance(value, Mapping)


_GIVEN_KEYS = {
    "profile": Key(Words("a path")),
    "loan": Key(Words("the id of a loan")),
    "with": Key(MapOf(AnyNode(), FACT_PATH, "facts by name"), default={}, attribute="changed"),
    "without": Key(_NAMES, default=()),
    "inline": Key(AnyNode()),
}
_EXPECTED_PLAN = RecordOf(
    ExpectedPlan,
    {
        "status": Key(OneOf(STATUSES, "a status of a plan"), required=True),
        "reasons": Key(_NAMES),
        "cites": Key(_NAMES, default=()),
        "terms": Key(MapOf(AnyNode()), default={}),
        "asks": Key(_NAMES),
    },
    "an expected plan",
)
_EXPECTED = RecordOf(
    Expected,
    {
        "applies": Key(Literal(BOOLEAN)),
        "outcome": Key(OneOf(OUTCOMES, "an outcome")),
        "plans": Key(MapOf(_EXPECTED_PLAN, what="plans by name"), default={}),
        "referrals": Key(_NAMES),
        "unknown_referrals": Key(_NAMES),
        "asks": Key(_NAMES),
    },
    "`expect`",
)
_RECORD = RecordOf(
    TestFile,
    {
        "tests": Key(FILE_NAME, required=True, attribute="policy"),
        "language": LANGUAGE,
        "generated": Key(OneOf((BOUNDARIES,), "what writes test files")),
        "profiles": Key(MapOf(_MappingNode(), what="profiles by name"), default={}),
        "cases": Key(
            ListOf(
                RecordOf(
                    Case,
                    {
                        "name": Key(Words("a name"), required=True),
                        "reviewed": Key(Literal(BOOLEAN), default=True),
                        "as_of": Key(Words("a date")),
                        "given": Key(_GivenShape(), required=True),
                        "expect": Key(_EXPECTED, required=True),
                    },
                    "a case",
                ),
                what="a list of cases",
            ),
            default=(),
        ),
        "laws": Key(ListOf(LawShape(), what="a list of laws"), default=()),
    },
    "a test file",
)


@attrs.frozen
class _TestFileShape(Shape[TestFile]):
    """A file with cases, with laws, or with both."""

    def read(self, node: Node, reading: Reading) -> TestFile | None:
        """Return what the node says; note what is wrong and return None where it says nothing."""
        if isinstance(node, Mapping) and node.get("cases") is None and node.get("laws") is None:
            message, span = "a test file needs the key `cases`, or `laws`", node.span.first_line()
            reading.findings.error("missing-key", message, span, "add `cases: …`")
            return None
        return _RECORD.read(node, reading)

    def schema(self) -> Schema:
        """Return the JSON Schema of the shape."""
        either: Schema = {"anyOf": [{"required": ["cases"]}, {"required": ["laws"]}]}
        return _RECORD.schema() | either


TEST_FILE: Shape[TestFile] = _TestFileShape()

"""A raw mapping to the typed inputs of a policy in one pass, where it is given as mappings usually are.

The source that is written here checks what the ordinary reading of a profile checks: that every field is known, of
its type, within its limits, an amount of the currency's decimals, a value of its list. It takes exact Python types
only: one loan, whole numbers, decimals, texts, dates, truth values. Anything else, and anything that is wrong, is left
to the ordinary reading, whose answer or error then is the answer. So nothing is accepted here that is refused there.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import attrs

from policyengine.decision.screening import Screening
from policyengine.evaluators.compiled.from_program import Conditions
from policyengine.evaluators.compiled.naming import Lines, Names
from policyengine.evaluators.compiled.numbers import FINE
from policyengine.evaluators.compiled.taking import IN_SIGHT, NOT_AS_USUAL
from policyengine.facts.from_profile import FIRST_DAY, LAST_DAY, MOST_MINOR_UNITS
from policyengine.ir.dictionary import Dictionary, FactDefinition
from policyengine.ir.program import Program
from policyengine.model.literals import LONGEST
from policyengine.model.types import Kind, Value
from policyengine.syntax.yaml_reader import MAX_NODES

#: Whole numbers up to here have fewer digits than are read.
_MOST = 10**27
_WHOLE = frozenset({Kind.INTEGER, Kind.DAYS, Kind.MONTHS})
_COUNTED = frozenset({Kind.MONEY, Kind.RATE, Kind.NUMBER})

#: Names that the source has whatever the policy.
_OWN = ("intake", "profile", "as_of", "stated", "loans", "loan", "given", "get")

Read = Callable[[Any, date | None], tuple[date, tuple[Any, ...], bool]]
Fields = Mapping[str, FactDefinition]


@attrs.frozen(eq=False)
class Intake:
    """The written intake of a policy: the function, and its source."""

    conditions: Conditions
    read: Read
    source: str

    def screen(self, given: object, as_of: date | None) -> Screening | None:
        """Return the screening of a raw mapping, or None where the ordinary reading has to see to it."""
        try:
            day, values, complete = self.read(given, as_of)
        except NOT_AS_USUAL:
            return None
        compiled = self.conditions.on(day)
        if compiled.any_left:
            return None
        failed, unknown = compiled.masks(day, values, complete)
        if failed[-2]:
            return None  # the policy does not apply
        groups = self.conditions.groups
        return Screening(groups, failed, groups.none if unknown is None else unknown)


def intake_of(conditions: Conditions) -> Intake:
    """Write the intake of a policy."""
    writing = _Writing(conditions.program, conditions)
    writing.whole()
    source = writing.lines.text
    file = f"<{conditions.program.id}, intake>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    within = {**IN_SIGHT, **writing.in_sight}
    exec(compile(source, file, "exec"), within)  # noqa: S102  # it was written above, of names and numbers
    return Intake(conditions, within["intake"], source)


@attrs.frozen(eq=False)
class _Writing:
    """The source in the making: a function for each record, and one for the profile."""

    program: Program
    conditions: Conditions
    lines: Lines = attrs.field(factory=lambda: Lines(depth=0))
    names: Names = attrs.field(factory=lambda: Names({*IN_SIGHT, *_OWN}))
    in_sight: dict[str, Any] = attrs.field(factory=dict)
    members: dict[str, str] = attrs.field(factory=dict)

    @property
    def dictionary(self) -> Dictionary:
        return self.program.dictionary

    def whole(self) -> None:
        """Write all functions: one for the members of each kind of list, and `intake`."""
        for name in self._lists():
            self.members[name] = self._member(name)
        self._profile()

    def _lists(self) -> list[str]:
        """Return the records that the facts' lists are of, and last the loans where they are read as a list."""
        facts = self.dictionary.facts.values()
        names = {fact.type.of or "" for fact in facts if fact.type.kind is Kind.LIST}
        return sorted(names - {"loan"}) + (["loan"] if self._reads_loans() else [])

    def _reads_loans(self) -> bool:
        return any(slot.name == "loans" for slot in self.conditions.layout.facts)

    # Records

    def _member(self, record: str) -> str:
        """Write the function that takes a member of a list; return its name."""
        function = self.names.new(f"take_{record}")
        with self._function(f"{function}(given)"):
            fields = self.dictionary.records.get(record, {})
            names = self._record("given", record, fields, nested=record != "loan")
            read = [names[slot.name] for slot in self.conditions.layout.records.get(record, ())]
            self.lines.add(f"return {_tuple(read)}")
        return function

    def _record(self, given: str, record: str, fields: Fields, *, nested: bool) -> dict[str, str]:
        """Write the lines that take the fields of a record; return the names of what they take."""
        known = self._seen(f"{record}_fields", frozenset(fields))
        self._unless(f"{given}.__class__ is dict and {known}.issuperset({given})")
        self.lines.add(f"get = {given}.get")
        names = {field: self.names.new(f"{record}_{field}") for field in fields}
        for field, fact in fields.items():
            self._field(names[field], field, fact, nested=nested)
        if record == "loan":
            self._due_day(fields, names)
        return names

    def _due_day(self, fields: Fields, names: Mapping[str, str]) -> None:
        due, day = fields.get("next_due"), fields.get("due_day")
        if due is None or day is None or due.type.kind is not Kind.DATE:
            return
        if day.type.kind in _WHOLE or day.type.kind is Kind.BOOLEAN:
            due_name, day_name = names["next_due"], names["due_day"]
            self._if(
                f"{due_name} is not None and {day_name} is not None",
                f"check_due_day({due_name}, {day_name})",
            )

    def _field(self, name: str, field: str, fact: FactDefinition, *, nested: bool) -> None:
        kind, given = fact.type.kind, f"get({field!r})"
        if kind is Kind.ENUM:
            values = self.dictionary.values_of(fact.type)
            self.lines.add(f"{name} = {self._values(fact.type.of or '', values)}[{given}]")
            return
        self.lines.add(f"{name} = {given}")
        if kind is Kind.BOOLEAN:
            self._unless(f"{name} is None or {name} is True or {name} is False")
        elif kind in _WHOLE:
            limits = f"{name}.__class__ is int{self._limits(name, fact)}"
            self._unless(f"{name} is None or {limits}")
        else:
            self._if(f"{name} is not None", *self._taken(name, fact, nested=nested))

    def _taken(self, name: str, fact: FactDefinition, *, nested: bool) -> Iterator[str]:
        """Yield the lines that take a value which is given."""
        kind = fact.type.kind
        if kind is Kind.LIST:
            record = fact.type.of or ""
            yield from self._list(name, record, nested=nested or record == "loan")
        elif kind in _COUNTED:
            scale = self.program.scale if kind is Kind.MONEY else FINE
            power = self._seen(f"times_{scale}", Decimal(scale))
            whole = f"{name} * {scale}" if scale > 1 else name
            yield f"{name} = {whole} if {name}.__class__ is int else counted({name}, {power})"
            yield _refused_unless(self._limits(name, fact).removeprefix(" and "))
        elif kind is Kind.DATE:
            yield f"{name} = day({name})"
            yield _refused_unless(self._limits(name, fact).removeprefix(" and "))
        elif kind is Kind.TEXT:
            yield f"{name} = text({name})"
        else:
            yield "raise Unusual"

    def _list(self, name: str, record: str, *, nested: bool) -> Iterator[str]:
        """Take the members of a list; those of a list within a list are left to the ordinary reading."""
        yield _refused_unless(f"{name}.__class__ is list and len({name}) <= {self._most(nested)}")
        yield f"{name} = ()" if nested else f"{name} = tuple(map({self.members[record]}, {name}))"

    def _most(self, nested: bool) -> int:
        """Return how many members of a list are taken: not so many that a profile could become too large."""
        records = self.dictionary.records
        width = sum(len(records.get(name, ())) + 1 for name in self._lists())
        return 0 if nested else MAX_NODES // 4 // width

    def _limits(self, name: str, fact: FactDefinition) -> str:
        """Return the source of whether a value lies within the limits of its kind and its fact."""
        least, most = _ends(fact, self.program.scale)
        if isinstance(least, date):
            ends = (self._day(least), self._day(most))
            return f" and {ends[0]} <= {name} <= {ends[1]}"
        return f" and {least} <= {name} <= {most}"

    # The profile

    def _profile(self) -> None:
        parts = self._parts()
        known = self._seen("parts", frozenset({*parts, "loan", "loans", "as_of", "currency"}))
        currencies = self._values("currency", (self.program.currency,))
        with self._function("intake(profile, as_of)"):
            self._unless(f"profile.__class__ is dict and {known}.issuperset(profile)")
            self.lines.add(f"{currencies}[profile.get('currency')]")
            self._as_of()
            self._loan()
            taken = self._record("loan", "loan", self._fields("loan"), nested=False)
            values = {f"loan.{field}": name for field, name in taken.items()}
            for part in parts:
                values |= self._part(part)
            self._end(values)

    def _parts(self) -> list[str]:
        """Return the parts of a profile that are no loans."""
        return sorted({path.split(".")[0] for path in self.dictionary.facts} - {"loan"})

    def _part(self, part: str) -> dict[str, str]:
        given = self.names.new(part)
        self.lines.add(f"{given} = profile.get({part!r})")
        self._if(f"{given} is None", f"{given} = {{}}")
        taken = self._record(given, part, self._fields(part), nested=False)
        return {f"{part}.{field}": name for field, name in taken.items()}

    def _fields(self, part: str) -> Fields:
        if part == "loan":
            return self.dictionary.records.get("loan", {})
        paths = (path for path in self.dictionary.facts if path.split(".")[0] == part)
        return {path.split(".")[1]: self.dictionary.facts[path] for path in paths}

    def _end(self, values: dict[str, str]) -> None:
        """Return the day, what is read in the order of the layout, and whether all of it is known."""
        if self._reads_loans():
            values["loans"] = f"({self.members['loan']}(loan),)"
        slots = self.conditions.layout.facts
        lists = [values[slot.name] for slot in slots if slot.type.kind is Kind.LIST]
        known = [f"{values[s.name]} is not None" for s in slots if s.type.kind is not Kind.LIST]
        known += [f"whole({name})" for name in lists]
        values_read = _tuple([values[slot.name] for slot in slots])
        self.lines.add(f"return as_of, {values_read}, {' and '.join(known) or True}")

    def _as_of(self) -> None:
        self.lines.add("stated = profile.get('as_of')")
        self._if(
            "stated is not None",
            "stated = day(stated)",
            _refused_unless("first_day <= stated <= last_day"),
        )
        self._if("as_of is None", "as_of = stated")
        self._unless(" and ".join(["as_of.__class__ is date", *self._in_force()]))

    def _in_force(self) -> Iterator[str]:
        """Yield the conditions under which the policy may be used on the day."""
        if self.program.starts is not None:
            yield f"{self._day(self.program.starts)} <= as_of"
        if self.program.ends is not None:
            yield f"as_of <= {self._day(self.program.ends)}"

    def _loan(self) -> None:
        """The profile has one loan, under either name; with both names it is refused."""
        self._if(
            "'loan' in profile", "if 'loans' in profile: raise Unusual", "loan = profile['loan']"
        )
        self.lines.add("else:")
        self.lines.add("    loans = profile['loans']")
        self.lines.add("    if loans.__class__ is not list: raise Unusual")
        self.lines.add("    loan, = loans")

    # Lines

    def _function(self, head: str) -> _Function:
        return _Function(self.lines, head)

    def _if(self, condition: str, *lines: str) -> None:
        self.lines.add(f"if {condition}:")
        for line in lines:
            self.lines.add(f"    {line}")

    def _unless(self, condition: str) -> None:
        self.lines.add(_refused_unless(condition))

    def _values(self, name: str, values: Iterable[str]) -> str:
        """Name a table of the values that are taken: None is not known; `unknown` is left to the ordinary reading."""
        table = {value: value for value in values if value.strip() and value != "unknown"}
        return self._seen(f"values_of_{name}", {None: None, **table})

    def _day(self, day: date) -> str:
        names = {FIRST_DAY: "first_day", LAST_DAY: "last_day"}
        return names.get(day) or self._seen(f"day_{day}", day)

    def _seen(self, name: str, thing: Any) -> str:
        """Give the source a name for something; equal things share it."""
        for known, other in self.in_sight.items():
            if other == thing:
                return known
        found = self.names.new(name)
        self.in_sight[found] = thing
        return found


@attrs.frozen(eq=False)
class _Function:
    """The lines of a function: those within stand further in."""

    lines: Lines
    head: str

    def __enter__(self) -> None:
        if self.lines.written:
            self.lines.written += ["", ""]
        self.lines.add(f"def {self.head}:")
        self.lines.depth = 1

    def __exit__(self, *_: object) -> None:
        self.lines.depth = 0


def _refused_unless(condition: str) -> str:
    return f"if not ({condition}): raise Unusual"


def _tuple(sources: list[str]) -> str:
    return f"({', '.join(sources)},)" if sources else "()"


def _ends(fact: FactDefinition, scale: int) -> tuple[Any, Any]:
    """Return the least and the most that is taken of a fact, both included, as inputs have it."""
    kind = fact.type.kind
    if kind is Kind.DATE:
        return _narrowed(FIRST_DAY, LAST_DAY, fact.min, fact.max)
    if kind in _WHOLE:
        most = LONGEST.get(kind, _MOST)
        return _narrowed(-most, most, fact.min, fact.max)
    counted_in, most = (scale, MOST_MINOR_UNITS) if kind is Kind.MONEY else (FINE, _MOST)
    low = None if fact.min is None else ceil(_number(fact.min) * counted_in)
    high = None if fact.max is None else floor(_number(fact.max) * counted_in)
    return _narrowed(-most, most, low, high)


def _narrowed(least: Any, most: Any, low: Value | None, high: Value | None) -> tuple[Any, Any]:
    return least if low is None else max(least, low), most if high is None else min(most, high)


def _number(value: Value) -> Fraction:
    return Fraction(value)  # type: ignore[arg-type]  # the limit of a number is one

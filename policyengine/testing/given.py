"""The profile of a case: read from its file or taken from its place, with facts changed or taken away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import attrs

from policyengine.diagnostics import (
    Diagnostic,
    PolicyEngineError,
    PolicyError,
    nearest_or_list,
)
from policyengine.facts.profile import Profile
from policyengine.loading import TestsInFile
from policyengine.model.test_file import Given
from policyengine.source import Span
from policyengine.syntax.file_text import read_content
from policyengine.syntax.yaml_tree import Mapping, Node, Scalar, Sequence
from policyengine.testing.places import key_before

#: Returns the ids of the loans of a profile that the policy under test applies to.
Applies = Callable[[Profile], tuple[str | None, ...]]


@attrs.frozen
class Prepared:
    """The profile of a case, and the id of the loan it is about where the profile says one."""

    profile: Profile
    loan: str | None


def prepared(given: Given, tests: TestsInFile, root: Path, applies: Applies) -> Prepared:
    """Return the profile of a case.

    Raises:
        PolicyEngineError: The profile cannot be read, or no one loan is meant.
    """
    base = _base(given, tests, root)
    index = _loan_index(given, base, applies)
    tree = base.root
    for path, node in given.changed.items():
        tree = _changed(tree, path, node, index, given)
    for removed in given.without:
        tree = _without(tree, removed.text, index)
    return Prepared(Profile(tree), _loan_id(tree, index))


def _base(given: Given, tests: TestsInFile, root: Path) -> Profile:
    if given.profile is None:
        if given.inline is None:
            _refuse("missing-key", "`given` needs a profile", given.span, "add `profile: …`")
        return Profile(given.inline)
    if given.inline is not None:
        key = given.inline.entries[0][0]
        message = f"`profile` and `{key.text}` exclude one another"
        hint = f"change single facts under `with`, such as `{key.text}.…`"
        _refuse("contradictory-keys", message, key.span, hint)
    named = tests.form.profiles.get(given.profile.text)
    if named is not None:
        return Profile(named)
    return _from_file(given.profile, tests.path.parent / given.profile.text, root)


def _from_file(written: Scalar, path: Path, root: Path) -> Profile:
    path = path.resolve()
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    try:
        content = read_content(path)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        hint = "paths are relative to the test file"
        _refuse("cannot-open", f"`{written.text}`: {reason}", written.span, hint)
    return Profile.from_bytes(name, content)


# Loans


def _loans(tree: Mapping) -> tuple[Node, ...]:
    single, many = tree.get("loan"), tree.get("loans")
    if isinstance(many, Sequence):
        return many.items
    return () if single is None else (single,)


def _loan_index(given: Given, base: Profile, applies: Applies) -> int | None:
    """Return the place of the loan that `given` names or that is the only one meant."""
    ids = [_id(loan) for loan in _loans(base.root)]
    if given.loan is not None:
        return _named(given.loan, ids)
    if len(ids) == 1:
        return 0
    touched = next((path for path, _ in _touched(given) if path.startswith("loan.")), None)
    if touched is None:
        return None
    found = applies(base)
    if len(found) != 1 or found[0] not in ids:
        place = dict(_touched(given))[touched]
        message = f"`{touched}` may be that of {len(ids)} loans"
        _refuse("which-loan", message, place, "add `loan:` with the id of one of them")
    return ids.index(found[0])


def _named(loan: Scalar, ids: list[str | None]) -> int:
    if loan.text not in ids:
        hint = nearest_or_list(loan.text, [i for i in ids if i])
        _refuse("unknown-name", f"the profile has no loan `{loan.text}`", loan.span, hint)
    return ids.index(loan.text)


def _touched(given: Given) -> list[tuple[str, Span]]:
    changed = [(path, node.span) for path, node in given.changed.items()]
    return [*changed, *((path.text, path.span) for path in given.without)]


def _loan_id(tree: Mapping, index: int | None) -> str | None:
    loans = _loans(tree)
    return _id(loans[index]) if index is not None and index < len(loans) else None


def _id(loan: Node) -> str | None:
    found = loan.get("id") if isinstance(loan, Mapping) else None
    return found.text if isinstance(found, Scalar) else None


# Changes to the tree


def _changed(tree: Mapping, path: str, node: Node, loan: int | None, given: Given) -> Mapping:
    record, _, field = path.partition(".")
    key = Scalar(field, key_before(path, node.span, given.span))
    return _edited(tree, record, loan, lambda found: _put(found, key, node))


def _without(tree: Mapping, path: str, loan: int | None) -> Mapping:
    record, _, field = path.partition(".")
    return _edited(tree, record, loan, lambda found: _dropped(found, field))


def _edited(
    tree: Mapping, record: str, loan: int | None, edit: Callable[[Mapping], Mapping]
) -> Mapping:
    """Return a profile with one of its records edited; what is no record is left for the reader to refuse."""
    many = tree.get("loans")
    if record == "loan" and isinstance(many, Sequence):
        items = (
            edit(n) if i == loan and isinstance(n, Mapping) else n for i, n in enumerate(many.items)
        )
        key = tree.key("loans") or Scalar("loans", many.span)
        return _put(tree, key, Sequence(tuple(items), many.span))
    node = tree.get(record)
    if node is None or (isinstance(node, Scalar) and not node.quoted):
        node = Mapping((), tree.span)
    key = tree.key(record) or Scalar(record, tree.span)
    return _put(tree, key, edit(node) if isinstance(node, Mapping) else node)


def _put(mapping: Mapping, key: Scalar, node: Node) -> Mapping:
    kept = _dropped(mapping, key.text).entries
    return Mapping((*kept, (key, node)), mapping.span)


def _dropped(mapping: Mapping, key: str) -> Mapping:
    return Mapping(tuple((k, v) for k, v in mapping if k.text != key), mapping.span)


def _refuse(code: str, message: str, span: Span, hint: str) -> NoReturn:
    raise PolicyError([Diagnostic(code, message, span, hint)])


def at_place(error: PolicyEngineError, span: Span) -> tuple[Diagnostic, ...]:
    """Return the findings of an error, those without a place at the given one."""
    return tuple(d if d.span else attrs.evolve(d, span=span) for d in error.diagnostics)

"""From a folder to programs: every file is read, and everything wrong is found in one run.

files ──► forms (vocabularies, regulations, policies, tests) ──► dictionary ──► programs ──► lint
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import attrs

from policyengine import lint
from policyengine.diagnostics import Findings, Related
from policyengine.files import files_at, is_tests, name_of, root_of
from policyengine.ir.dictionary import Dictionary
from policyengine.ir.from_model.dictionary import dictionary_from
from policyengine.ir.from_model.policy import (
    RulesFile,
    program_from,
    regulation_from,
)
from policyengine.ir.program import Program
from policyengine.model.from_syntax import Form, form_in
from policyengine.model.policy import Policy, Regulation
from policyengine.model.test_file import TestFile
from policyengine.model.vocabulary import Vocabulary
from policyengine.source import SourceFile
from policyengine.syntax.file_text import read_bytes, read_content
from policyengine.syntax.yaml_tree import Scalar


@attrs.frozen
class TestsInFile:
    """A test file, where it stands, and its path on disk."""

    __test__ = False

    form: TestFile
    file: SourceFile
    path: Path


@attrs.frozen
class Loaded:
    """What a folder holds, with every finding about it."""

    root: Path
    programs: tuple[Program, ...]
    regulations: tuple[Regulation, ...]
    dictionary: Dictionary
    tests: tuple[TestsInFile, ...]
    findings: Findings


def load_files(path: str | Path, *more: Path, whole: bool = True) -> Loaded:
    """Read a folder of policies, or one policy with the vocabulary and regulations around it, and `more` files.

    `whole` reads the test files and looks for warnings too; deciding needs neither.

    Raises:
        UsageError: There is nothing at the path, or nothing to read in it.
    """
    given = Path(path)
    root = root_of(given)
    findings = Findings()
    each = (files_at(one, root, whole=whole) for one in (given, *more))
    found = sorted({path for paths in each for path in paths})
    paths = [path for path in found if whole or not is_tests(path)]
    files = [_read(path, root, findings) for path in paths]
    forms = [file for file in files if file is not None]
    return _loaded(root, forms, findings, warnings=whole)


@attrs.frozen
class _File:
    form: Form
    unreadable: frozenset[str]
    file: SourceFile
    path: Path


def _read(path: Path, root: Path, findings: Findings) -> _File | None:
    name = name_of(path, root)
    try:
        content = read_content(path)
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        findings.error("cannot-open", f"`{name}`: {reason}")
        return None
    file = read_bytes(name, content, findings)
    if file is None:
        return None
    form, unreadable = form_in(file, findings)
    return None if form is None else _File(form, unreadable, file, path)


def _loaded(root: Path, files: list[_File], findings: Findings, *, warnings: bool) -> Loaded:
    forms = [file.form for file in files]
    dictionary = dictionary_from([f for f in forms if isinstance(f, Vocabulary)], findings)
    regulations = _by_name(files, Regulation, findings)
    policies = _by_name(files, Policy, findings)
    binding = {
        name: regulation_from(file, dictionary, findings) for name, file in regulations.items()
    }
    read = [program_from(file, binding, dictionary, findings) for file in policies.values()]
    programs = tuple(program for program in read if program is not None)
    if not findings.errors:
        lint.run(programs, findings, warnings=warnings)
    return Loaded(
        root=root,
        programs=programs,
        regulations=tuple(f.rules for f in regulations.values() if isinstance(f.rules, Regulation)),
        dictionary=dictionary,
        tests=tuple(
            TestsInFile(file.form, file.file, file.path)
            for file in files
            if isinstance(file.form, TestFile)
        ),
        findings=findings,
    )


def _by_name(
    files: Iterable[_File], kind: type[Policy | Regulation], findings: Findings
) -> dict[str, RulesFile]:
    found: dict[str, RulesFile] = {}
    for file in files:
        if isinstance(file.form, kind):
            name: Scalar = file.form.name
            earlier = found.setdefault(name.text, RulesFile(file.form, file.unreadable))
            if earlier.rules is not file.form:
                findings.error(
                    "repeated-name",
                    f"`{name.text}` is declared twice",
                    name.span,
                    "give one of them another name",
                    related=(Related("the other one", earlier.rules.name.span),),
                )
    return found

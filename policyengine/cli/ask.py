"""`policyengine ask`: only the facts that can still change the outcome, in the order worth asking."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import click
from rich.text import Text

from policyengine.cli import output
from policyengine.cli.deciding import STDIN, question_options
from policyengine.cli.deciding import Question as Which
from policyengine.decision.decision import Assessment
from policyengine.diagnostics import Diagnostic, PolicyEngineError, ProfileError, UsageError
from policyengine.explain.asking.completion import definition_of
from policyengine.explain.asking.inquiry import Inquiries, Inquiry, Needed, Question, Undecided
from policyengine.facts.answers import profile_json, with_answer
from policyengine.facts.profile import Profile
from policyengine.model.literals import a_kind
from policyengine.policy_set import PolicySet
from policyengine.report.questions_text import inquiry_text, question_line, said, under
from policyengine.report.text import assessment_text

Asked = Question | Undecided | Needed


@click.command()
@question_options
@click.option("--plan", "wanted", metavar="NAME", help="This plan only.")
@click.option(
    "--interactive", is_flag=True, help="Ask one by one, even where the input is no terminal."
)
@click.option("--out", metavar="FILE", help="Write the completed profile here, as JSON.")
@output.format_option
def ask(*, wanted: str | None, interactive: bool, out: str | None, **asked: Any) -> None:
    """Ask only for what can still change the outcome, one question after the other, each with its evidence.

    Where the input is no terminal, the questions are listed.
    """
    which = Which(**asked)
    policies = which.policies()
    profile = which.borrower()
    assessment = which.chosen(policies.decide(profile, as_of=which.as_of))
    language = which.language(assessment)
    talk = _Talk(which, policies, wanted, language)
    found = talk.inquiries(profile)
    if interactive or (sys.stdin.isatty() and which.profile != STDIN and not output.wants_json()):
        _refuse_taken(which)
        completed = talk.walk(profile)
        talk.show_decision(completed)
        if out is not None:
            _write_whole(Path(out), profile_json(completed))
    elif out is not None:
        message = "`--out` writes what is answered, and nothing is asked here"
        raise UsageError([Diagnostic("nothing-asked", message, hint="add `--interactive`")])
    elif output.wants_json():
        output.write_raw(found.to_json())
    else:
        output.write_text(talk.listed(found))


def _refuse_taken(which: Which) -> None:
    if which.profile == STDIN:
        message = "the input cannot hold both the profile and the answers"
        raise UsageError([Diagnostic("nothing-asked", message, hint="pass the profile as a file")])


@attrs.frozen
class _Talk:
    which: Which
    policies: PolicySet
    wanted: str | None
    language: str

    def inquiries(self, profile: Profile) -> Inquiries:
        """Return what is still to be asked, of the policy and the loan wanted."""
        policies, which = self.policies, self.which
        if which.policy is not None:
            program = policies[which.policy].program
            policies = attrs.evolve(policies, programs=(program,))
        found = policies.ask(profile, as_of=which.as_of, plan=self.wanted)
        kept = tuple(i for i in found.inquiries if which.loan in (None, i.loan))
        return attrs.evolve(found, inquiries=kept)

    def listed(self, found: Inquiries) -> Iterator[Text]:
        """Yield the lines of all inquiries."""
        for number, inquiry in enumerate(found.inquiries):
            if number:
                yield Text()
            yield from inquiry_text(
                inquiry, self.language, dictionary=self.policies.dictionary, width=output.width()
            )

    def walk(self, profile: Profile) -> Profile:
        """Ask one question after the other, the best one first, until none is left or the user stops."""
        skipped: set[tuple[str | None, str]] = set()
        while True:
            best = self._best(profile, skipped)
            if best is None:
                output.write_text([Text(said(self.language, "nothing"))] if not skipped else [])
                return profile
            inquiry, asked = best
            answered = self._ask(profile, inquiry, asked)
            if answered == "q":
                return profile
            if answered is None:
                skipped.add((_loan_of(inquiry, asked), asked.path))
            elif isinstance(answered, Profile):
                profile = answered

    def _best(
        self, profile: Profile, skipped: set[tuple[str | None, str]]
    ) -> tuple[Inquiry, Asked] | None:
        found = [
            (inquiry, asked)
            for inquiry in self.inquiries(profile).inquiries
            for asked in inquiry.asked
            if (_loan_of(inquiry, asked), asked.path) not in skipped
        ]
        return min(found, key=lambda pair: _rank(pair[1]), default=None)

    def _ask(self, profile: Profile, inquiry: Inquiry, asked: Asked) -> Profile | str | None:
        lang, dictionary = self.language, self.policies.dictionary
        loan = f"[{inquiry.loan}] " if inquiry.loan and asked.path.startswith("loan") else ""
        lines = [
            loan + question_line(asked, lang, dictionary),
            *(f"  {each}" for each in under(asked, lang)),
        ]
        output.write_text([Text(line) for line in lines])
        while True:
            text = self._read()
            if text in ("", "q"):
                return text or None
            if text == "?":
                output.write_text([Text("  " + self._help(asked.path))])
                continue
            try:
                return self._answered(profile, inquiry, asked.path, text)
            except ProfileError as error:
                output.write_text([Text("  " + _one_line(error))])

    def _read(self) -> str:
        output.write_raw(said(self.language, "prompt") + ": ")
        line = sys.stdin.readline()
        if not line:
            output.write_raw("\n")
            message = "the input ended in the middle of the questions"
            raise UsageError(
                [Diagnostic("end-of-input", message, hint="end with `q` to stop early")]
            )
        return line.strip()

    def _answered(self, profile: Profile, inquiry: Inquiry, path: str, text: str) -> Profile:
        """Return the profile with an answer, once it is found to be a valid one."""
        kind = definition_of(path, self.policies.dictionary).type.kind
        place = self._place(profile, inquiry)
        answered = with_answer(profile, path, text, loan=place, kind=str(kind))
        self.policies.decide(answered, as_of=self.which.as_of)
        return answered

    def _place(self, profile: Profile, inquiry: Inquiry) -> int:
        ids = self.policies.loan_ids(profile, as_of=self.which.as_of)
        return ids.index(inquiry.loan)

    def _help(self, path: str) -> str:
        type_ = definition_of(path, self.policies.dictionary).type
        values = self.policies.dictionary.values_of(type_)
        if values:
            return said(self.language, "answers", values=", ".join(values))
        return said(self.language, "kind", kind=a_kind(type_))

    def show_decision(self, profile: Profile) -> None:
        """Write the decision about what is known by now."""
        assessment: Assessment = self.which.chosen(
            self.policies.decide(profile, as_of=self.which.as_of)
        )
        if output.wants_json():
            output.write_raw(assessment.to_json())
            return
        output.write_text(
            assessment_text(
                assessment,
                self.language,
                dictionary=self.policies.dictionary,
                width=output.width(),
                schedule=False,
            )
        )


def _rank(asked: Asked) -> tuple[int, float, int, str]:
    group = (Question, Undecided, Needed).index(type(asked))
    power = float(asked.power) if isinstance(asked, Question) else 0.0
    return group, -power, asked.cost, asked.path


def _loan_of(inquiry: Inquiry, asked: Asked) -> str | None:
    return inquiry.loan if asked.path.startswith("loan") else None


def _one_line(error: PolicyEngineError) -> str:
    first = error.diagnostics[0]
    return f"{first.message} ({first.hint})" if first.hint else first.message


def _write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=path.name, delete=False
        ) as file:
            file.write(text)
        os.replace(file.name, path)  # noqa: PTH105  # the same, and says what it is
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise UsageError([Diagnostic("cannot-write", f"`{path}`: {reason}")]) from None

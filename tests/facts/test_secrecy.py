"""No message repeats a sensitive fact: whatever is wrong with it, and however the file is broken around it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from borrowers import EXAMPLES, FOLDER, Path_, facts_of, with_fact
from click.testing import CliRunner

import policyengine as pe
from policyengine.cli import main
from policyengine.ir.dictionary import FactDefinition
from policyengine.model.types import Kind

POLICIES = Path(__file__).parent.parent.parent / "policies"


def definition(policies: pe.PolicySet, path: Path_) -> tuple[FactDefinition | None, bool]:
    """Return the declaration of the fact at a path of a profile, and whether it is sensitive by itself or its list."""
    dictionary = policies.dictionary
    names = [step for step in path if isinstance(step, str)]
    if names[0] in ("loans", "loan"):
        names[0] = "loan"
    fact = dictionary.facts.get(".".join(names[:2]))
    is_sensitive = fact is not None and fact.sensitive
    for name in names[2:]:
        fact = dictionary.records.get((fact.type.of if fact else "") or "", {}).get(name)
        is_sensitive = is_sensitive or (fact is not None and fact.sensitive)
    return fact, is_sensitive


def sensitive_facts(policies: pe.PolicySet) -> list[tuple[str, Path_]]:
    found = []
    for name, profile in EXAMPLES.items():
        for path in facts_of(profile):
            fact, is_sensitive = definition(policies, path)
            if is_sensitive and fact is not None and fact.type.kind is not Kind.LIST:
                found.append((name, path))
    return found


#: Wrong for every type but text; each holds the secret that no message may.
SECRET = "8739412"  # noqa: S105  # a value of a fact
WRONG: list[Any] = [
    SECRET,
    f"{SECRET}.55",
    f"-{SECRET}.555",
    f"{SECRET}%",
    f"{SECRET} days",
    f"{SECRET} weeks",
    f"{SECRET} USD",
    f"¥{SECRET[:1]},{SECRET[1:4]},{SECRET[4:]}",
    f"0{SECRET}",
    f"{SECRET}e3",
    f"+{SECRET}",
    f"{SECRET[:4]}_{SECRET[4:]}",
    f"{SECRET}万元",
    f"nan{SECRET}",
    f"{SECRET}-11-31",
    f"goo{SECRET}",
    f"{SECRET * 6}",
    f" {SECRET} \n",
    "".join(chr(0xFF10 + int(digit)) for digit in SECRET),
    "NaN-secret",
    "8739-02-30",
    "gangrenous",
    int(SECRET) * 10**28,
    -int(SECRET),
    Decimal(f"{SECRET}.12345"),
    Decimal(f"-{SECRET}"),
    float(SECRET),
    float("nan"),
    Decimal("NaN"),
    [SECRET],
    {SECRET + "x": 1},
    {"a": SECRET},
    SECRET.encode(),
]
TOLD = (
    SECRET,
    "8,739,412",
    "8739_412",
    "87394120000",
    "8739412万",
    "secret",
    "8739-02",
    "gangren",
    "8739",
)


def messages(policies: pe.PolicySet, profile: Any) -> str:
    try:
        policies._facts(profile if isinstance(profile, pe.Profile) else dict(profile), None)  # noqa: SLF001
    except pe.PolicyEngineError as error:
        listed = [
            (d.message, d.hint, d.path, [r.message for r in d.related]) for d in error.diagnostics
        ]
        return f"{error}\n{error.args}\n{listed}"
    return ""


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_no_message_about_a_python_profile_says_it(lenders: pe.PolicySet, wrong: object) -> None:
    said = ""
    for name, path in sensitive_facts(lenders):
        found = messages(lenders, with_fact(EXAMPLES[name], path, wrong))
        if isinstance(wrong, dict) and SECRET + "x" in wrong:
            found = found.replace(SECRET + "x", "")  # a name, not a value
        assert not [told for told in TOLD if told in found], (name, path)
        said += found
    assert said, "refused nowhere"


#: How a file may be broken at a value. A value in the place of a name is a name, which messages do repeat.
BROKEN = [
    *(
        "{}",
        '"{}"',
        "'{}'",
        "'{}",
        '"{}',
        '"{}\\q"',
        "[{}",
        "[{}]",
        "&{} x",
        "*{}",
        "!{} x",
        "!!{} x",
    ),
    *(
        "|\n {}",
        ">\n{}",
        "@{}",
        "`{}`",
        "%{}",
        "{}]",
        "{}\n\t{}",
        "<<: {}",
        "- {}",
        "{} #{}",
        "#{}",
    ),
    *(
        "{}\x07",
        "---\n{}",
        "“{}”",
        "{}\n---\n{}",
        "{}\n...\n{}",
        "{}'",
        '{}"',
        "{}: ",
        "- - {}",
        "\u2028{}",
    ),
]


def written(profile: Any, value: str) -> bytes:
    """Write a profile with a text in the place of a mark, as it is."""
    text: str = yaml.safe_dump(json.loads(json.dumps(profile, default=str)), allow_unicode=True)
    assert text.count("MARK") == 1
    return text.replace("MARK", value).encode()


@pytest.mark.parametrize("shape", BROKEN)
def test_no_message_about_a_yaml_profile_says_it(lenders: pe.PolicySet, shape: str) -> None:
    wrongs = [each for each in WRONG if isinstance(each, str)]
    facts = sensitive_facts(lenders)
    for number, wrong in enumerate(wrongs):
        name, path = facts[(number * 7) % len(facts)]
        value = shape.replace("{}", wrong)
        content = written(with_fact(EXAMPLES[name], path, "MARK"), value)
        try:
            found = messages(lenders, pe.Profile.from_bytes("profile.yaml", content))
        except pe.PolicyEngineError as error:
            found = f"{error} {[(d.message, d.hint, d.path) for d in error.diagnostics]}"
        assert not [told for told in TOLD if told in found], (path, value, found)


def test_the_command_shows_no_line_of_a_profile(tmp_path: Path) -> None:
    text = (FOLDER / "mr-li.yaml").read_text("utf-8").replace("8000.00", f"{SECRET}.5.5")
    profile = tmp_path / "p.yaml"
    profile.write_text(text, "utf-8")
    for more in ((), ("--format", "json")):
        command = ["decide", "--policies", str(POLICIES), "--profile", str(profile), *more]
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 2
        assert "borrower.monthly_income" in result.output
        assert SECRET not in result.output


def test_what_stands_in_a_sensitive_list_is_sensitive(lenders: pe.PolicySet) -> None:
    profile = EXAMPLES["uk-breathing-space"]
    path = ("borrower", "breathing_spaces")
    assert lenders.dictionary.facts["borrower.breathing_spaces"].sensitive
    wrong = with_fact(profile, path, [{"ended": "2024-02-31"}])
    assert "breathing_spaces[0]" in messages(lenders, wrong)
    assert "2024-02" not in messages(lenders, wrong)

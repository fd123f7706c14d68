"""The pages that are opened in a browser: those of the golden cases, and of every example."""

from __future__ import annotations

from functools import cache

from borrowers import EXAMPLES, FOLDER
from golden_cases import CASES, decided

import policyengine as pe
from policyengine.report.page.render import html_page


@cache
def made(name: str) -> str:
    """Make the page of a case or of an example, once."""
    if name in CASES:
        return decided(name).page()
    policies = _policies()
    return html_page(policies.decide(EXAMPLES[name]), dictionary=policies.dictionary)


@cache
def _policies() -> pe.PolicySet:
    return pe.load(FOLDER.parent)

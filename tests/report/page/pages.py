"""The pages that are held against files and opened in a browser."""

from __future__ import annotations

from functools import cache

from borrowers import EXAMPLES, FOLDER

import policyengine as pe
from policyengine.report.page.render import html_page

#: One borrower of each of the five lenders, and one of each of the programmes that make an offer.
PAGES = (
    "mr-li",
    "citic-loan",
    "citic-card",
    "mengshang-illness",
    "ccb-family",
    "us-mortgage-hamp",
    "us-mortgage-imminent",
    "us-mortgage-passing",
    "us-mortgage-resolved",
    "us-card-re-age",
    "us-card-workout",
    "us-student-loan",
)


@cache
def made(example: str) -> str:
    """Make the page of an example, once."""
    policies = _policies()
    assessment = policies.decide(EXAMPLES[example])
    return html_page(assessment, dictionary=policies.dictionary)


@cache
def _policies() -> pe.PolicySet:
    return pe.load(FOLDER.parent)

"""What a rule cites, as readers of each language write it: `cards art. 70` is `信用卡办法第70条`.

A citation is written once, in the file: names of sources, each with the place in it. The name is that of `cited_as`,
where the source has one; of the place only the forms of `_PLACES` are put into the words of the language. All else
stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from policyengine.ir.program import Program, SourceDefinition

Sources = Mapping[str, SourceDefinition]

_NAME = re.compile(r"([^\s,:]+)(.*)", re.DOTALL)
_NUMBERS = r"[\d.]+(?:, [\d.]+)*"
#: By language, how a place in a source is written there: what stands in the file, and what stands in its place.
_PLACES: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "zh": (
        (re.compile(rf" (?:art\.|article) ({_NUMBERS})"), r"第\1条"),
        (re.compile(rf" § ?({_NUMBERS})"), r"第\1节"),
        (re.compile(r" (\d.*)", re.DOTALL), r"\1"),
    ),
}
#: By language, what stands between two places, and between two sources.
_BETWEEN = {"zh": ("、", "；")}


def cited(source: str | None, origin: str, program: Program) -> dict[str, str]:
    """Return a citation in each language of the policy; nothing where nothing is cited.

    Args:
        source: What is cited, as it is written.
        origin: The policy or the regulation in which it is written, whose sources it names.
        program: The policy.
    """
    own = program.sources if origin == program.id else program.regulation_sources.get(origin, {})
    return {lang: _cited(source, own, lang) for lang in program.languages} if source else {}


def _cited(source: str, sources: Sources, language: str) -> str:
    _, between = _BETWEEN.get(language, (", ", "; "))
    return between.join(_one(part, sources, language) for part in source.split("; "))


def _one(part: str, sources: Sources, language: str) -> str:
    """Return one source with the place in it."""
    found = _NAME.fullmatch(part)
    source = sources.get(found[1]) if found else None
    if found is None or source is None:
        return part
    return source.cited_as.get(language, found[1]) + _place(found[2], language)


def _place(place: str, language: str) -> str:
    for form, written in _PLACES.get(language, ()):
        if match := form.fullmatch(place):
            comma, _ = _BETWEEN[language]
            return match.expand(written).replace(", ", comma)
    return place

"""What a text cites: numbered provisions and sources in brackets, each language in its own way."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

from policyengine.lint._numerals import CHINESE, chinese_value

_NUMBER = r"\d+[A-Za-z]?(?:\.\d+)*(?:\([0-9A-Za-z]+\))*"
_LATIN = re.compile(
    r"(?:§+|\b(?:articles?|arts?\.?|sections?|secs?\.?|paragraphs?|paras?\.?|clauses?|chapters?)(?=[\s\d]))"
    rf"\s*({_NUMBER}(?:\s*(?:,|-|–|and|to|和|、|至)\s*{_NUMBER})*)",
    re.IGNORECASE,
)
_CHINESE = re.compile(rf"第\s*({_NUMBER}|[{CHINESE}]+)\s*[条條款项章节]")
_BRACKETED = re.compile(r"[\[【]([^\[\]【】]+)[\]】]")
_EACH = re.compile(_NUMBER)


@lru_cache(maxsize=4096)
def cited(text: str) -> frozenset[str]:
    """Return what a text cites: the number of each provision, and each source in brackets."""
    plain = normalize("NFKC", text)
    found = [number for match in _LATIN.finditer(plain) for number in _EACH.findall(match[1])]
    found += [_arabic(match[1]) for match in _CHINESE.finditer(plain)]
    found += [f"[{' '.join(match[1].split())}]" for match in _BRACKETED.finditer(plain)]
    return frozenset(found)


def without_citations(text: str) -> str:
    """Return a text without what it cites."""
    for pattern in (_BRACKETED, _LATIN, _CHINESE):
        text = pattern.sub(" ", text)
    return text


def _arabic(number: str) -> str:
    return number if number[0].isdigit() else str(chinese_value(number))

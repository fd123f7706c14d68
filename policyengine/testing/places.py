"""Where in a test file a word stands."""

from __future__ import annotations

import re

from policyengine.source import Span


def key_before(name: str, value: Span, within: Span) -> Span:
    """Return the place of a key by its value: its last occurrence before the value."""
    text = value.file.text
    at = text.rfind(name, within.start, value.start)
    return value if at < 0 else Span(value.file, at, at + len(name))


def value_after(name: str, within: Span) -> Span:
    """Return the place of the word that follows a key, or of the whole where it is not found."""
    pattern = re.compile(rf"(?<![\w.]){re.escape(name)}\s*:\s*([^\s,}}]+)")
    found = pattern.search(within.file.text, within.start, within.end)
    return Span(within.file, found.start(1), found.end(1)) if found else within

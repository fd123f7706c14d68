"""Words that say no.

Some say it in one language where the other has a word of its own for it: `未还` is *missed*, `不超过` is *at most*,
`不愿意` is *unwilling*. A text with such a word may or may not say no once more than its counterpart.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Not about no at all, for all that they look like it.
_NEUTRAL = re.compile(
    r"\bunder\w*|\buntil\b|\bunless\b|\buni\w*|\bno\.\s*\d"
    r"|性别|区别|类别|级别|特别|个别|分别|识别|鉴别|辨别|别人|别处|无论|不论|不但|不仅|非常|除非|未来|不断|不久",
    re.IGNORECASE,
)
#: Said with a no in one language, and perhaps without in another.
_PERHAPS = re.compile(
    r"\bun\w+|\bim(?:paired|proper|possible)\b|\bin(?:ability|complete|sufficient|valid)\b|\bmis\w+|\bweak\b"
    r"|\blacks?\b|\bfail(?:s|ed|ure)?\b|\bover-\w+"
    r"|\b(?:not?|never) (?:more|less|fewer|later|earlier|longer|higher|lower|above|below|over|exceed)\b"
    r"|不(?:得|能|可|会)?(?:超过|超出|低于|少于|高于|多于|大于|小于|晚于|早于|足|满)"
    r"|不良|不当|不变|不善|不同|不便|不利|不幸|不愿",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"\b(?:not|no|never|cannot|without|none|nor|neither|nothing|nobody)\b|n['’]t\b|[不没无未非别勿]",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def says_no(text: str) -> bool | None:
    """Return whether a text says no an odd number of times, or None where that cannot be counted."""
    plain = _NEUTRAL.sub(" ", text)
    if _PERHAPS.search(plain):
        return None
    return len(_FIRM.findall(plain)) % 2 == 1

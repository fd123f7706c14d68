"""Why figures cannot be worked out, as a code with values; every sentence for it stands in `words`, in every language.

There is no currency here and no notation of a language: whoever knows them writes the values.
"""

from policyengine.causes.cause import Cause, cause, plainly

__all__ = ["Cause", "cause", "plainly"]

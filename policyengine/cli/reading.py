"""Reading policies for a command: findings come with paths that the user can open."""

from __future__ import annotations

import attrs

from policyengine.diagnostics import PolicyEngineError
from policyengine.loading import Loaded, load_files
from policyengine.policy_set import PolicySet, policy_set_from
from policyengine.report.places import Places


@attrs.frozen(eq=False)
class Files:
    """The files at a path, and where the user finds them."""

    loaded: Loaded
    places: Places

    def policies(self) -> PolicySet:
        """Return the policies.

        Raises:
            PolicyEngineError: Something in the files is wrong, or there is no policy.
        """
        try:
            return policy_set_from(self.loaded)
        except PolicyEngineError as error:
            raise type(error)(self.places.located(error.diagnostics)) from None


def read_files(path: str, *, whole: bool = True) -> Files:
    """Read the policies at a path; `whole` reads their tests and looks for warnings too.

    Raises:
        UsageError: There is nothing at the path.
        PolicyError: There is more wrong than anybody would read.
    """
    loaded = load_files(path, whole=whole)
    return Files(loaded, Places(loaded.root))

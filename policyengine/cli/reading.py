"""Reading policies for a command: findings come with paths that the user can open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from policyengine.diagnostics import PolicyEngineError
from policyengine.evaluators.named import evaluator_named
from policyengine.kept import Kept
from policyengine.policy_set import PolicySet, policy_set_from
from policyengine.report.places import Places

if TYPE_CHECKING:
    from policyengine.loading import Loaded

#: Compiling takes longer than the one decision of a command would gain.
EVALUATOR = "reference"
#: Of many rows it takes next to nothing.
FOR_MANY = "compiled"


@attrs.frozen(eq=False)
class Files:
    """The files at a path, and where the user finds them."""

    loaded: Loaded
    places: Places

    def policies(self, evaluator: str = EVALUATOR) -> PolicySet:
        """Return the policies, to be decided by an evaluator.

        Raises:
            PolicyEngineError: Something in the files is wrong, or there is no policy.
        """
        try:
            return policy_set_from(self.loaded, evaluator=evaluator)
        except PolicyEngineError as error:
            raise type(error)(self.places.located(error.diagnostics)) from None


def read_policies(path: str, evaluator: str = EVALUATOR) -> PolicySet:
    """Return the policies at a path: those that are kept ready, where the files are the same.

    `evaluator` decides by them.

    Raises:
        PolicyEngineError: Something in the files is wrong, or there is no policy.
    """
    kept = Kept.of(path)
    ready = kept.programs()
    if ready is not None:
        return PolicySet(*ready, evaluator_named(evaluator))
    policies = read_files(path, whole=False).policies(evaluator)
    kept.keep((policies.programs, policies.dictionary))
    return policies


def read_files(path: str, *more: str, whole: bool = True) -> Files:
    """Read the policies at a path, and `more` files; `whole` reads their tests and looks for warnings too.

    Raises:
        UsageError: There is nothing at the path.
        PolicyError: There is more wrong than anybody would read.
    """
    from policyengine.loading import load_files  # noqa: PLC0415  # not where policies are kept ready

    loaded = load_files(path, *map(Path, more), whole=whole)
    return Files(loaded, Places(loaded.root))

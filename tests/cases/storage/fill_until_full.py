"""`python fill_until_full.py STORE BYTES` appends events until no file may grow any more, and says which were kept."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from case_store import OPENING, event

from policyengine.cases.storage import open_store
from policyengine.diagnostics import CaseError

if __name__ == "__main__":
    at, size = sys.argv[1], int(sys.argv[2])
    with open_store(at) as store:
        store.create("C-1", OPENING)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        number = 0
        try:
            while True:
                store.append("C-1", [event(number, note="x" * 500)], expected=number)
                number += 1
        except CaseError as error:
            sys.stdout.write(f"{number}\n{error}\n")

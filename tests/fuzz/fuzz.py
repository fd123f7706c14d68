"""Looks for bytes that break a reader, led by the coverage they reach; those found are kept for the suite.

python tests/fuzz/fuzz.py expression 600     a target of `targets.py`, and for how many seconds; needs the extra `fuzz`
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
with atheris.instrument_imports(include=["policyengine", "lark"]):
    from targets import TARGETS

from seeds import KEPT, seeds_of

if __name__ == "__main__":
    name, seconds = sys.argv[1], int(sys.argv[2])
    kept = KEPT / name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for i, seed in enumerate(seeds_of(name)):
            (Path(corpus) / str(i)).write_bytes(seed)
        options = [
            f"-max_total_time={seconds}",
            "-max_len=8192",
            "-timeout=20",
            "-rss_limit_mb=2048",
        ]
        atheris.Setup([sys.argv[0], corpus, f"-artifact_prefix={kept}/", *options], TARGETS[name])
        atheris.Fuzz()

"""Writes the corpus anew, as the reference evaluator decides: `python tests/corpus/make.py`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import corpus

from policyengine.testing.strategies import grammar


def main() -> None:
    corpus.VOCABULARY.write_text(grammar.made(0).vocabulary, "utf-8", newline="\n")
    for name, cases in corpus.cases().items():
        found = [{**case, **corpus.decided(case, "reference")} for case in cases]
        (corpus.HERE / f"{name}.jsonl").write_text(corpus.written(found), "utf-8", newline="\n")
        sys.stdout.write(f"{len(found):6,} {name}\n")


if __name__ == "__main__":
    main()

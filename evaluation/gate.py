"""The gate: our own labelled set against its committed figures. `python -m evaluation.gate`.

`own.jsonl` holds twelve articles and 180 questions, all written for this project. A change that
answers fewer of them than noise explains fails, with the table. `--write` makes the figures of now
the baseline.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from askarticle import load_encoder
from evaluation.datasets import read
from evaluation.measure import Scored, score

QUESTIONS = Path(__file__).with_name("own.jsonl")
BASELINE = Path(__file__).with_name("baseline.json")
# So many right first hits may be lost of a kind: two of 84 is half a standard error.
_NOISE = 2

Ranker = Callable[[Scored], NDArray[np.float32]]


def product(item: Scored) -> NDArray[np.float32]:
    """The scores that askarticle ranks by."""
    return item.evidence.scores(item.question.text)


def first_hits(scored: Iterable[Scored], ranker: Ranker = product) -> dict[str, list[int]]:
    """Kind → [right first hits, right among the first three, questions]."""
    found: dict[str, list[int]] = {}
    for item in scored:
        if item.answers.any():
            rank = item.rank(ranker(item))
            counts = found.setdefault(item.question.kind, [0, 0, 0])
            for i, reached in enumerate((rank < 1, rank < 3, True)):
                counts[i] += reached
    return found


def losses(found: dict[str, list[int]], baseline: dict[str, list[int]]) -> tuple[str, bool]:
    """The table of both, and whether a kind has lost more than noise."""
    lines = [f"{'kind':12} first / three of questions   baseline"]
    lost = False
    for kind, wanted in baseline.items():
        counts = found.get(kind, [0, 0, 0])
        is_lost = any(now < then - _NOISE for now, then in zip(counts, wanted, strict=True))
        lost = lost or is_lost
        lines.append(
            f"{kind:12} {counts[0]:5} / {counts[1]:5} of {counts[2]:3}"
            f"   {wanted[0]:5} / {wanted[1]:5} of {wanted[2]:3}{'   LOST' if is_lost else ''}"
        )
    return "\n".join(lines), lost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = first_hits(score(read(QUESTIONS), load_encoder()))
    if options.write:
        BASELINE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    table, lost = losses(found, json.loads(BASELINE.read_text(encoding="utf-8")))
    print(table)
    sys.exit(lost)


if __name__ == "__main__":
    main()

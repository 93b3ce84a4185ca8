"""The gate: our own labelled set against its committed figures. `python -m evaluation.gate`.

`own.jsonl` holds twelve articles and 180 questions, all written for this project. A change that
answers fewer of them than noise explains, tells fewer unanswerable ones, or marks worse, fails,
with the table. `--write` makes the figures of now the baseline.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from askarticle import load_encoder
from askarticle.evaluating.asking import Outcome, ask
from askarticle.evaluating.datasets import read
from askarticle.evaluating.metrics import auroc

QUESTIONS = Path(__file__).with_name("own.jsonl")
BASELINE = Path(__file__).with_name("baseline.json")
# What may be lost, half a standard error: right hits, two of 84; and of AUROC or the share marked.
_NOISE_COUNT, _NOISE_SHARE = 2, 0.03

Figures = dict[str, dict[str, float]]


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """For each kind how many have a right hit first, and among three; or, of unanswerable ones,
    how well they are told from answerable ones; and how many right first hits are marked right."""
    kinds: dict[str, list[Outcome]] = {}
    for item in outcomes:
        kinds.setdefault(item.question.kind, []).append(item)
    sure = [item.answered for item in outcomes if item.question.gold]
    marked = [item.is_marked for item in outcomes if item.rank == 0]
    found: Figures = {"marks": {"touching": round(sum(marked) / max(1, len(marked)), 3)}}
    for kind, of in kinds.items():
        if of[0].question.is_unanswerable:
            found[kind] = {"AUROC": round(auroc(sure, [item.answered for item in of]), 3)}
        else:
            first, three = (sum(item.rank < k for item in of) for k in (1, 3))
            found[kind] = {"first": first, "three": three, "questions": len(of)}
    return found


def losses(found: Figures, baseline: Figures) -> tuple[str, bool]:
    """The table of both, and whether a figure has fallen by more than noise."""
    lines = [f"{'':24}    now  baseline"]
    lost = False
    for kind, wanted in baseline.items():
        for name, then in wanted.items():
            now = found.get(kind, {}).get(name, 0)
            is_lost = now < then - (_NOISE_COUNT if isinstance(then, int) else _NOISE_SHARE)
            lost = lost or is_lost
            lines.append(f"{kind + ', ' + name:24} {now:6} {then:9}{'   LOST' if is_lost else ''}")
    return "\n".join(lines), lost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = figures(list(ask(read(QUESTIONS), load_encoder())))
    if options.write:
        BASELINE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    table, lost = losses(found, json.loads(BASELINE.read_text(encoding="utf-8")))
    print(table)
    sys.exit(lost)


if __name__ == "__main__":
    main()

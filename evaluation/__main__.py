"""`python -m evaluation FILE…`: exact words, meaning and the product side by side, by kind."""

import argparse
import re
from pathlib import Path

import numpy as np

from askarticle import load_encoder
from askarticle.passages import split
from evaluation.datasets import LabelledArticle, read
from evaluation.measure import WAYS, Scored, mrr, recall, score

_PLAIN_CUT = re.compile(r"(?<=[。！？；])|(?<=[.!?])\s|\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--questions-of", type=Path, metavar="FILE", help="ask this SQuAD file's questions, by id"
    )
    parser.add_argument("--encoder", default="built-in", help="folder or hub name")
    options = parser.parse_args()
    encoder = load_encoder(options.encoder)
    for path in options.files:
        labelled = read(path, questions_of=options.questions_of)
        print(f"\n{path.name}, {encoder.name} encoder; {_lengths(labelled)}")
        scored = [item for item in score(labelled, encoder) if item.answers.any()]
        for kind in dict.fromkeys(item.question.kind for item in scored):
            _print_kind(kind, [item for item in scored if item.question.kind == kind])


def _print_kind(kind: str, scored: list[Scored]) -> None:
    ranks = [item.ranks() for item in scored]
    print(f"{kind}: {len(scored)} questions")
    for way in WAYS:
        of = [rank[way] for rank in ranks]
        cells = [
            f"R@{k} {v:.3f} [{low:.3f}, {high:.3f}]"
            for k in (1, 3)
            for v, low, high in [recall(of, k)]
        ]
        print(f"  {way:10} {'  '.join(cells)}  MRR@10 {mrr(of):.3f}")


def _lengths(labelled: list[LabelledArticle]) -> str:
    texts = {item.article.text for item in labelled}
    ours = [len(passage.text) for text in texts for passage in split(text)]
    plain = [len(cut.strip()) for text in texts for cut in _PLAIN_CUT.split(text) if cut.strip()]
    return f"mean passage {np.mean(ours):.1f} characters, plain cut {np.mean(plain):.1f}"


if __name__ == "__main__":
    main()

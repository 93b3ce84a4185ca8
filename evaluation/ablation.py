"""What each part of the evidence is worth, on each set: `python -m evaluation.ablation FILE…`.

The files are those of `askarticle evaluate`. Each question's evidence is gathered once; a way of
ranking is the product's own score with the parts that it goes without set to 0. The weights stay
as they ship, and so do the passages that were looked at again: nothing is fitted anew.
A part's worth is what is lost without it, with a paired 95 % interval; one worth less than .005
first hits is marked.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from askarticle import load_encoder
from askarticle.encoder import BUILT_IN
from askarticle.evaluating.datasets import read
from askarticle.evaluating.metrics import mean, recall
from evaluation.measure import Scored, score

# A part's name, and its column of Evidence; in the order in which they are added to the cosine.
PARTS = {
    "cosine": "cosine",
    "exact words": "coverage",
    "late interaction": "likeness",
    "its neighbours": "context",
}
_KS = (1, 3)
_LEAST = 0.005


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--encoder", default=BUILT_IN, help="folder or hub name")
    options = parser.parse_args()
    sets = {path.name: read(path) for path in options.files}
    encoder = load_encoder(options.encoder)
    everything: list[Scored] = []
    for name, labelled in sets.items():
        scored = [item for item in score(labelled, encoder, with_judge=False) if item.question.gold]
        everything += scored
        for language in dict.fromkeys(item.question.language for item in scored):
            of = [item for item in scored if item.question.language == language]
            print("\n".join(table(f"{name}, questions in {language}", of)), flush=True)
    if len(sets) > 1:
        print("\n".join(table("all sets", everything)))


def ranks(scored: Sequence[Scored], parts: Sequence[str]) -> list[float]:
    """The places of the first passages that answer, by these parts of the evidence alone."""
    without = [PARTS[name] for name in PARTS if name not in parts]
    places = []
    for item in scored:
        evidence = item.evidence
        none = np.zeros_like(evidence.cosine)
        kept = evidence._replace(**dict.fromkeys(without, none))
        # A passage without any of what was asked for isn't found, which for exact words matters.
        is_known = any(getattr(kept, PARTS[name])[item.answers].any() for name in parts)
        places.append(item.rank(kept.scores(item.question.text)) if is_known else np.inf)
    return places


def table(title: str, scored: Sequence[Scored]) -> Iterator[str]:
    """The lines of one set's table: the parts alone and added up, then what each is worth."""
    names = list(PARTS)
    alone = {"BM25 alone": ["exact words"], "cosine alone": names[:1]}
    added = {f"+ {name}": names[: i + 1] for i, name in enumerate(names) if i}
    yield f"\n{title}: {len(scored)} questions"
    yield f"{'':30}" + "".join(f"{f'R@{k}':25}" for k in _KS).rstrip()
    for way, parts in (alone | added).items():
        places = ranks(scored, parts)
        yield f"  {way:28}" + "".join(f"{_shown(recall(places, k)):25}" for k in _KS).rstrip()
    whole = ranks(scored, names)
    for name in names:
        # Neighbours add what they say likelier than the passage: nothing, if that isn't looked at.
        gone = {name, "its neighbours"} if name == "late interaction" else {name}
        places = ranks(scored, [other for other in names if other not in gone])
        worth = [mean(_hits(whole, k) - _hits(places, k)) for k in _KS]
        little = "   worth less than .005" if worth[0].value < _LEAST else ""
        cells = "".join(f"{_shown(gain, '+'):25}" for gain in worth)
        yield f"  {'worth of ' + name:28}{cells if little else cells.rstrip()}{little}"


def _hits(places: Sequence[float], k: int) -> NDArray[np.float64]:
    return np.less(places, k).astype(np.float64)


def _shown(estimate: tuple[float, float, float], sign: str = "") -> str:
    value, low, high = estimate
    return f"{value:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


if __name__ == "__main__":
    main()

"""Numbers from outcomes, with their bootstrap 95 % intervals. It asks nothing and reads nothing."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

_DRAWS = 1000
_BINS = 10


class Estimate(NamedTuple):
    """A mean, and the ends of its bootstrap 95 % interval."""

    value: float
    low: float
    high: float


def mean(values: ArrayLike) -> Estimate:
    """Of at least one value. The mean of paired differences has a paired interval."""
    values = np.asarray(values, np.float64)
    size = len(values)
    counts = np.random.default_rng(0).multinomial(size, np.full(size, 1 / size), _DRAWS)
    low, high = np.quantile(counts @ values / size, (0.025, 0.975))
    return Estimate(float(values.mean()), float(low), float(high))


def recall(ranks: Sequence[float], k: int) -> Estimate:
    """R@k: how often a rank, counted from 0, is below `k`."""
    return mean(np.less(ranks, k))


def reciprocal_ranks(ranks: Sequence[float]) -> NDArray[np.float64]:
    """1 for the first place, ½ for the second, …, 0 from the eleventh on: their mean is MRR@10."""
    places = np.asarray(ranks, np.float64) + 1
    return np.where(places <= 10, 1 / places, 0.0)


def auroc(positive: ArrayLike, negative: ArrayLike) -> float:
    """How often a score of the first kind is above one of the second; ties count half."""
    positive, negative = np.asarray(positive, np.float64), np.sort(negative)
    below = np.searchsorted(negative, positive, "left")
    not_above = np.searchsorted(negative, positive, "right")
    return float((below + not_above).mean() / 2 / len(negative))


def reliability(
    predicted: NDArray[np.float64], right: NDArray[np.bool_]
) -> list[tuple[float, float, int]]:
    """(mean probability, share right, how many) of each of ten equal bins that isn't empty."""
    bins = np.minimum((predicted * _BINS).astype(int), _BINS - 1)
    chosen = [bins == number for number in np.unique(bins)]
    return [(float(predicted[b].mean()), float(right[b].mean()), int(b.sum())) for b in chosen]


def calibration_error(predicted: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Mean distance, over ten equal bins weighted by size, of probability and the share right."""
    bins = reliability(predicted, right)
    return sum(abs(said - true) * count for said, true, count in bins) / len(predicted)

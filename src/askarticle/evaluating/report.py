"""A set's figures as a text for readers, some hundred columns wide."""

from collections.abc import Iterator
from typing import Any

from askarticle.confidence import FOUND_FROM


def as_text(name: str, figures: dict[str, Any]) -> str:
    """What `figures.summary` gave for the set of this name."""
    lengths = figures["passage_characters"]
    lines = [
        f"{name}: {figures['articles']} articles, {figures['questions']} questions",
        f"a passage has {lengths['askarticle']:.1f} characters on average, "
        f"{lengths['plain_cut']:.1f} by a plain cut",
    ]
    lines += [
        "",
        " " * 14 + "".join(f"{name:25}" for name in ("R@1", "R@3", "R@5", "MRR@10")).rstrip(),
    ]
    for row in figures["ranking"]:
        lines += _ranking_lines(row)
    if figures["abstention"]:
        lines += ["", "answerable told from unanswerable, AUROC     BM25  first hit  reply"]
    for row in figures["abstention"]:
        label = f"{_label(row)}: {row['questions']} against {row['answerable']}"
        lines.append(
            f"  {label:40} {row['BM25']:6.3f}     {row['first hit']:6.3f} {row['reply']:6.3f}"
        )
    lines += [
        "",
        "share of questions answered" + " " * 16 + " ".join(f"{w:>9}" for w in FOUND_FROM),
    ]
    for row in figures["answered"]:
        label = f"{_label(row)}: {row['questions']}"
        lines.append(f"  {label:40} " + " ".join(f"{row[word]:9.3f}" for word in FOUND_FROM))
    lines += ["", *_last_lines(figures)]
    for miss in figures["misses"]:
        place = f"in place {miss['place']}" if miss["place"] else "not among the ten"
        lines += [
            "",
            f"[{miss['kind']}, article {miss['article']}] {miss['question']}",
            f"  expected, {place}: {_one_line(' | '.join(miss['expected']))}",
            f"  first, {miss['confidence']:.0%}: {_one_line(miss['first'])}",
        ]
    return "\n".join(lines)


def _ranking_lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{_label(row)}: {row['questions']} questions"
    for system, sign in (("BM25", ""), ("askarticle", ""), ("difference", "+")):
        cells = (_estimate(*estimate, sign=sign) for estimate in row[system].values())
        yield f"  {system:12}" + "".join(f"{cell:25}" for cell in cells).rstrip()


def _last_lines(figures: dict[str, Any]) -> Iterator[str]:
    errors = (f"{row['calibration_error']:.3f} ({_label(row)})" for row in figures["confidence"])
    if figures["confidence"]:
        yield f"calibration error of the first hit's confidence: {', '.join(errors)}"
    if marks := figures["marks"]:
        yield (
            f"marks of {marks['right_first_hits']} right first hits touch the words that answer: "
            f"{_estimate(*marks['touching'])}; they cover {marks['share_marked']:.3f} of the "
            "passage"
        )
    if rated := figures["rated_down"]:
        yield f"rated down: {rated['questions']}, {rated['still_first']} of them still first"
    times = figures["milliseconds"]
    yield (
        f"a question takes {times['question']:.1f} ms, {times['ratio']:.1f} times the encoder's "
        f"pass over it alone ({times['encoder']:.1f} ms); medians"
    )


def _estimate(value: float, low: float, high: float, *, sign: str = "") -> str:
    shown = f"{value:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"
    return shown.replace("0.", ".")


def _label(row: dict[str, Any]) -> str:
    return ", ".join(filter(None, (row["kind"] or "all", row["language"])))


def _one_line(text: str) -> str:
    return " ".join(text.split())

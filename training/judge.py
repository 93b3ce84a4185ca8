"""Trains the judge on the encoder's token vectors: `python -m training.judge --data DIR`.

A step takes a few questions, each with its answering passage and those that the retriever's first
ranking puts next to it, and teaches three things: which of them answers (contrastive), whether
each does (so that a question which its text doesn't answer has none), and which tokens are the
answer. What the first ranking says is added to the judge's log-odds, so the judge learns only what
that doesn't know. The vectors are made once and kept in the scratch folder; the encoder stays as
it is.
"""

import argparse
import hashlib
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from askarticle.confidence import curves_for, languages_of, log_odds
from askarticle.encoder import Encoder, Tokens, load_encoder
from askarticle.evaluating.metrics import auroc
from askarticle.judge import MAX_PASSAGE_TOKENS, MAX_QUESTION_TOKENS, WEIGHTS
from askarticle.judge_network import INNER, LAYERS, JudgeNetwork
from askarticle.late_interaction import best_matches
from askarticle.lexical import LexicalIndex
from askarticle.passages import split
from askarticle.ranking import Evidence, context_of
from training import data

_HERE = Path(__file__).parent
_ANNOTATED = 2_000  # contexts of the reading-comprehension sets, beside all reader texts
_FOLD_TEXTS = 100  # of the fold are looked at along the way
_CANDIDATES = 6  # passages of a question: up to two that answer, and the first ranking's next ones
_QUESTIONS = 12  # a step
_TOGETHER = 18  # pairs of like length that go through the network together
_LOADED = 200  # texts whose questions are shuffled together
_RATE, _WARM_UP_STEPS = 3e-4, 100
_DROPPED = 0.05  # tokens that the network doesn't see, while it is trained
_AVERAGED = 0.998  # the weights kept are a moving mean of the steps'
_CHECKPOINT_MINUTES = 5.0


Arrays = dict[str, NDArray[np.generic]]


class Text(NamedTuple):
    """A text with its questions: (question, kind, ranges of the words that answer)."""

    text: str
    held_out: bool
    questions: tuple[tuple[str, str, tuple[tuple[int, int], ...]], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A question with some passages of a text, best first but for those that answer."""

    question: NDArray[np.float16]
    """[tokens, dimension]."""
    passages: list[NDArray[np.float16]]
    answers: NDArray[np.bool_]
    """[passages]."""
    words: list[NDArray[np.bool_] | None]
    """For each passage that answers, which of its tokens do."""
    first: NDArray[np.float32]
    """[passages]: the log-odds by what the first ranking knows."""
    kind: str


class Batch(NamedTuple):
    """Pairs of question and passage: what the network takes, and what it should say."""

    numbers: list[int]
    vectors: Tensor
    is_passage: Tensor
    mask: Tensor
    words: Tensor
    has_words: Tensor


def corpus(folder: Path, rng: random.Random) -> list[Text]:
    """The reader texts, all kinds of question, and some annotated contexts, in random order."""
    found: dict[str, list[tuple[str, str, tuple[tuple[int, int], ...]]]] = {}
    for _, text, questions in data.texts_with_questions(folder):
        asked = ((q["question"], q["kind"], tuple((a, b) for a, b in q["gold"])) for q in questions)
        found.setdefault(text, []).extend(asked)
    held_out = {text for _, text, _ in data.fold(folder)}
    annotated: dict[str, list[tuple[str, str, tuple[tuple[int, int], ...]]]] = {}
    for row in data.rows(folder / "qa_train.jsonl.gz"):
        if not row["source"].startswith("cail"):
            end = row["start"] + len(row["answer"])
            gold = ((row["start"], end),) if row["start"] >= 0 else ()
            annotated.setdefault(row["context"], []).append(
                (row["question"], "annotated" if gold else "unanswerable", gold)
            )
    chosen = rng.sample(sorted(annotated), min(_ANNOTATED, len(annotated)))
    texts = [Text(text, text in held_out, tuple(asked)) for text, asked in found.items()]
    texts += [Text(text, False, tuple(annotated[text])) for text in chosen]
    return rng.sample(texts, len(texts))


class Vectors:
    """The token vectors of texts and their questions, made once and kept in a folder."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def of(self, text: Text) -> Arrays:
        """Arrays over passages, then questions: `vector` [n, dimension], `tokens` [all tokens,
        dimension], `ends` [n] (where each one's tokens end) and `ranges` [all tokens, 2]."""
        texts = [p.text for p in split(text.text)] + [question for question, _, _ in text.questions]
        digest = hashlib.sha256("\0".join([self._encoder.fingerprint, *texts]).encode()).hexdigest()
        kept = self._folder / f"{digest[:32]}.npz"
        if not kept.exists():
            found = self._encoder.tokens(texts)
            cut = [tokens.vectors[:MAX_PASSAGE_TOKENS] for tokens in found]
            new = kept.with_suffix(".new.npz")
            np.savez(
                new,
                vector=np.stack([tokens.vector for tokens in found]).astype(np.float16),
                tokens=np.concatenate(cut).astype(np.float16),
                ends=np.cumsum([len(vectors) for vectors in cut]),
                ranges=np.concatenate([t.ranges[:MAX_PASSAGE_TOKENS] for t in found]),
            )
            new.replace(kept)
        with np.load(kept) as arrays:
            return dict(arrays)


class Asked(NamedTuple):
    """A question with its vectors, and the ranges of the words that answer it in some text."""

    question: str
    kind: str
    gold: tuple[tuple[int, int], ...]
    vector: NDArray[np.float32]
    tokens: NDArray[np.float16]


def asked_of(text: Text, arrays: Arrays) -> list[Asked]:
    """The text's questions; those too long for the judge are left out."""
    tokens = np.split(arrays["tokens"], arrays["ends"][:-1])
    first = len(tokens) - len(text.questions)
    found = [
        Asked(*asked, arrays["vector"][first + i].astype(np.float32), tokens[first + i])
        for i, asked in enumerate(text.questions)
    ]
    return [asked for asked in found if len(asked.tokens) <= MAX_QUESTION_TOKENS]


def examples(text: Text, arrays: Arrays, questions: Sequence[Asked]) -> Iterator[Example]:
    """Each question with the passages of the text that it must tell apart."""
    passages = split(text.text)
    count = len(passages)
    tokens = np.split(arrays["tokens"], arrays["ends"][:-1])[:count]
    ranges = np.split(arrays["ranges"], arrays["ends"][:-1])
    units = arrays["vector"][:count].astype(np.float32)
    kept = [Tokens(units[i], tokens[i], ranges[i]) for i in range(count)]
    lexical = LexicalIndex(passage.text for passage in passages)
    for asked in questions:
        answers = np.array(
            [any(a < p.end and p.start < b for a, b in asked.gold) for p in passages], bool
        )
        if asked.gold and not answers.any():
            continue
        own = Tokens(asked.vector, asked.tokens.astype(np.float32), ranges[0])
        coverage = lexical.coverage(asked.question, range(count))
        best = best_matches(own, kept)
        none = np.full_like(best[:1], -1)
        before, after = np.concatenate([none, best[:-1]]), np.concatenate([best[1:], none])
        context = context_of(best, before, after)
        evidence = Evidence(units @ asked.vector, coverage, best.mean(1), context, best.std(1))
        scores = evidence.scores(asked.question)
        order = np.argsort(-scores, kind="stable")
        chosen = order[answers[order]][:2]
        chosen = np.append(chosen, order[~answers[order]][: _CANDIDATES - len(chosen)])
        features = evidence.features(asked.question)[chosen]
        words: list[NDArray[np.bool_] | None] = [None] * len(chosen)
        for place in np.flatnonzero(answers[chosen]):
            start, end = (ranges[chosen[place]] + passages[chosen[place]].start).T
            right = [(start < b) & (a < end) & (start < end) for a, b in asked.gold]
            words[place] = np.any(right, axis=0)
        yield Example(
            asked.tokens,
            [tokens[i] for i in chosen],
            answers[chosen],
            words,
            log_odds(
                curves_for(languages_of(asked.question, text.text), features), features
            ).astype(np.float32),
            asked.kind,
        )


def batches(items: Sequence[Example]) -> Iterator[Batch]:
    """The examples' pairs, those of like length together."""
    pairs = [
        (item.question, passage, words)
        for item in items
        for passage, words in zip(item.passages, item.words, strict=True)
    ]
    lengths = np.array([len(asked) + len(passage) for asked, passage, _ in pairs])
    order = np.argsort(lengths, kind="stable").tolist()
    for at in range(0, len(order), _TOGETHER):
        numbers = order[at : at + _TOGETHER]
        shape = (len(numbers), int(lengths[numbers].max()))
        vectors = np.zeros((*shape, pairs[0][0].shape[1]), np.float32)
        is_passage, mask, words, has_words = (np.zeros(shape, bool) for _ in range(4))
        for row, number in enumerate(numbers):
            asked, passage, answering = pairs[number]
            first, last = len(asked), lengths[number]
            vectors[row, :first], vectors[row, first:last] = asked, passage
            is_passage[row, first:last] = mask[row, :last] = True
            if answering is not None:
                words[row, first:last], has_words[row, first:last] = answering, True
        arrays = (vectors, is_passage, mask, words, has_words)
        yield Batch(numbers, *map(torch.from_numpy, arrays))


def judged(network: JudgeNetwork, items: Sequence[Example]) -> tuple[list[Tensor], Tensor]:
    """For each example its passages' log-odds, first ranking included; and the words' loss."""
    found, numbers, words = [], [], []
    for batch in batches(items):
        vectors = batch.vectors
        if network.training:
            vectors = vectors * (torch.rand(vectors.shape[:2]) > _DROPPED).unsqueeze(-1)
        answers, tokens = network(vectors, batch.is_passage, batch.mask)
        found.append(answers)
        numbers += batch.numbers
        if batch.has_words.any():
            right = batch.words[batch.has_words].float()
            words.append(
                binary_cross_entropy_with_logits(tokens[batch.has_words], right, reduction="none")
            )
    first = torch.from_numpy(np.concatenate([item.first for item in items]))
    answers = torch.cat(found)[torch.argsort(torch.tensor(numbers))] + first
    loss = torch.cat(words).mean() if words else torch.zeros(())
    return list(answers.split([len(item.passages) for item in items])), loss


def losses_of(network: JudgeNetwork, items: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Which passage answers, whether each does, and which of its words."""
    answers, words = judged(network, items)
    right = [torch.from_numpy(item.answers) for item in items]
    which = [
        odds.logsumexp(0) - odds[is_right].logsumexp(0)
        for odds, is_right in zip(answers, right, strict=True)
        if is_right.any()
    ]
    whether = binary_cross_entropy_with_logits(torch.cat(answers), torch.cat(right).float())
    return torch.stack(which).mean() if which else torch.zeros(()), whether, words


class Trainer:
    """The network with its optimizer, and how far it has come."""

    def __init__(self, weights: Path, work: Path, steps: int) -> None:
        self.step, self.spent = 0, 0.0
        self._steps = steps
        self._checkpoint = work / "judge.pt"
        self._network = started_from(weights)
        self.mean = AveragedModel(
            self._network, multi_avg_fn=get_ema_multi_avg_fn(_AVERAGED), use_buffers=True
        )
        self._optimizer = torch.optim.AdamW(self._network.parameters(), weight_decay=0.01)
        if self._checkpoint.exists():
            saved = torch.load(self._checkpoint, weights_only=True)
            self._network.load_state_dict(saved["network"])
            self.mean.load_state_dict(saved["mean"])
            self._optimizer.load_state_dict(saved["optimizer"])
            self.step, self.spent = saved["step"], saved["spent"]

    @property
    def done(self) -> float:
        """The part of the run that is behind."""
        return self.step / self._steps

    def take(self, items: Sequence[Example]) -> list[float]:
        """One step down the losses, which are returned."""
        started = time.monotonic()
        for group in self._optimizer.param_groups:
            group["lr"] = _RATE * min(1, (self.step + 1) / _WARM_UP_STEPS) * (1 - self.done)
        which, whether, words = losses_of(self._network.train(), items)
        # Whether and words are means over many easy cases, so they count for more and for less.
        loss = which + 2 * whether + 0.5 * words
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimizer.step()
        self.mean.update_parameters(self._network)
        self.step += 1
        self.spent += time.monotonic() - started
        return [which.item(), whether.item(), words.item()]

    def keep(self) -> None:
        """Writes the checkpoint; a stop half-way leaves the one before."""
        new = self._checkpoint.with_suffix(".new")
        states = {
            "network": self._network.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }
        torch.save(states | {"step": self.step, "spent": self.spent}, new)
        new.replace(self._checkpoint)

    def finish(self, out: Path, fingerprint: str) -> None:
        """Writes the mean's weights in half precision; the checkpoint has done its work."""
        weights = {k: v.half().contiguous() for k, v in self.mean.module.state_dict().items()}
        new = out.with_suffix(".new")
        save_file(weights, new, {"format": "pt", "encoder": fingerprint})
        new.replace(out)
        self._checkpoint.unlink(missing_ok=True)


def started_from(weights: Path) -> JudgeNetwork:
    """A network whose layers begin as the encoder's last ones, with the inner units that weigh
    most."""
    encoder = {name: values.float() for name, values in load_file(weights).items()}
    network = JudgeNetwork(encoder["embeddings.word_embeddings.weight"].shape[1])
    depth = 1 + max(int(name.split(".")[2]) for name in encoder if name.startswith("encoder.layer"))
    with torch.no_grad():
        for number, layer in enumerate(network.layers, depth - LAYERS):
            of = f"encoder.layer.{number}."
            into, out = (encoder[f"{of}{m}.dense.weight"] for m in ("intermediate", "output"))
            units = (into.norm(dim=1) * out.norm(dim=0)).topk(INNER).indices
            for kind in ("weight", "bias"):
                parts = [
                    encoder[f"{of}attention.self.{part}.{kind}"]
                    for part in ("query", "key", "value")
                ]
                getattr(layer.attention, kind).copy_(torch.cat(parts))
                for mine, theirs in (
                    (layer.attended, "attention.output.dense"),
                    (layer.norm_attended, "attention.output.LayerNorm"),
                    (layer.norm_outer, "output.LayerNorm"),
                ):
                    getattr(mine, kind).copy_(encoder[f"{of}{theirs}.{kind}"])
            layer.inner.weight.copy_(into[units])
            layer.inner.bias.copy_(encoder[f"{of}intermediate.dense.bias"][units])
            layer.outer.weight.copy_(out[:, units])
            layer.outer.bias.copy_(encoder[f"{of}output.dense.bias"])
        # Small at first, so that the layers see nearly what they know.
        network.segment.weight.mul_(0.02)
        network.match.weight.mul_(0.1)
    return network


def steps(texts: Sequence[Text], vectors: Vectors, rng: random.Random) -> Iterator[list[Example]]:
    """Questions of the texts, some a step; each text is also asked one of another's."""
    while True:
        order = rng.sample(texts, len(texts))
        for at in range(0, len(order), _LOADED):
            part = [(text, vectors.of(text)) for text in order[at : at + _LOADED]]
            asked = [asked_of(*pair) for pair in part]
            pool = []
            for number, pair in enumerate(part):
                strange = [q._replace(kind="off-topic", gold=()) for q in asked[number - 1][:1]]
                pool += examples(*pair, asked[number] + strange)
            rng.shuffle(pool)
            for first in range(0, len(pool), _QUESTIONS):
                yield pool[first : first + _QUESTIONS]


def train(source: Path, out: Path, work: Path, log: Path, total: int, seed: int = 0) -> None:
    """Trains the judge of the built-in encoder, going on from the checkpoint if there is one."""
    torch.manual_seed(seed)
    work.mkdir(parents=True, exist_ok=True)
    encoder = load_encoder()
    texts = corpus(source, random.Random(seed))
    vectors = Vectors(encoder, work / "tokens")
    looked_at = [text for text in texts if text.held_out][:_FOLD_TEXTS]
    learnt = [text for text in texts if not text.held_out]
    for text in tqdm(looked_at + learnt, desc="token vectors"):
        vectors.of(text)
    trainer = Trainer(WEIGHTS.parent / "model" / "model.safetensors", work, total)
    fold = [
        example
        for text in looked_at
        for arrays in [vectors.of(text)]
        for example in examples(text, arrays, asked_of(text, arrays))
    ]
    losses: list[list[float]] = []
    kept = trainer.spent
    drawn = steps(learnt, vectors, random.Random(seed + trainer.step))
    bar = tqdm(total=total, initial=trainer.step, desc="training")
    while trainer.step < total:
        losses.append(trainer.take(next(drawn)))
        bar.update()
        if trainer.spent - kept > _CHECKPOINT_MINUTES * 60:
            kept = trainer.spent
            trainer.keep()
            _note(log, trainer, fold, losses)
    _note(log, trainer, fold, losses)
    trainer.finish(out, encoder.fingerprint)


def _note(log: Path, trainer: Trainer, fold: Sequence[Example], losses: list[list[float]]) -> None:
    """Adds a line to the log: first hits on the fold, AUROC near the topic, and the mean losses."""
    network = trainer.mean.module.eval()
    with torch.inference_mode():
        parts = [fold[at : at + _QUESTIONS] for at in range(0, len(fold), _QUESTIONS)]
        odds = [row.numpy() for part in parts for row in judged(network, part)[0]]
    cells = [f"judge: step {trainer.step}", f"{trainer.spent / 60:.1f} min"]
    best = np.array([row.max() for row in odds])
    kinds = np.array([item.kind for item in fold])
    for kind in sorted(set(kinds) - {"unanswerable"}):
        of = [(item, row) for item, row in zip(fold, odds, strict=True) if item.kind == kind]
        before = np.mean([item.answers[item.first.argmax()] for item, _ in of])
        after = np.mean([item.answers[row.argmax()] for item, row in of])
        told = auroc(best[kinds == kind], best[kinds == "unanswerable"])
        cells.append(f"{kind}: right first {before:.3f} -> {after:.3f}, AUROC {told:.3f}")
    if losses:
        names = zip(("which", "whether", "words"), np.mean(losses, axis=0), strict=True)
        cells += [f"{name} loss {loss:.3f}" for name, loss in names]
        losses.clear()
    with log.open("a", encoding="utf-8") as lines:
        lines.write("; ".join(cells) + "\n")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.judge", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder README.md describes")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights go")
    parser.add_argument("--steps", type=int, default=8000, help="how many (default: 8000)")
    parser.add_argument("--work", type=Path, default=_HERE / "work", help="scratch folder")
    parser.add_argument("--log", type=Path, default=_HERE / "log.txt", help="grows by a few lines")
    options = parser.parse_args(arguments)
    train(options.data, options.out, options.work, options.log, options.steps)


if __name__ == "__main__":
    main()

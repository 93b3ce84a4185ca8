"""Trains the transplanted model on two cores: questions against sentences, and parallel sentences.

A step ranks every sentence of a few articles for every question about them (contrastive, several
right answers allowed) and draws parallel sentences towards the teacher's vector of the English
one. The learning rate falls to zero over a given time, so a run ends when planned.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm
from transformers import BertModel

from evaluation.measure import recall
from training import data, transplant, vocabulary
from training.data import Labelled

# Cosine × 20, the teacher's own temperature.
_SCALE = 20.0
# Longer sentences are cut: one in a hundred has more tokens than 92.
MAX_TOKENS = 96
_LAYER_RATE, _EMBEDDING_RATE = 6e-5, 1.5e-3
# English rows are good already: they move this much as fast as the Chinese ones.
_ENGLISH_SHARE = 0.1
_WARM_UP = 0.03
# Tokens replaced by [MASK] while training, beside the dropout of 0.1 that the configuration names.
# Without both, the second round of the questions is learnt by heart: the loss on them fell from
# 1.4 to 0.4. With both it stayed at 0.6; on the fold the two came to the same (.652 and .658).
_MASKED = 0.1
# The weights kept are the mean over the rest of the run from here on, every ten steps. Points far
# apart gain by it: the mean of two answered .661 of the fold's Chinese questions and .700 of the
# English ones, each alone .65 and .68. The mean of the last steps alone gained nothing.
_AVERAGED_FROM, _AVERAGED_EVERY = 0.25, 10
# Until here the parallel sentences get more room: new embeddings first have to mean something.
_ALIGNMENT = 0.25
_CHECKPOINT_MINUTES = 5.0
_FOLD_SAMPLE = 100
# Court documents have long sentences and questions of their own kind: one context in four is kept.
_COURT, _COURT_SHARE = "cail", 4

Item = TypeVar("Item")


class Sizes(NamedTuple):
    """What one step takes: texts with reader questions, annotated contexts, parallel sentences."""

    reader: int
    annotated: int
    parallel: int


_SIZES = (Sizes(3, 4, 64), Sizes(4, 6, 20))


class Run(NamedTuple):
    """Where a run reads and writes, and how long it may train."""

    source: Path
    """The data folder."""
    start: Path
    """The model to begin with."""
    out: Path
    work: Path
    """Where the checkpoint lies, from which a stopped run goes on."""
    log: Path
    minutes: float
    """Time for the steps; loading and looking at the fold come on top, some minutes an hour."""
    seed: int = 0


def endlessly(items: Sequence[Item], rng: random.Random) -> Iterator[Item]:
    """The items in random order, again and again."""
    while items:
        yield from rng.sample(items, len(items))


class Encoder:
    """The model while it is trained: texts → unit vectors, with gradients."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        # The fused attention is slower here: 3.1 s a step against 2.5.
        self.model = BertModel.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager"
        )
        self._mask = self.tokenizer.token_to_id("[MASK]")

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """float [n, dim], of unit length; texts are cut to MAX_TOKENS."""
        cut = self.tokenizer.encode_batch(list(texts))
        ids = [encoding.ids[: MAX_TOKENS - 1] + encoding.ids[-1:] for encoding in cut]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        # Texts of like length go together: padding would be a third of the work.
        parts = np.array_split(np.asarray(order), max(1, min(6, len(ids) // 12)))
        widths = [len(ids[part[-1]]) for part in parts]
        padded = [
            torch.tensor([ids[i] + [0] * (width - len(ids[i])) for i in part])
            for part, width in zip(parts, widths, strict=True)
        ]
        # One look-up: each would have a gradient of the whole table's size.
        flat = torch.cat([p.flatten() for p in padded])
        if self.model.training:
            flat = flat.masked_fill((torch.rand(flat.shape) < _MASKED) & (flat != 0), self._mask)
        embeddings = self.model.embeddings.word_embeddings(flat)
        vectors = []
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for batch, states in zip(
                padded, embeddings.split([p.numel() for p in padded]), strict=True
            ):
                mask = batch != 0
                states = states.view(*batch.shape, -1)
                states = self.model(inputs_embeds=states, attention_mask=mask).last_hidden_state
                summed = (states.float() * mask.unsqueeze(-1)).sum(1)
                vectors.append(normalize(summed, dim=-1))
        return torch.cat(vectors)[torch.tensor(np.argsort(order))]

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """The same without gradients, dropout or masks."""
        training = self.model.training
        self.model.eval()
        with torch.no_grad():
            found: np.ndarray = self(texts).numpy()
        self.model.train(training)
        return found

    def save(self, folder: Path) -> None:
        """Writes the sentence-transformers folder."""
        transplant.save(folder, self.tokenizer, self.model.state_dict())


def ranks(
    encode: Callable[[Sequence[str]], np.ndarray], texts: Sequence[Labelled]
) -> list[tuple[str, int]]:
    """(kind, rank of the first sentence that answers, from 0) of every question."""
    found = []
    for text in texts:
        if not text.questions:
            continue
        count = len(text.sentences)
        vectors = encode([*text.sentences, *(question for question, _, _ in text.questions)])
        for (_, kind, answers), vector in zip(text.questions, vectors[count:], strict=True):
            scores = vectors[:count] @ vector
            found.append((kind, int((scores > scores[list(answers)].max()).sum())))
    return found


def losses_of(
    encoder: Encoder, texts: Sequence[Labelled], pairs: Sequence[tuple[str, str]], taught: Tensor
) -> tuple[Tensor, Tensor]:
    """The loss of the texts' questions and that of the parallel sentences.

    The first is −log of the share that a question gives to its answering sentences among all the
    sentences. The second draws both languages to `taught`, the teacher's vectors of the English,
    and tells each pair from the others.
    """
    sentences = [sentence for text in texts for sentence in text.sentences]
    questions, gold, offset = [], [], 0
    for text in texts:
        for question, _, answers in text.questions:
            questions.append(question)
            gold.append([offset + number for number in answers])
        offset += len(text.sentences)
    groups = (sentences, questions, [pair[0] for pair in pairs], [pair[1] for pair in pairs])
    candidates, asked, english, chinese = encoder([t for group in groups for t in group]).split(
        [len(group) for group in groups]
    )
    scores = _SCALE * asked @ candidates.T
    right = torch.full_like(scores, -torch.inf)
    for row, numbers in enumerate(gold):
        right[row, numbers] = 0.0
    answers = (scores.logsumexp(1) - (scores + right).logsumexp(1)).mean()
    drawn = (1.5 - (chinese * taught).sum(1) - 0.5 * (english * taught).sum(1)).mean()
    told_apart = cross_entropy(_SCALE * chinese @ english.T, torch.arange(len(pairs)))
    return answers, drawn + 0.5 * told_apart


class Batches:
    """Draws what the steps take: every text is seen before one is seen again."""

    def __init__(self, run: Run, rng: random.Random) -> None:
        annotated = data.annotated_questions(run.source)
        court = [text for text in annotated if text.questions[0][1].startswith(_COURT)]
        others = [text for text in annotated if not text.questions[0][1].startswith(_COURT)]
        self.readers = endlessly(data.reader_questions(run.source, held_out=False), rng)
        self.annotated = endlessly(others + court[::_COURT_SHARE], rng)
        self.pairs = data.parallel_sentences(run.source)
        self.taught = _taught([english for english, _ in self.pairs], run.work / "taught.npy")
        self.numbers = endlessly(range(len(self.pairs)), rng)

    def draw(self, sizes: Sizes) -> tuple[list[Labelled], list[tuple[str, str]], Tensor]:
        """Texts with questions, parallel sentences, and the teacher's vectors of these."""
        texts = list(islice(self.readers, sizes.reader))
        texts += islice(self.annotated, sizes.annotated)
        numbers = list(islice(self.numbers, sizes.parallel))
        return texts, [self.pairs[i] for i in numbers], self.taught[numbers]


def _taught(texts: list[str], kept: Path) -> Tensor:
    """The teacher's vectors of the texts, computed once."""
    if not kept.exists():
        teacher = Encoder(transplant.teacher_folder())
        parts = [texts[i : i + 256] for i in range(0, len(texts), 256)]
        vectors = [teacher.vectors(part) for part in tqdm(parts, desc="the teacher's vectors")]
        np.save(kept, np.concatenate(vectors))
    return torch.from_numpy(np.load(kept))


class Trainer:
    """The model with its optimizer, and how far it has come."""

    def __init__(self, run: Run) -> None:
        self.encoder = Encoder(run.start)
        self.step, self.spent = 0, 0.0
        self._checkpoint = run.work / "checkpoint.pt"
        model = self.encoder.model
        model.train()
        self._mean = AveragedModel(model)
        self._table = model.embeddings.word_embeddings.weight
        self._layers = [
            p for n, p in model.named_parameters() if p is not self._table and "pooler" not in n
        ]
        pieces = self.encoder.tokenizer.get_vocab()
        self._english_rows = sum(not vocabulary.is_han(piece[0]) for piece in pieces)
        groups = [
            {"params": self._layers, "peak": _LAYER_RATE},
            {"params": [self._table], "peak": _EMBEDDING_RATE},
        ]
        self._optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
        if self._checkpoint.exists():
            saved = torch.load(self._checkpoint, weights_only=True)
            model.load_state_dict(saved["model"])
            self._mean.load_state_dict(saved["mean"])
            self._optimizer.load_state_dict(saved["optimizer"])
            self.step, self.spent = saved["step"], saved["spent"]

    def take(self, loss: Tensor, done: float) -> None:
        """One step down the loss, with the learning rate of a run of which `done` is behind."""
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * min(1, done / _WARM_UP + 0.02) * (1 - done)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._layers, 1.0)
        before = self._table.detach()[: self._english_rows].clone()
        self._optimizer.step()
        self._optimizer.zero_grad()
        with torch.no_grad():
            self._table[: self._english_rows].lerp_(before, 1 - _ENGLISH_SHARE)
        self.step += 1
        if done >= _AVERAGED_FROM and self.step % _AVERAGED_EVERY == 0:
            self._mean.update_parameters(self.encoder.model)

    def average(self) -> None:
        """Puts the mean of the weights in their place."""
        if self._mean.n_averaged:
            self.encoder.model.load_state_dict(self._mean.module.state_dict())

    def keep(self) -> None:
        """Writes the checkpoint; a stop half-way leaves the one before."""
        new = self._checkpoint.with_suffix(".new")
        states = {
            "model": self.encoder.model.state_dict(),
            "mean": self._mean.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }
        torch.save(states | {"step": self.step, "spent": self.spent}, new)
        new.replace(self._checkpoint)

    def finish(self, out: Path) -> None:
        """Writes the model; the checkpoint has done its work."""
        self.encoder.save(out)
        self._checkpoint.unlink(missing_ok=True)


def train(run: Run) -> None:
    """Trains `run.start` into `run.out`, going on from the checkpoint if there is one."""
    torch.manual_seed(run.seed)
    trainer = Trainer(run)
    batches = Batches(run, random.Random(run.seed + trainer.step))
    fold = data.reader_questions(run.source, held_out=True)
    losses: dict[str, list[float]] = {"answers": [], "parallel": []}
    total, kept = run.minutes * 60, trainer.spent
    bar = tqdm(total=round(total), initial=round(kept), unit="s", desc="training")
    if not trainer.step:
        _note(run.log, trainer, fold[:_FOLD_SAMPLE], losses)
    while trainer.spent < total:
        started = time.monotonic()
        done = trainer.spent / total
        answers, parallel = losses_of(trainer.encoder, *batches.draw(_SIZES[done >= _ALIGNMENT]))
        trainer.take(answers + parallel, done)
        losses["answers"].append(answers.item())
        losses["parallel"].append(parallel.item())
        trainer.spent += time.monotonic() - started
        bar.update(round(min(trainer.spent, total)) - bar.n)
        bar.set_postfix(step=trainer.step, answers=f"{np.mean(losses['answers'][-50:]):.3f}")
        if trainer.spent - kept > _CHECKPOINT_MINUTES * 60:
            kept = trainer.spent
            trainer.keep()
            _note(run.log, trainer, fold[:_FOLD_SAMPLE], losses)
    _note(run.log, trainer, fold, losses)
    trainer.average()
    _note(run.log, trainer, fold, losses)
    trainer.finish(run.out)


def _note(
    log: Path, trainer: Trainer, fold: Sequence[Labelled], losses: dict[str, list[float]]
) -> None:
    """Adds a line to the log: R@1 and R@3 on the fold, and the mean losses since the last one."""
    found = ranks(trainer.encoder.vectors, fold)
    cells = [f"step {trainer.step}", f"{trainer.spent / 60:.1f} min", f"{len(fold)} fold texts"]
    for kind in ("chinese", "english"):
        of = [rank for k, rank in found if k == kind]
        if of:
            cells.append(f"{kind} R@1 {recall(of, 1)[0]:.3f} R@3 {recall(of, 3)[0]:.3f}")
    for name, values in losses.items():
        if values:
            cells.append(f"{name} loss {np.mean(values):.3f}")
            values.clear()
    with log.open("a", encoding="utf-8") as lines:
        lines.write(", ".join(cells) + "\n")

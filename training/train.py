"""Trains the transplanted model: questions against sentences, and parallel sentences.

A step ranks every sentence of a few articles for every question about them (contrastive, several
right answers allowed), once by the texts' vectors and once by those of their tokens (late
interaction), and draws parallel sentences towards the teacher's vector of the English one. The
learning rate falls to zero over the steps. On a GPU if there is one.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm
from transformers import BertModel

from askarticle.evaluating.metrics import recall
from training import data, transplant, vocabulary
from training.data import Labelled

# Cosine × 20, the teacher's own temperature. The mean of each token's best cosine lies in a
# narrower range.
_SCALE, _LATE_SCALE = 20.0, 40.0
# Longer sentences are cut: one in a hundred has more tokens than 92.
MAX_TOKENS = 96
_LAYER_RATE, _EMBEDDING_RATE = 6e-5, 1.5e-3
_DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
# Half of the width where the processor has instructions for it; one without took 75 times as long.
_HALF = _DEVICE.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
# English rows are good already: they move this much as fast as the Chinese ones.
_ENGLISH_SHARE = 0.1
_WARM_UP = 0.03
# Tokens replaced by [MASK] while training. Without them the second round of the questions is learnt
# by heart: the loss on them fell from 1.4 to 0.4, with them and dropout to 0.6; on the fold the two
# came to the same (.652 and .658).
_MASKED = 0.1
# The weights kept are the mean over the rest of the run from here on, every ten steps. By itself it
# gains nothing, .709 against .711 of the fold's Chinese questions; the mean of two runs does.
_AVERAGED_FROM, _AVERAGED_EVERY = 0.5, 10
_CHECKPOINT_MINUTES = 10.0
_QUESTIONS = 10  # of a text in one step, drawn anew each time; some have 26
_FOLD_SAMPLE = 100  # about so many of its texts are looked at along the way
# Annotated questions are asked in Chinese alone: this share of them is asked by the dictionary's
# glosses of its words instead, so that English finds the literal facts of a Chinese text too.
_GLOSSED = 0.3
# Court documents have long sentences and questions of their own kind: one context in four is kept.
_COURT, _COURT_SHARE = "cail", 4

Item = TypeVar("Item")


class Sizes(NamedTuple):
    """What one step takes: texts with reader questions, annotated contexts, parallel sentences."""

    reader: int
    annotated: int
    parallel: int


# In the first part of a run parallel sentences get more room: new embeddings first have to mean
# something.
_SIZES, _ALIGNMENT = (Sizes(3, 4, 64), Sizes(5, 3, 16)), 0.25


class Run(NamedTuple):
    """Where a run reads and writes, and how long it may train."""

    source: Path
    """The data folder."""
    start: Path
    """The model to begin with."""
    out: Path
    """Where the model goes, and before it the checkpoint, from which a stopped run goes on."""
    taught: Path
    """The teacher's vectors, as `teach` writes them."""
    log: Path
    steps: int
    seed: int = 0


def endlessly(items: Sequence[Item], rng: random.Random) -> Iterator[Item]:
    """The items in random order, again and again."""
    while items:
        yield from rng.sample(items, len(items))


class States(NamedTuple):
    """Hidden states of n texts: groups of like length, each with the texts' numbers."""

    groups: list[tuple[Tensor, Tensor, Tensor]]
    """The texts' numbers, int [g]; states, float [g, width, dim]; which are tokens, bool."""

    def vectors(self) -> Tensor:
        """float [n, dim]: the texts' vectors, mean of their tokens', of unit length."""
        means = [
            normalize((states * mask.unsqueeze(-1)).sum(1), dim=-1)
            for _, states, mask in self.groups
        ]
        return torch.cat(means)[self._order()]

    def late_interaction(self, questions: "States") -> Tensor:
        """float [questions, n]: the mean, over a question's tokens, of the best cosine."""
        rows = []
        for _, asked, is_asked in questions.groups:
            count, width, dim = asked.shape
            flat = normalize(asked, dim=-1).reshape(-1, dim)
            best = []
            for _, states, mask in self.groups:
                cosines = flat @ normalize(states, dim=-1).reshape(-1, dim).T
                cosines = cosines.view(count, width, *mask.shape).masked_fill(~mask, -1.0)
                best.append(cosines.amax(-1))
            likest = torch.cat(best, dim=2)[:, :, self._order()] * is_asked.unsqueeze(-1)
            rows.append(likest.sum(1) / is_asked.sum(1, keepdim=True))
        return torch.cat(rows)[questions._order()]

    def _order(self) -> Tensor:
        return torch.argsort(torch.cat([numbers for numbers, _, _ in self.groups]))


class Encoder:
    """The model while it is trained: texts → the hidden states of their tokens, with gradients."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        # The fused attention is slower here: 3.1 s a step against 2.5.
        # Dropout brought nothing beside the masked tokens, and took a tenth of the time.
        self.model = BertModel.from_pretrained(
            folder,
            dtype=torch.float32,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        ).to(_DEVICE)
        self._mask = self.tokenizer.token_to_id("[MASK]")

    def __call__(self, *lists: Sequence[str]) -> list[States]:
        """The states of each list's texts, all looked up at once; texts are cut to MAX_TOKENS."""
        cut = self.tokenizer.encode_batch([text for texts in lists for text in texts])
        ids = [encoding.ids[: MAX_TOKENS - 1] + encoding.ids[-1:] for encoding in cut]
        owners, padded = [], []
        start = 0
        for owner, texts in enumerate(lists):
            lengths = np.asarray([len(i) for i in ids[start : start + len(texts)]])
            # Texts of like length go together: padding would be a third of the work.
            order = np.argsort(lengths, kind="stable")
            for part in np.array_split(order, max(1, min(6, len(texts) // 12))):
                width = lengths[part].max(initial=1)
                rows = [ids[start + i] + [0] * (width - lengths[i]) for i in part]
                owners.append((owner, torch.from_numpy(part).to(_DEVICE)))
                padded.append(torch.tensor(rows))
            start += len(texts)
        # One look-up: each would have a gradient of the whole table's size.
        flat = torch.cat([p.flatten() for p in padded])
        if self.model.training:
            flat = flat.masked_fill((torch.rand(flat.shape) < _MASKED) & (flat != 0), self._mask)
        flat = flat.to(_DEVICE)
        embeddings = self.model.embeddings.word_embeddings(flat)
        found: list[States] = [States([]) for _ in lists]
        with torch.autocast(_DEVICE.type, dtype=torch.bfloat16, enabled=_HALF):
            for (owner, part), batch, states in zip(
                owners, padded, embeddings.split([p.numel() for p in padded]), strict=True
            ):
                mask = (batch != 0).to(_DEVICE)
                states = states.view(*batch.shape, -1)
                states = self.model(inputs_embeds=states, attention_mask=mask).last_hidden_state
                found[owner].groups.append((part, states.float(), mask))
        return found

    def evaluated(self, *lists: Sequence[str]) -> list[States]:
        """The same without gradients, dropout or masks."""
        training = self.model.training
        self.model.eval()
        with torch.no_grad():
            found = self(*lists)
        self.model.train(training)
        return found

    def save(self, folder: Path) -> None:
        """Writes the sentence-transformers folder."""
        transplant.save(folder, self.tokenizer, self.model.state_dict())


def ranks(encoder: Encoder, texts: Sequence[Labelled]) -> list[tuple[str, int, int]]:
    """(kind, rank of the first sentence that answers, from 0, by vectors, and by the sum of both
    ways) of every question."""
    found = []
    for text in texts:
        if not text.questions:
            continue
        asked = [question for question, _, _ in text.questions]
        sentences, questions = encoder.evaluated(text.sentences, asked)
        dense = questions.vectors() @ sentences.vectors().T
        both = dense + sentences.late_interaction(questions)
        for row, (_, kind, answers) in enumerate(text.questions):
            places = [int((s[row] > s[row, list(answers)].max()).sum()) for s in (dense, both)]
            found.append((kind, places[0], places[1]))
    return found


def losses_of(
    encoder: Encoder, texts: Sequence[Labelled], pairs: Sequence[tuple[str, str]], taught: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The losses of the texts' questions, by vectors and by tokens, and of the parallel sentences.

    The first two are −log of the share that a question gives to its answering sentences among all
    the sentences. The third draws both languages to `taught`, the teacher's vectors of the
    English, and tells each pair from the others.
    """
    gold, offset = [], 0
    for text in texts:
        gold += [[offset + number for number in answers] for _, _, answers in text.questions]
        offset += len(text.sentences)
    sentences, questions, english, chinese = encoder(
        [sentence for text in texts for sentence in text.sentences],
        [question for text in texts for question, _, _ in text.questions],
        [pair[0] for pair in pairs],
        [pair[1] for pair in pairs],
    )
    dense = _SCALE * questions.vectors() @ sentences.vectors().T
    late = _LATE_SCALE * sentences.late_interaction(questions)
    right = torch.full_like(dense, -torch.inf)
    for row, numbers in enumerate(gold):
        right[row, numbers] = 0.0
    by_vectors, by_tokens = (
        (scores.logsumexp(1) - (scores + right).logsumexp(1)).mean() for scores in (dense, late)
    )
    left, other = english.vectors(), chinese.vectors()
    drawn = (1.5 - (other * taught).sum(1) - 0.5 * (left * taught).sum(1)).mean()
    told_apart = cross_entropy(_SCALE * other @ left.T, torch.arange(len(pairs), device=_DEVICE))
    return by_vectors, by_tokens, drawn + 0.5 * told_apart


class Batches:
    """Draws what the steps take: every text is seen before one is seen again."""

    def __init__(self, run: Run, rng: random.Random, tokenizer: Tokenizer) -> None:
        self._rng = rng
        self._plain = tokenizer.normalizer.normalize_str
        self._meanings = transplant.glosses(data.dictionary(run.source), self._plain)
        annotated = data.annotated_questions(run.source)
        court = [text for text in annotated if text.questions[0][1].startswith(_COURT)]
        others = [text for text in annotated if not text.questions[0][1].startswith(_COURT)]
        self.readers = endlessly(data.reader_questions(run.source, held_out=False), rng)
        self.annotated = endlessly(others + court[::_COURT_SHARE], rng)
        self.pairs = data.parallel_sentences(run.source)
        self.taught = torch.from_numpy(np.load(run.taught))
        self.numbers = endlessly(range(len(self.pairs)), rng)

    def draw(self, sizes: Sizes) -> tuple[list[Labelled], list[tuple[str, str]], Tensor]:
        """Texts with questions, parallel sentences, and the teacher's vectors of these."""
        texts = [self._some(text) for text in islice(self.readers, sizes.reader)]
        texts += map(self._glossed, islice(self.annotated, sizes.annotated))
        numbers = list(islice(self.numbers, sizes.parallel))
        return texts, [self.pairs[i] for i in numbers], self.taught[numbers].to(_DEVICE)

    def _glossed(self, text: Labelled) -> Labelled:
        """The text with some of its questions in the words of the dictionary."""
        asked = [
            (
                transplant.translated(self._plain(question), self._meanings)
                if self._rng.random() < _GLOSSED
                else question,
                kind,
                answers,
            )
            for question, kind, answers in text.questions
        ]
        return replace(text, questions=tuple(asked))

    def _some(self, text: Labelled) -> Labelled:
        """The text with at most `_QUESTIONS` of its questions."""
        if len(text.questions) <= _QUESTIONS:
            return text
        return replace(text, questions=tuple(self._rng.sample(text.questions, _QUESTIONS)))


def teach(source: Path, taught: Path) -> None:
    """Writes the teacher's vectors of the parallel sentences' English, float32 [n, dim]."""
    teacher = Encoder(transplant.teacher_folder())
    texts = [english for english, _ in data.parallel_sentences(source)]
    parts = [texts[i : i + 256] for i in range(0, len(texts), 256)]
    bar = tqdm(parts, desc="the teacher's vectors")
    vectors = [teacher.evaluated(part)[0].vectors() for part in bar]
    new = taught.with_name("new.npy")
    np.save(new, torch.cat(vectors).cpu().numpy())
    new.replace(taught)  # a stop half-way leaves nothing


class Trainer:
    """The model with its optimizer, and how far it has come."""

    def __init__(self, run: Run) -> None:
        self.encoder = Encoder(run.start)
        self.step, self.spent = 0, 0.0
        self._run = run
        self._checkpoint = run.out / "checkpoint.pt"
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
        self._optimizer = torch.optim.AdamW(groups, weight_decay=0.0, fused=True)
        if self._checkpoint.exists():
            saved = torch.load(self._checkpoint, map_location=_DEVICE, weights_only=True)
            model.load_state_dict(saved["model"])
            self._mean.load_state_dict(saved["mean"])
            self._optimizer.load_state_dict(saved["optimizer"])
            self.step, self.spent = saved["step"], saved["spent"]

    @property
    def title(self) -> str:
        """How far it has come, for the log."""
        return f"run {self._run.seed}; step {self.step}; {self.spent / 60:.1f} min"

    @property
    def done(self) -> float:
        """The part of the run that is behind."""
        return self.step / self._run.steps

    def take(self, loss: Tensor) -> None:
        """One step down the loss."""
        done = self.done
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
        self._checkpoint.parent.mkdir(parents=True, exist_ok=True)
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
    # What a run draws after a stop is neither what it drew before nor what another run draws.
    rng = random.Random(run.seed + 1_000 * trainer.step)
    batches = Batches(run, rng, trainer.encoder.tokenizer)
    fold = data.reader_questions(run.source, held_out=True)
    losses: dict[str, list[float]] = {"vectors": [], "tokens": [], "parallel": []}
    # An odd step: texts in two languages stand in turn.
    sample = fold[:: len(fold) // _FOLD_SAMPLE | 1]
    kept = trainer.spent
    bar = tqdm(total=run.steps, initial=trainer.step, desc=f"run {run.seed}", position=run.seed)
    if not trainer.step:
        _note(run.log, trainer.title, trainer.encoder, sample, losses)
    while trainer.step < run.steps:
        started = time.monotonic()
        found = losses_of(trainer.encoder, *batches.draw(_SIZES[trainer.done >= _ALIGNMENT]))
        trainer.take(sum(found))
        for name, loss in zip(losses, found, strict=True):
            losses[name].append(loss.item())
        trainer.spent += time.monotonic() - started
        bar.update()
        bar.set_postfix(tokens=f"{np.mean(losses['tokens'][-50:]):.3f}")
        if trainer.spent - kept > _CHECKPOINT_MINUTES * 60:
            kept = trainer.spent
            trainer.keep()
            _note(run.log, trainer.title, trainer.encoder, sample, losses)
    _note(run.log, trainer.title, trainer.encoder, fold, losses)
    trainer.average()
    _note(run.log, f"{trainer.title}, averaged", trainer.encoder, fold, losses)
    trainer.finish(run.out)


def average(runs: Sequence[Run], out: Path) -> None:
    """Writes the mean of the models of several runs to `out`."""
    states = [load_file(run.out / "model.safetensors") for run in runs]
    encoder = Encoder(runs[0].out)
    encoder.model.load_state_dict(
        {name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]}
    )
    fold = data.reader_questions(runs[0].source, held_out=True)
    _note(runs[0].log, f"mean of {len(runs)} runs", encoder, fold, {})
    encoder.save(out)


def _note(
    log: Path,
    title: str,
    encoder: Encoder,
    fold: Sequence[Labelled],
    losses: dict[str, list[float]],
) -> None:
    """Adds a line to the log: R@1 on the fold by vectors and by both ways, and the mean losses."""
    found = ranks(encoder, fold)
    cells = [title, f"{len(fold)} fold texts"]
    for kind in sorted({kind for kind, _, _ in found}):
        ways = [recall([f[way] for f in found if f[0] == kind], 1)[0] for way in (1, 2)]
        cells.append(f"{kind} R@1 {ways[0]:.3f}, with tokens {ways[1]:.3f}")
    for name, values in losses.items():
        if values:
            cells.append(f"{name} loss {np.mean(values):.3f}")
            values.clear()
    with log.open("a", encoding="utf-8") as lines:
        lines.write("; ".join(cells) + "\n")

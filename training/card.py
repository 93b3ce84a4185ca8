"""Writes the model card, the README.md of the model's folder.

`python -m training.card MODEL` writes it again, with the table of training/results.md if that was
measured on these very weights. It measures nothing.
"""

import argparse
import hashlib
from pathlib import Path

_HERE = Path(__file__).parent
_CARD = """\
---
language: [zh, en]
license: cc-by-sa-4.0
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---

# The built-in encoder of askarticle

Chinese and English sentences and questions → 384-dimensional unit vectors; the inner product of a
question and the sentence that answers it is high, also from one language to the other. It is made
for one task: ranking the sentences of one article for a reader's question, on a CPU, offline.

```python
from sentence_transformers import SentenceTransformer

vectors = SentenceTransformer("src/askarticle/model").encode(["谁付这笔钱?", "Who pays for it?"])
```

Six BERT layers of 384 dimensions, 256 tokens at most, mean pooling; no prefix is needed. Its token
vectors (`output_value="token_embeddings"`, made unit length) serve late interaction as they are:
the mean, over the question's tokens, of the likest token's cosine. Half precision on disk, single
precision in memory. No custom code, no pickle.

## What it is made of

- Layers, positions and English word pieces: all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0).
- Chinese word pieces: each began as the mean embedding of its gloss in CC-CEDICT (release of
  2020-10-18, CC BY-SA 4.0). Which words are pieces was counted with jieba.
- Training: reader questions written for this project on Chinese and English texts (news,
  encyclopedia, commentary, technical articles, statutes, talks, reports); CMRC2018 train and trial
  (CC BY-SA 4.0), DRCD train, a slice (CC BY-SA 3.0), DuReader-robust and -checklist (Apache-2.0),
  CAIL2019 reading comprehension (no licence stated); parallel sentences of Tatoeba (CC BY 2.0 FR)
  and WMT21–23 (no licence stated). CRUD_RAG news, LCTT's translations (Apache-2.0) and public
  sentence pairs served only for counting words.

CC-CEDICT, CMRC2018 and DRCD are share-alike: **the weights are CC BY-SA 4.0**. The code around
them is Apache-2.0.

## How it was trained

The Chinese vocabulary was transplanted, then trained: every sentence of a step's
articles is a candidate for every question about them (log of the summed share of the answering
sentences, cosine × 20, and by late interaction of the tokens, × 40), three in ten annotated
questions by the dictionary's glosses of their words, and parallel sentences are drawn to the
teacher's vector of the English.
Learning rate 6e-5 for the layers and 1.5e-3 for the embeddings (a tenth of that for English rows).
The weights are the mean of two runs from the same start, each with masked tokens and itself a mean
over its second half; training/README.md tells the whole story. One text in five of the
reader questions was left out, and the model was chosen on it. The last line of the log, on that
fold:

    {log}

## Measured

{results}

## Limits

- The tokenizer lowers case and strips accents; traditional characters become simplified ones
  before anything else, with what that conflates (乾 and 干, 著 and 着).
- A Chinese character outside GB 2312 that the training texts don't hold is one unknown token; the
  characters around it are read. Scripts other than Latin, Greek, Cyrillic, kana and Chinese are
  unknown.
- A cosine says which sentence is likeliest, not whether the article answers at all: a question on
  the topic that the article leaves open scores about as high as one that it answers.
- Texts are cut after 256 tokens, some 350 Chinese characters. It was trained on single sentences
  of written news and encyclopedias; chats, verse and classical Chinese were not among them.
- Names are told apart worse than meanings: exact words should be searched beside it.
"""


def weights_sha256(folder: Path) -> str:
    """The SHA-256 of a model folder's weights."""
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def write(folder: Path, log: Path, results: Path = _HERE / "results.md") -> None:
    """Writes `folder`/README.md; the numbers are left out if they belong to other weights."""
    measured = results.read_text(encoding="utf-8").strip() if results.exists() else ""
    if weights_sha256(folder) not in measured:
        measured = "Not measured yet: `askarticle evaluate FILE…` prints the numbers."
    lines = log.read_text(encoding="utf-8").strip().splitlines()
    last = [line for line in lines if line.startswith("mean of")][-1]
    card = _CARD.format(log=last.replace("; ", "\n    "), results=measured)
    (folder / "README.md").write_text(card, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    write(parser.parse_args().model, _HERE / "log.txt")


if __name__ == "__main__":
    main()

"""The index: articles, their passages, terms and one unit vector a passage, in memory and on disk.

The only place that imports faiss. Search is exact. It encodes only what it is built of, and ranks
nothing.
"""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from askarticle import store
from askarticle.article import Article, Removed
from askarticle.encoder import Encoder, Progress, Vectors
from askarticle.errors import IndexDamaged, IndexMismatch, ReadError
from askarticle.late_interaction import TokenCache
from askarticle.lexical import LexicalIndex
from askarticle.passages import Passages, split

_BLOCK = 8192  # passages encoded before their vectors join the index: 12 MB


@dataclass(frozen=True, eq=False)
class PassageIndex:
    """Articles, the passages of all of them in order, and their vectors. Never changed in place."""

    articles: tuple[Article, ...]
    passages: Passages
    lexical: LexicalIndex
    encoder_name: str
    encoder_fingerprint: str
    _faiss: Any

    @classmethod
    def build(
        cls,
        articles: Sequence[Article],
        encoder: Encoder,
        progress: Progress | None = None,
        reuse: "PassageIndex | None" = None,
        *,
        tokens: TokenCache | None = None,
    ) -> "PassageIndex":
        """Split and encode; what `reuse`, an older index, has of the same texts is taken from it.

        Vectors of another encoder are not. `tokens`, of the same encoder, keeps those of a small
        collection. Raises ReadError for no articles, or one without a word in it.
        """
        if reuse is not None and not reuse.is_of(encoder):
            reuse = None
        table, old_rows = _split(articles, reuse)
        passages = Passages([article.text for article in articles], table)
        lexical = _count(passages, reuse, old_rows)
        flat = _encode(passages, tokens or encoder, encoder.dimension, progress, reuse, old_rows)
        return cls(tuple(articles), passages, lexical, encoder.name, encoder.fingerprint, flat)

    @classmethod
    def joined(cls, indexes: Sequence["PassageIndex"]) -> "PassageIndex":
        """One index over the articles of several made by the same encoder; nothing is encoded."""
        tables, articles = [], tuple(article for index in indexes for article in index.articles)
        before = 0
        for index in indexes:
            tables.append(index.passages.table + np.array([before, 0, 0, 0], np.int32))
            before += len(index.articles)
        passages = Passages([article.text for article in articles], np.concatenate(tables))
        lexicals = [index.lexical for index in indexes]
        places = np.split(np.arange(len(passages)), np.cumsum([len(i) for i in indexes])[:-1])
        lexical = LexicalIndex.joined(list(zip(lexicals, places, strict=True)))
        vectors = [index._faiss.reconstruct_n(0, len(index)) for index in indexes]
        encoder = indexes[0].encoder_name, indexes[0].encoder_fingerprint
        return cls(articles, passages, lexical, *encoder, _flat(np.concatenate(vectors)))

    def __len__(self) -> int:
        return len(self.passages)

    @cached_property
    def article_rows(self) -> tuple[range, ...]:
        """For each article the rows of its passages, in `passages` and in the vectors."""
        starts = self.passages.starts.tolist()
        return tuple(map(range, starts[:-1], starts[1:]))

    def nearest(self, vector: Vectors, count: int, rows: range) -> NDArray[np.int64]:
        """The rows, among these, of the `count` passages likest to a unit vector, unsorted."""
        import faiss

        if len(rows) <= count:
            return np.arange(rows.start, rows.stop)
        among = faiss.IDSelectorRange(rows.start, rows.stop)
        within = faiss.SearchParameters(sel=among)  # type: ignore[call-arg] # made by SWIG
        found: NDArray[np.int64] = self._faiss.search(vector[None], count, params=within)[1][0]
        return found[found >= 0]

    def similarity(self, vector: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine of each row with a unit vector: float32 [len(rows)], -1 to 1."""
        similarity: NDArray[np.float32] = self._faiss.reconstruct_batch(rows) @ vector
        return similarity

    def save(self, folder: str | Path) -> None:
        """Write it as the folder's new generation (see `askarticle.store`)."""
        words = io.BytesIO()
        np.savez(words, allow_pickle=False, **self.lexical.arrays())
        store.save(
            Path(folder),
            {
                "articles.jsonl": _lines(
                    {**asdict(article), "removed": [list(r) for r in article.removed]}
                    for article in self.articles
                ),
                "passages.npy": _npy(self.passages.table),
                "vectors.npy": _npy(_vectors(self._faiss)),
                "words.npz": words.getbuffer(),
            },
            {
                "encoder": {"name": self.encoder_name, "fingerprint": self.encoder_fingerprint},
                "dimension": self._faiss.d,
                "articles": len(self.articles),
                "passages": len(self.passages),
                "sources": [article.source for article in self.articles],
            },
        )

    @classmethod
    def load(cls, folder: str | Path) -> "PassageIndex":
        """Read a folder's generation; nothing of it is used before it is checked.

        Raises IndexStoreError or one of its kinds.
        """
        manifest, files = store.load(Path(folder))
        try:
            articles = tuple(map(_article, _rows(files["articles.jsonl"])))
            texts = [article.text for article in articles]
            passages = Passages(texts, _array(files["passages.npy"]))
            flat = _flat(_array(files.pop("vectors.npy")))
            with np.load(io.BytesIO(files["words.npz"])) as words:
                lexical = LexicalIndex.from_arrays(words)
            consistent = (
                (len(articles), len(passages)) == (manifest["articles"], manifest["passages"])
                and (flat.ntotal, flat.d) == (len(passages), manifest["dimension"])
                and len(lexical) == len(passages)
                and passages.fit()
            )
            encoder = manifest["encoder"]
            names = encoder["name"], encoder["fingerprint"]
        except (
            AttributeError,
            BadZipFile,
            EOFError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise IndexDamaged(
                f"the index in {folder} is not one that askarticle wrote ({error}): "
                f"build it again with `askarticle index SOURCE --out {folder}`"
            ) from error
        if not consistent:
            raise IndexDamaged(
                f"the passages in {folder} don't match its articles, terms and vectors: "
                f"build it again with `askarticle index SOURCE --out {folder}`"
            )
        return cls(articles, passages, lexical, *names, flat)

    def is_of(self, encoder: Encoder) -> bool:
        """Whether `encoder` is the one that made the vectors."""
        return (self.encoder_fingerprint, self._faiss.d) == (encoder.fingerprint, encoder.dimension)

    def check_encoder(self, encoder: Encoder) -> None:
        """Raise IndexMismatch unless `encoder` is the one that made the vectors."""
        if not self.is_of(encoder):
            raise IndexMismatch(
                f"the index was made by the encoder {self.encoder_name!r} "
                f"({self.encoder_fingerprint[:12]}, {self._faiss.d} dimensions), not by "
                f"{encoder.name!r} ({encoder.fingerprint[:12]}, {encoder.dimension} dimensions): "
                "re-index with `askarticle index`, or choose the encoder with --encoder"
            )


def _split(
    articles: Sequence[Article], reuse: PassageIndex | None
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The table of the articles' passages, and the row of each in `reuse`, or -1."""
    known = {article.text: i for i, article in enumerate(reuse.articles)} if reuse else {}
    tables, old_rows = [], []
    for number, article in enumerate(articles):
        if reuse and article.text in known:
            rows = reuse.article_rows[known[article.text]]
            table = reuse.passages.table[rows.start : rows.stop].copy()
            table[:, 0] = number
            old_rows.append(np.arange(rows.start, rows.stop))
        else:
            found = split(article.text)
            if not found:
                raise ReadError(f"the article {article.name!r} has no text to search")
            table = np.array([(number, p.start, p.end, p.paragraph) for p in found], np.int32)
            old_rows.append(np.full(len(found), -1))
        tables.append(table)
    if not tables:
        raise ReadError("there is no article to index")
    return np.concatenate(tables), np.concatenate(old_rows)


def _count(
    passages: Passages, reuse: PassageIndex | None, old_rows: NDArray[np.int64]
) -> LexicalIndex:
    """The passages' terms: those with a row in `reuse` from there, the others counted."""
    if reuse is None:
        return LexicalIndex(passage.text for passage in passages)
    places = np.full(len(reuse), -1)
    places[old_rows[old_rows >= 0]] = np.flatnonzero(old_rows >= 0)
    is_new = np.ones(len(passages), bool)
    is_new[places[places >= 0]] = False  # of a text that comes twice, one remains
    new = np.flatnonzero(is_new)
    counted = LexicalIndex(passages[row].text for row in new.tolist())
    return LexicalIndex.joined([(reuse.lexical, places), (counted, new)])


def _encode(
    passages: Passages,
    encoder: Encoder | TokenCache,
    dimension: int,
    progress: Progress | None,
    reuse: PassageIndex | None,
    old_rows: NDArray[np.int64],
) -> Any:
    """The passages' vectors in FAISS: those with a row in `reuse` from there, the others made."""
    flat = _flat(np.empty((0, dimension), np.float32))
    flat.codes.resize(len(passages) * dimension * 4)  # grown by adding, it would be held twice
    flat.ntotal = len(passages)
    vectors = _vectors(flat)
    done, total = 0, int((old_rows < 0).sum())
    for start in range(0, len(passages), _BLOCK):
        block, old = vectors[start : start + _BLOCK], old_rows[start : start + _BLOCK]
        if reuse:
            block[old >= 0] = reuse._faiss.reconstruct_batch(old[old >= 0])
        texts = [passages[start + int(row)].text for row in np.flatnonzero(old < 0)]
        if texts:
            block[old < 0] = encoder.encode(texts, _part_of(progress, done, total))
            done += len(texts)
    return flat


def _part_of(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Reports a part of longer work, of which `before` steps were done."""
    return progress and (lambda done, _: progress(before + done, total))


def _flat(vectors: Vectors) -> Any:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


def _vectors(index: Any) -> Vectors:
    """The vectors that FAISS holds, in place: float32 [n, dimension]."""
    import faiss

    vectors: Vectors = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
    return vectors.reshape(index.ntotal, index.d)


def _npy(array: NDArray[Any]) -> memoryview:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getbuffer()


def _array(content: bytes) -> NDArray[Any]:
    """The array in the bytes of an .npy file, which it shares: np.load would copy them."""
    file = io.BytesIO(content)
    np.lib.format.read_magic(file)
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape)


def _lines(rows: Iterable[Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _rows(content: bytes) -> Iterable[Any]:
    return map(json.loads, content.decode().split("\n")[:-1])  # splitlines() would cut at U+2028


def _article(row: dict[str, Any]) -> Article:
    return Article(**{**row, "removed": [Removed(*removed) for removed in row["removed"]]})

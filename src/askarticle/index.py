"""The index: articles, their passages and one unit vector a passage, in memory and on disk.

The only place that imports faiss. Search is exact. It doesn't encode and doesn't rank by words.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from askarticle import store
from askarticle.article import Article, Removed
from askarticle.encoder import Encoder, Progress, Vectors
from askarticle.errors import IndexDamaged, IndexMismatch, ReadError
from askarticle.passages import Passage, split


@dataclass(frozen=True)
class PassageIndex:
    """Articles, the passages of all of them in order, and their vectors. Never changed in place."""

    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]
    article_rows: tuple[range, ...]
    """For each article the rows of its passages, in `passages` and in the vectors."""
    encoder_name: str
    encoder_fingerprint: str
    _faiss: Any

    @classmethod
    def build(
        cls, articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None
    ) -> "PassageIndex":
        """Split and encode. Raises ReadError for no articles, or one without a word in it."""
        passages: list[Passage] = []
        article_rows = []
        for article in articles:
            found = split(article.text)
            if not found:
                raise ReadError(f"the article {article.name!r} has no text to search")
            article_rows.append(range(len(passages), len(passages) + len(found)))
            passages += found
        if not passages:
            raise ReadError("there is no article to index")
        vectors = encoder.encode([passage.text for passage in passages], progress)
        return cls(
            tuple(articles),
            tuple(passages),
            tuple(article_rows),
            encoder.name,
            encoder.fingerprint,
            _flat(vectors),
        )

    @classmethod
    def joined(cls, indexes: Sequence["PassageIndex"]) -> "PassageIndex":
        """One index over the articles of several made by the same encoder; nothing is encoded."""
        vectors = [index._faiss.reconstruct_n(0, len(index)) for index in indexes]
        starts = np.cumsum([0, *map(len, indexes)]).tolist()
        return cls(
            tuple(article for index in indexes for article in index.articles),
            tuple(passage for index in indexes for passage in index.passages),
            tuple(
                range(rows.start + start, rows.stop + start)
                for start, index in zip(starts, indexes, strict=False)
                for rows in index.article_rows
            ),
            indexes[0].encoder_name,
            indexes[0].encoder_fingerprint,
            _flat(np.concatenate(vectors)),
        )

    def __len__(self) -> int:
        return len(self.passages)

    def nearest(self, vector: Vectors, count: int, rows: range) -> NDArray[np.int64]:
        """The rows, among these, of the `count` passages likest to a unit vector, best first."""
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
        import faiss

        counts = [len(rows) for rows in self.article_rows]
        owners = np.repeat(np.arange(len(counts)), counts).tolist()
        store.save(
            Path(folder),
            {
                "articles.jsonl": _lines(
                    {**asdict(article), "removed": [list(r) for r in article.removed]}
                    for article in self.articles
                ),
                "passages.jsonl": _lines(
                    {"article": owner, **asdict(passage)}
                    for owner, passage in zip(owners, self.passages, strict=True)
                ),
                "vectors.faiss": faiss.serialize_index(self._faiss).tobytes(),
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
        """Read a folder's generation; nothing of it reaches FAISS before it is checked.

        Raises IndexStoreError or one of its kinds.
        """
        import faiss

        manifest, files = store.load(Path(folder))
        try:
            articles = tuple(
                Article(
                    **{
                        **row,
                        "removed": [Removed(*removed) for removed in row["removed"]],
                    }
                )
                for row in _rows(files["articles.jsonl"])
            )
            owners: list[int] = []
            passages = []
            for row in _rows(files["passages.jsonl"]):
                owners.append(row.pop("article"))
                passages.append(Passage(**row))
            flat = faiss.deserialize_index(np.frombuffer(files["vectors.faiss"], np.uint8))
            bounds = np.searchsorted(owners, np.arange(len(articles) + 1)).tolist()
            consistent = (
                (len(articles), len(passages)) == (manifest["articles"], manifest["passages"])
                and (flat.ntotal, flat.d) == (len(passages), manifest["dimension"])
                and owners == sorted(owners)
                and all(
                    articles[owner].text[passage.start : passage.end] == passage.text
                    for owner, passage in zip(owners, passages, strict=True)
                )
            )
            encoder = manifest["encoder"]
            names = encoder["name"], encoder["fingerprint"]
        except (KeyError, TypeError, ValueError, IndexError, RuntimeError) as error:
            raise IndexDamaged(
                f"the index in {folder} is not one that askarticle wrote ({error}): "
                f"build it again with `askarticle index SOURCE --out {folder}`"
            ) from error
        if not consistent:
            raise IndexDamaged(
                f"the passages in {folder} don't match its articles and vectors: "
                f"build it again with `askarticle index SOURCE --out {folder}`"
            )
        article_rows = tuple(map(range, bounds[:-1], bounds[1:]))
        return cls(articles, tuple(passages), article_rows, *names, flat)

    def check_encoder(self, encoder: Encoder) -> None:
        """Raise IndexMismatch unless `encoder` is the one that made the vectors."""
        if self.encoder_fingerprint != encoder.fingerprint or self._faiss.d != encoder.dimension:
            raise IndexMismatch(
                f"the index was made by the encoder {self.encoder_name!r} "
                f"({self.encoder_fingerprint[:12]}, {self._faiss.d} dimensions), not by "
                f"{encoder.name!r} ({encoder.fingerprint[:12]}, {encoder.dimension} dimensions): "
                "re-index with `askarticle index`, or choose the encoder with --encoder"
            )


def _flat(vectors: Vectors) -> Any:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


def _lines(rows: Any) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _rows(content: bytes) -> Any:
    return map(json.loads, content.decode().split("\n")[:-1])  # splitlines() would cut at U+2028

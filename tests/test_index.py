"""The index in memory and on disk, and the one that is committed."""

import io
import json

import numpy as np
import pytest
from conftest import INDEX, PAGE, WordEncoder

from askarticle import Article, IndexDamaged, IndexMismatch, ReadError, Retriever, read, store
from askarticle.index import PassageIndex

ARTICLES = [
    Article("红花开在山上。白鸟飞过河流。\n\n孩子在树下读书。", title="山", source="a.txt"),
    Article("The red flower stands on the hill. A white bird flies.\u2028It rains.", title="Hill"),
]


@pytest.fixture
def index(words) -> PassageIndex:
    return PassageIndex.build(ARTICLES, words)


def test_rows_belong_to_their_articles(index):
    assert [list(rows) for rows in index.article_rows] == [[0, 1, 2], [3, 4, 5]]
    for article, rows in zip(index.articles, index.article_rows, strict=True):
        for row in rows:
            passage = index.passages[row]
            assert article.text[passage.start : passage.end] == passage.text


def test_similarity_is_the_cosine(index, words):
    vector = words.encode(["白鸟"])[0]
    wanted = words.encode([p.text for p in index.passages]) @ vector
    assert index.similarity(vector, np.arange(6)) == pytest.approx(wanted, abs=1e-6)


def test_nearest_is_exact_and_stays_in_its_rows(words):
    texts = [f"第{n}句话说的是{n * n}和{n % 7}" for n in range(200)]
    index = PassageIndex.build([Article("。\n".join(texts))], words)
    vector = words.encode(["第49句话说的是7"])[0]
    similarity = words.encode([p.text for p in index.passages]) @ vector
    found = index.nearest(vector, 5, range(50, 150))
    assert set(found) <= set(range(50, 150))
    best = np.sort(similarity[50:150])[::-1][:5]
    assert similarity[found] == pytest.approx(best, abs=1e-6)


def test_saved_and_loaded_it_is_the_same(index, tmp_path):
    index.save(tmp_path)
    loaded = PassageIndex.load(tmp_path)
    assert loaded.articles == index.articles
    assert loaded.passages == index.passages
    assert loaded.article_rows == index.article_rows
    vector = WordEncoder().encode(["红花"])[0]
    rows = np.arange(6)
    assert np.array_equal(loaded.similarity(vector, rows), index.similarity(vector, rows))


def test_the_manifest_says_what_is_in_it(index, tmp_path):
    index.save(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["encoder"] == {"name": "words", "fingerprint": "fingerprint of words"}
    assert (manifest["dimension"], manifest["articles"], manifest["passages"]) == (64, 2, 6)
    assert manifest["sources"] == ["a.txt", ""]


def test_fault_4_another_encoder_is_told_with_both(index, tmp_path):
    index.save(tmp_path)
    for other in (WordEncoder("others"), WordEncoder("words", dimension=32)):
        with pytest.raises(IndexMismatch, match=rf"'words'.* 64 .*'{other.name}'.*re-index"):
            Retriever.load(tmp_path, encoder=other)


def resave(folder, name, change):
    """Save the index again with one file changed, its checksums right."""
    manifest, files = store.load(folder)
    files[name] = change(files[name])
    store.save(folder, files, {k: v for k, v in manifest.items() if k not in ("format", "files")})


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def with_value(row: int, column: int, value: int):
    def change(table):
        table = table.copy()
        table[row, column] = value
        return table

    return change


OTHER_PASSAGES = {
    "one too few": lambda table: table[:-1],
    "one too many": lambda table: np.concatenate([table, table[-1:]]),
    "another order": lambda table: table[::-1],
    "an article too many": with_value(5, 0, 2),
    "an article without any": lambda table: np.concatenate([table[:3]] * 2),
    "before the text": with_value(0, 1, -1),
    "beyond the text": with_value(5, 2, 999),
    "nothing in it": with_value(1, 2, 0),
    "over the next": with_value(0, 2, 9),
    "other columns": lambda table: table[:, :3],
    "no table": lambda table: table[0],
    "objects": lambda table: table.astype(object),
}


@pytest.mark.parametrize("change", OTHER_PASSAGES.values(), ids=OTHER_PASSAGES.keys())
def test_fault_31_passages_that_dont_match_are_refused(index, tmp_path, change):
    index.save(tmp_path)
    changed = npy(change(index.passages.table))
    resave(tmp_path, "passages.npy", lambda content: changed)
    with pytest.raises(IndexDamaged, match="askarticle index"):
        PassageIndex.load(tmp_path)


def test_fault_31_vectors_that_dont_match_are_refused(index, tmp_path):
    for vectors in (np.ones((5, 64), np.float32), np.ones((6, 32), np.float32)):
        index.save(tmp_path)
        resave(tmp_path, "vectors.npy", lambda content, v=vectors: npy(v))
        with pytest.raises(IndexDamaged, match="vectors"):
            PassageIndex.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"lengths": np.ones(5, np.int32)},
        {"terms": np.frombuffer("一\n二".encode(), np.uint8)},
        {"starts": np.zeros(3, np.int64)},
        {"counts": np.ones(2, np.uint16)},
        {"rows": np.full(2, -1, np.int32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_fault_31_terms_that_dont_match_are_refused(index, tmp_path, change):
    index.save(tmp_path)
    file = io.BytesIO()
    np.savez(file, **{**index.lexical.arrays(), **change})
    resave(tmp_path, "words.npz", lambda content: file.getvalue())
    with pytest.raises(IndexDamaged, match=r"terms|texts"):
        PassageIndex.load(tmp_path)


@pytest.mark.parametrize("name", ["passages.npy", "vectors.npy", "words.npz", "articles.jsonl"])
def test_fault_31_a_file_of_another_kind_is_refused(index, tmp_path, name):
    for content in (b"", b"{}\n", b"\x93NUMPY\x01\x00", b"PK\x03\x04" + bytes(100)):
        index.save(tmp_path)
        resave(tmp_path, name, lambda _, c=content: c)
        with pytest.raises(IndexDamaged, match="askarticle index"):
            PassageIndex.load(tmp_path)


@pytest.mark.parametrize(
    "row",
    ['{"text": 5, "removed": []}', '{"text": "a", "title": null, "removed": []}', "[" * 10**5],
)
def test_fault_31_articles_of_another_shape_are_refused(index, tmp_path, row):
    index.save(tmp_path)
    resave(tmp_path, "articles.jsonl", lambda content: row.encode() + b"\n")
    with pytest.raises(IndexDamaged, match="askarticle index"):
        PassageIndex.load(tmp_path)


def test_fault_31_a_missing_article_is_refused(index, tmp_path):
    index.save(tmp_path)
    resave(tmp_path, "articles.jsonl", lambda content: content.split(b"\n")[0] + b"\n")
    with pytest.raises(IndexDamaged):
        PassageIndex.load(tmp_path)


@pytest.mark.parametrize(
    "articles", [[], [Article("")], [ARTICLES[0], Article("。！", title="空")]]
)
def test_nothing_to_index(articles, words):
    with pytest.raises(ReadError):
        PassageIndex.build(articles, words)


def test_fault_2_one_flipped_bit_in_the_bundled_index_is_refused(tmp_path):
    for path in INDEX.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    path = next(tmp_path.glob("vectors-*"))
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexDamaged, match=path.name):
        Retriever.load(tmp_path)


def test_the_bundled_index_is_what_its_page_gives_today(bundled):
    committed = PassageIndex.load(INDEX)
    built = PassageIndex.build([read(PAGE)], bundled._encoder)
    assert committed.passages == built.passages
    assert committed.articles[0].text == built.articles[0].text
    rows = np.arange(len(built))
    difference = committed._faiss.reconstruct_batch(rows) - built._faiss.reconstruct_batch(rows)
    assert np.abs(difference).max() < 1e-3

"""The index in memory and on disk, and the one that is committed."""

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
    rows = [json.loads(line) for line in files[name].decode().split("\n")[:-1]]
    files[name] = "".join(json.dumps(row) + "\n" for row in change(rows)).encode()
    store.save(folder, files, {k: v for k, v in manifest.items() if k not in ("format", "files")})


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[:-1],
        lambda rows: [*rows, rows[-1]],
        lambda rows: rows[::-1],
        lambda rows: [{**rows[0], "text": "别的"}, *rows[1:]],
        lambda rows: [{**rows[0], "start": 1}, *rows[1:]],
        lambda rows: [{**rows[0], "article": 9}, *rows[1:]],
        lambda rows: [{**rows[0], "colour": "red"}, *rows[1:]],
        lambda rows: [{}, *rows[1:]],
    ],
)
def test_fault_31_passages_that_dont_match_are_refused(index, tmp_path, change):
    index.save(tmp_path)
    resave(tmp_path, "passages.jsonl", change)
    with pytest.raises(IndexDamaged, match="askarticle index"):
        PassageIndex.load(tmp_path)


def test_fault_31_a_missing_article_is_refused(index, tmp_path):
    index.save(tmp_path)
    resave(tmp_path, "articles.jsonl", lambda rows: rows[:1])
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

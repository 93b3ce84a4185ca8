"""Many sources: what of a folder is read, what is skipped, and what an update does again."""

import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder

from askarticle import Article, ReadError, Retriever, index, lexical, read, reading, store
from askarticle.collection import gather
from askarticle.index import PassageIndex
from askarticle.lexical import terms
from askarticle.passages import split
from askarticle.reading import fetch as fetching
from askarticle.reading.kinds import Page

BIRDS = "白鸟飞过河流，孩子在树下读书。老人数了数，一共有五十二只羊。山下有一条河。\n"
BUSES = "The bus stops at noon on weekdays. The bridge is closed until the end of May.\n"
SCHOOL = (
    "<html><body><p>市里今年新建了三所小学，共有一百二十个班。校长说，九月开学。</p></body></html>"
)


@pytest.fixture
def folder(tmp_path):
    """A folder as people have them: articles, and much else."""
    top = tmp_path / "news"
    for name, content in {
        "b.txt": BIRDS.encode(),
        "a.html": SCHOOL.encode(),
        "2026/buses.md": BUSES.encode("utf-16"),
        "2026/without-a-suffix": "昨天的雨下了一整天，河水涨了两米。".encode(),
        "empty.txt": b"",
        "junk.bin": bytes(range(256)) * 20,
        "a_files/advert.html": b"<p>Buy this wonderful thing today. It is cheap.</p>",
        "style.css": b"p { color: red }",
        ".hidden": BIRDS.encode(),
        ".git/readme.txt": BIRDS.encode(),
    }.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(content)
    return top


def relative(sources, folder):
    return [os.path.relpath(source, folder) for source in sources]


def test_a_folder_stands_for_its_articles_sorted(folder):
    found = gather([str(folder)])
    wanted = ["a.html", "b.txt", "2026/buses.md", "2026/without-a-suffix"]
    assert relative(found.added, folder) == wanted
    assert [article.source for article in found.articles] == found.added
    assert "三所小学" in found.articles[0].text and found.articles[2].text == BUSES.strip()
    skipped = dict(zip(relative(found.skipped, folder), found.skipped.values(), strict=True))
    assert skipped.keys() == {"empty.txt", "junk.bin", "style.css"}
    for name, why in {"empty.txt": "empty", "junk.bin": "not a text", "style.css": ".css"}.items():
        assert why in skipped[name] and str(folder / name) in skipped[name]


def test_links_are_no_way_round(folder):
    (folder / "loop").symlink_to(folder)
    (folder / "again.txt").symlink_to(folder / "b.txt")
    (folder / "nowhere.txt").symlink_to(folder / "missing")
    found = gather([str(folder)])
    assert relative(found.added, folder)[:2] == ["a.html", "again.txt"]
    assert len(found.added) == 4 and not any("b.txt" in source for source in found.skipped)


def test_only_regular_files_are_opened(folder):
    os.mkfifo(folder / "pipe")  # opening one would wait for ever
    assert len(gather([str(folder)]).added) == 4


def test_an_index_among_the_files_is_no_article(folder, words):
    retriever = Retriever.build(gather([str(folder)]).articles, encoder=words)
    retriever.save(folder / "2026")
    retriever.save(folder / "out")
    assert gather([str(folder)], without=folder / "out").articles == list(retriever.articles)


def test_a_folder_that_cant_be_opened_is_told(folder, monkeypatch):
    real = os.scandir

    def scandir(path):
        if str(path).endswith("2026"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = gather([str(folder)])
    assert relative(found.added, folder) == ["a.html", "b.txt"]
    assert "Permission denied" in found.skipped[str(folder / "2026")]


def test_a_folder_that_may_be_listed_and_not_entered_is_told(folder, monkeypatch):
    real = Path.stat

    def stat(path, **options):
        if path.parent.name == "2026":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    found = gather([str(folder)])
    assert relative(found.added, folder) == ["a.html", "b.txt"]
    assert "Permission denied" in found.skipped[str(folder / "2026/buses.md")]


def test_each_file_is_read_once_and_a_named_one_whatever_its_name(folder):
    style = folder / "style.css"
    style.write_text(BUSES)
    found = gather([str(folder / "b.txt"), str(folder), str(style), str(folder / "b.txt")])
    assert relative(found.added, folder) == [
        "b.txt", "a.html", "2026/buses.md", "2026/without-a-suffix",
    ]  # fmt: skip
    assert "same text as" in found.skipped[str(style)]  # as buses.md


def test_a_text_that_was_there_before_is_skipped_and_told(folder):
    shutil.copy(folder / "b.txt", folder / "copy.txt")
    found = gather([str(folder)])
    why = found.skipped[str(folder / "copy.txt")]
    assert str(folder / "b.txt") in why and len(found.articles) == 4


def test_a_fault_of_ours_in_one_file_costs_no_other(folder, monkeypatch):
    real = reading.kind_of

    def kind_of(content):
        if content == BIRDS.encode():
            raise RecursionError("too deep")
        return real(content)

    monkeypatch.setattr(reading, "kind_of", kind_of)
    found = gather([str(folder)])
    assert len(found.articles) == 3 and "too deep" in found.skipped[str(folder / "b.txt")]


def test_progress_reaches_the_end(folder):
    seen = []
    gather([str(folder)], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 6) for n in range(1, 7)]


def counted(monkeypatch) -> list[bytes]:
    """The contents that are read as articles from now on."""
    contents, real = [], reading.kind_of
    monkeypatch.setattr(
        reading, "kind_of", lambda content: contents.append(content) or real(content)
    )
    return contents


def update(retriever, found, encoder=None):
    return Retriever.build(found.articles, reuse=retriever, encoder=encoder)


def postings(retriever: Retriever) -> dict[str, list[list[int]]]:
    """For each term the passages that hold it and how often, and the lengths of all under ""."""
    arrays = retriever._index.lexical.arrays()
    found = arrays["terms"].tobytes().decode().split("\n")
    lists = [np.split(arrays[name], arrays["starts"][1:-1]) for name in ("rows", "counts")]
    pairs = ([rows.tolist(), counts.tolist()] for rows, counts in zip(*lists, strict=True))
    return dict(zip(found, pairs, strict=True)) | {"": [arrays["lengths"].tolist()]}


def assert_as_fresh(updated: Retriever, found) -> None:
    """Passages, vectors, terms and answers are those of an index that is built from nothing."""
    fresh = Retriever.build(found.articles, encoder=WordEncoder())
    assert updated.articles == fresh.articles
    assert updated._index.passages == fresh._index.passages
    rows = np.arange(len(fresh._index))
    assert updated._index.article_rows == fresh._index.article_rows
    vectors = [made._index._faiss.reconstruct_batch(rows) for made in (updated, fresh)]
    assert np.array_equal(*vectors)
    assert postings(updated) == postings(fresh)
    for question in ("河水涨了多少", "When does the bus stop?", "有几只羊"):
        assert updated.retrieve(question, k=9) == fresh.retrieve(question, k=9)


def test_an_update_reads_and_encodes_only_what_changed(folder, tmp_path, words, monkeypatch):
    first = gather([str(folder)])
    Retriever.build(first.articles, encoder=words).save(tmp_path / "index")
    old = Retriever.load(tmp_path / "index", encoder=words)
    (folder / "b.txt").write_text("红花开在山上。" + BIRDS)
    (folder / "2026/buses.md").unlink()
    (folder / "c.txt").write_text("The new library opens on Monday. It holds nine thousand books.")
    contents, encoded = counted(monkeypatch), len(words.calls)
    terms_of: list[str] = []
    monkeypatch.setattr(lexical, "terms", lambda text: terms_of.append(text) or terms(text))
    found = gather([str(folder)], known=old.articles)
    new = update(old, found)
    assert relative(found.added, folder) == ["c.txt"]
    assert relative(found.changed, folder) == ["b.txt"]
    assert relative(found.unchanged, folder) == ["a.html", "2026/without-a-suffix"]
    assert found.removed == [str(folder / "2026/buses.md")]
    # What was skipped has no known article, so it is tried again.
    names = ("b.txt", "c.txt", "empty.txt", "junk.bin")
    assert sorted(contents) == sorted((folder / name).read_bytes() for name in names)
    changed = (folder / "b.txt").read_text().strip(), (folder / "c.txt").read_text()
    passages = [p.text for text in changed for p in split(text)]
    assert words.calls[encoded:] == [passages] and terms_of == passages
    assert_as_fresh(new, found)


def test_an_update_of_nothing_reads_and_encodes_nothing(folder, words, monkeypatch):
    for name in ("empty.txt", "junk.bin"):
        (folder / name).unlink()
    old = Retriever.build(gather([str(folder)]).articles, encoder=words)
    contents, encoded = counted(monkeypatch), len(words.calls)
    found = gather([str(folder)], known=old.articles)
    assert len(found.unchanged) == 4 and found.articles == list(old.articles)
    new = update(old, found)
    assert contents == [] and len(words.calls) == encoded
    assert_as_fresh(new, found)


def test_a_source_that_can_no_longer_be_read_is_dropped_and_told(folder):
    known = gather([str(folder)]).articles
    (folder / "b.txt").write_bytes(b"")
    found = gather([str(folder)], known=known)
    assert "no longer in the index" in found.skipped[str(folder / "b.txt")]
    assert found.removed == [] and len(found.articles) == 3


def test_an_address_whose_server_is_down_keeps_its_article(folder, monkeypatch):
    url = "http://example.org/birds"
    birds, text = folder / "b.txt", BIRDS

    def fetch(address):
        if not text:
            raise ReadError("the address answers 502 (Bad Gateway), not a page")
        return Page(text.encode(), address)

    monkeypatch.setattr(fetching, "fetch", fetch)
    birds.unlink()
    known = gather([url, str(folder)]).articles
    text = ""
    found = gather([url, str(folder)], known=known)
    assert found.articles == known and found.removed == [] and len(found.unchanged) == 3
    assert "502" in found.skipped[url] and "article in the index is kept" in found.skipped[url]
    birds.write_text(BIRDS)  # its text has another source now
    found = gather([str(folder), url], known=known)
    assert found.added == [str(birds)] and len(found.articles) == 4
    assert "no longer in the index" in found.skipped[url]
    text = BUSES  # as 2026/buses.md
    found = gather([str(folder / "2026"), url], known=known)
    assert "same text" in found.skipped[url] and "no longer in the index" in found.skipped[url]


def test_a_renamed_file_is_read_but_not_encoded(folder, words):
    old = Retriever.build(gather([str(folder)]).articles, encoder=words)
    (folder / "b.txt").rename(folder / "z.txt")
    encoded = len(words.calls)
    found = gather([str(folder)], known=old.articles)
    new = update(old, found)
    assert len(words.calls) == encoded
    assert_as_fresh(new, found)
    assert str(folder / "z.txt") in [article.source for article in new.articles]
    assert relative(found.removed, folder) == ["b.txt"]


def test_another_encoder_encodes_everything_anew(folder, words):
    old = Retriever.build(gather([str(folder)]).articles, encoder=words)
    for other in (WordEncoder("others"), WordEncoder("words", dimension=32)):
        found = gather([str(folder)], known=old.articles)
        new = update(old, found, encoder=other)
        assert other.calls == [[p.text for article in old.articles for p in split(article.text)]]
        assert new._index.is_of(other)


def test_another_way_of_reading_reads_again(folder, monkeypatch):
    path = str(folder / "b.txt")
    known = read(path)
    assert read(path, known=known) is known
    assert read(path, known=known, clean=False) is not known
    assert read(path, known=known, keep=[1]) is not known
    assert read(str(folder / "a.html"), known=known).source == str(folder / "a.html")
    monkeypatch.setattr(reading, "_version", lambda: "the next version")
    assert read(path, known=known) is not known


@pytest.fixture(scope="module")
def large() -> list[Article]:
    return [
        Article(
            "".join(
                f"第{n}号村庄在第{line}年收了{(n * 7919 + line * 31) % 9973}吨粮食，"
                f"village {n} had {n % 89} wells. "
                for line in range(10)
            ),
            title=f"Village {n}",
        )
        for n in range(300)
    ]


NEW = Article(
    "青山镇的图书馆在第777号村庄旁边。The new library has 41 rooms and 9000 books.", "New"
)


def test_fault_33_a_new_article_in_a_large_collection_ranks_as_in_a_fresh_index(large):
    old = Retriever.build(large, encoder=(encoder := WordEncoder(dimension=1024)))
    assert len(old.articles) == 300 and old.passage_count == 3000
    updated = Retriever.build([*large, NEW], reuse=old)
    assert encoder.calls[-1] == [passage.text for passage in split(NEW.text)]
    fresh = Retriever.build([*large, NEW], encoder=WordEncoder(dimension=1024))
    for question in ("图书馆在哪里", "How many rooms are in the library?", "777号村庄旁边有什么"):
        hits = updated.retrieve(question, k=5)
        assert hits == fresh.retrieve(question, k=5)
        assert hits[0].article == NEW
    alone = Retriever.build(NEW, encoder=WordEncoder(dimension=1024))
    within = updated.retrieve("library rooms", article=NEW)
    for hit, wanted in zip(within, alone.retrieve("library rooms"), strict=True):
        assert hit.passage == wanted.passage and hit.score == pytest.approx(wanted.score, abs=1e-5)


def test_fault_33_with_the_built_in_encoder(bundled):
    """Batches of other lengths change a vector's last digits, and nothing that is seen."""
    texts = [BIRDS, BUSES, NEW.text]
    old = Retriever.build([*bundled.articles, *map(Article, texts[:2])], encoder=bundled._encoder)
    articles = [*old.articles, Article(NEW.text)]
    updated, fresh = (Retriever.build(articles, reuse=reuse) for reuse in (old, None))
    for question in ("How many rooms does the library have?", "专项经费拨了多少?"):
        hits, wanted = (retriever.retrieve(question, k=5) for retriever in (updated, fresh))
        assert [hit.passage for hit in hits] == [hit.passage for hit in wanted]
        assert [h.score for h in hits] == pytest.approx([h.score for h in wanted], abs=1e-4)


def test_work_in_blocks_gives_what_work_at_once_does(large, monkeypatch):
    old = Retriever.build(large[5:15], encoder=WordEncoder())
    whole = Retriever.build(large[:20], encoder=WordEncoder())
    monkeypatch.setattr(index, "_BLOCK", 7)
    monkeypatch.setattr(lexical, "_BLOCK", 3)
    encoder, seen = WordEncoder(), []
    parts = Retriever.build(
        large[:20], reuse=old, encoder=encoder, progress=lambda *step: seen.append(step)
    )
    assert sum(map(len, encoder.calls)) == 100 and max(map(len, encoder.calls)) == 7
    assert [total for _, total in seen] == [100] * len(encoder.calls)
    assert [done for done, _ in seen] == np.cumsum([len(call) for call in encoder.calls]).tolist()
    rows = np.arange(200)
    vectors = [made._index._faiss.reconstruct_batch(rows) for made in (parts, whole)]
    assert np.array_equal(*vectors)
    assert postings(parts) == postings(whole)


def test_an_update_in_any_order_with_repeats_and_what_is_joined_have_the_terms_of_a_fresh_index(
    large,
):
    old, other = (Retriever.build(part, encoder=WordEncoder()) for part in (large[:9], large[7:12]))
    articles = [large[20], *large[8:4:-1], NEW, *large[6:8], large[0]]
    fresh = Retriever.build(articles, encoder=WordEncoder())
    assert postings(Retriever.build(articles, reuse=old)) == postings(fresh)
    both = Retriever.build([*large[:9], *large[7:12]], encoder=WordEncoder())
    assert postings(Retriever.joined([old, other])) == postings(both)


def test_one_of_many_articles(large):
    retriever = Retriever.build(large, encoder=WordEncoder())
    for article in (large[0], large[150], large[299]):
        hits = retriever.retrieve("多少吨粮食", k=5, article=article)
        assert [hit.article for hit in hits] == [article] * 5
        alone = Retriever.build(article, encoder=WordEncoder()).retrieve("多少吨粮食", k=5)
        assert [hit.passage for hit in hits] == [hit.passage for hit in alone]
        assert [h.score for h in hits] == pytest.approx([h.score for h in alone], abs=1e-5)


def test_a_large_collection_is_saved_and_loaded_the_same(large, tmp_path):
    saved = Retriever.build(large, encoder=WordEncoder())
    saved.save(tmp_path)
    loaded = Retriever.load(tmp_path, encoder=WordEncoder())
    for question in ("第288号村庄收了多少吨", "How many wells had village 77?"):
        assert loaded.retrieve(question, k=20) == saved.retrieve(question, k=20)


def test_passages_are_those_that_split_gives(large, words):
    passages = PassageIndex.build(large[:3], words).passages
    wanted = [passage for article in large[:3] for passage in split(article.text)]
    assert list(passages) == wanted and passages[-1] == wanted[-1]
    assert passages[5:45:3] == tuple(wanted[5:45:3])
    with pytest.raises(IndexError):
        passages[len(wanted)]


def test_other_passages_or_terms_raise_the_format():
    """An index holds those of its time: a question's terms must be made as they were.

    If this fails, raise store.FORMAT, make index/ anew, and put the new values here.
    """
    text = (
        BIRDS + BUSES + "“真的吗？”他问。2023年3月5日，AI 占３．５％，1,200人。臺灣的Ｇ20。\n"
        "U.S. Sen. Lee's plan cost $3.5 million; it failed. Don't!"
    )
    made = [(p.start, p.end, p.paragraph, terms(p.text)) for p in split(text)]
    digest = hashlib.sha256(repr(made).encode()).hexdigest()[:16]
    assert (store.FORMAT, digest) == (2, "17f3731d3bfd39d5")

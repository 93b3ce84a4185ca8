"""Readers' own articles: held apart, put back, joined with what is served; errors as they read."""

import ast
import asyncio
import contextlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import askarticle
from askarticle import Article, QuestionError, ReadError, Retriever
from askarticle.evaluating import datasets
from askarticle.reading import kinds
from askarticle.web import desk as desks
from askarticle.web import feedback, originals, progress, sessions, views
from askarticle.web.desk import Desk
from askarticle.web.errors import CHINESE, say
from askarticle.web.sessions import NotHere, Sessions, key_of
from askarticle.web.source import Source

SERVED = Article("白鸟每天飞过河流。\n它们二月回来。", "河")
OWN = Article("A white bird sings. It sings at night.", "Song")


@pytest.fixture
def served(words):
    return Retriever.build(SERVED, encoder=words)


@pytest.fixture
def session(served):
    return Sessions(lambda: served)["a" * 32]


def test_an_own_article_is_asked_alone_and_with_the_others(session):
    key = session.add(lambda keep: OWN)
    assert list(session.articles.values()) == [OWN, SERVED]
    assert {hit.article.name for hit in session.ask("white bird", 9, key).hits} == {"Song"}
    assert session.ask("白鸟河流", 2).hits[0].article == SERVED
    assert {hit.article.name for hit in session.ask("white 白鸟", 9).hits} == {"Song", "河"}


def test_joined_they_rank_as_if_they_had_been_indexed_together(session, words):
    session.add(lambda keep: OWN)
    together = Retriever.build([SERVED, OWN], encoder=words)
    for question in ("white bird", "白鸟河流", "二月"):
        expected = [(h.passage, round(h.score, 5)) for h in together.retrieve(question, 4)]
        hits = session.ask(question, 4, talk=question).hits
        assert [(h.passage, round(h.score, 5)) for h in hits] == expected


def test_beside_a_large_collection_the_surest_passages_of_both_come_first(session, monkeypatch):
    monkeypatch.setattr(sessions, "_JOINED_UP_TO", 0)
    session.add(lambda keep: OWN)
    reply = session.ask("white 白鸟", 3)
    hits = reply.hits
    assert not reply.found or reply.text in hits[0].passage.text
    assert {hit.article.name for hit in hits} == {"Song", "河"}
    assert [h.confidence for h in hits] == sorted((h.confidence for h in hits), reverse=True)


def test_each_talk_keeps_its_topic(session, monkeypatch):
    monkeypatch.setattr(sessions, "_MAX_TALKS", 2)
    session.ask("白鸟河流?", 1, talk="one")
    session.ask("二月?", 1, talk="two")
    assert session.ask("为什么?", 1, talk="one").carried == "白鸟河流?"
    assert session.ask("为什么?", 1, talk="two").carried == "二月?"
    session.ask("二月?", 1, talk="three")
    assert session.ask("为什么?", 1, talk="one").carried == ""  # the longest unused


def test_another_session_doesnt_have_it(served):
    both = Sessions(lambda: served)
    key = both["a" * 32].add(lambda keep: OWN)
    with pytest.raises(NotHere):
        both["b" * 32].ask("white bird", 3, key)


def test_lines_put_back_take_the_place_of_the_article(session):
    def source(keep):
        return Article("One line. " + " ".join(f"Line {n} again." for n in sorted(keep)))

    first = session.add(source)
    second = session.add(source, {3, 7}, instead=first)
    assert "Line 7 again." in session.articles[second].text
    assert first not in session.articles and session.own(second).kept == {3, 7}


def test_what_fails_changes_nothing(session):
    key = session.add(lambda keep: OWN)
    with pytest.raises(ReadError):
        session.add(lambda keep: Article("?!"), instead=key)
    assert session.ask("white bird", 1, key).hits[0].article == OWN


def test_there_are_limits(session, served, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_OWN", 1)
    monkeypatch.setattr(sessions, "MAX_OWN_PASSAGES", 2)
    with pytest.raises(ReadError, match="3 sentences, and at most 2"):
        session.add(lambda keep: Article("First one here.\nSecond one here.\nThird one here."))
    session.add(lambda keep: OWN)
    with pytest.raises(ReadError, match="at most 1 article"):
        session.add(lambda keep: SERVED)
    monkeypatch.setattr(sessions, "_MAX_SESSIONS", 2)
    all_sessions = Sessions(lambda: served)
    first = all_sessions["a" * 32]
    for key in ("b" * 32, "c" * 32):
        all_sessions[key]
    assert all_sessions["a" * 32] is not first


def test_of_too_many_sessions_those_without_articles_go_first(served, monkeypatch):
    monkeypatch.setattr(sessions, "_MAX_SESSIONS", 3)
    all_sessions = Sessions(lambda: served)
    first, second, third = (all_sessions[letter * 32] for letter in "abc")
    first.add(lambda keep: OWN)
    with second.adding:  # is about to have one
        fourth = all_sessions["d" * 32]
        assert [all_sessions[letter * 32] for letter in "abd"] == [first, second, fourth]
        assert all_sessions["c" * 32] is not third
    assert all_sessions["d" * 32] is not fourth
    assert all_sessions["a" * 32] is first


def test_two_articles_are_read_at_a_time_whoever_brought_them(served):
    together = threading.Barrier(3)

    def source(keep):
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(0.5)
        return OWN

    readers = [Sessions(lambda: served)[letter * 32] for letter in "abc"]
    with ThreadPoolExecutor(3) as pool:
        assert len({*pool.map(lambda reader: reader.add(source), readers)}) == 1
    assert together.broken  # or all three would have met


def test_a_new_index_reaches_a_page_when_it_is_opened_again(served, words):
    current = [served]
    both = Sessions(lambda: current[0])
    both["a" * 32].add(lambda keep: OWN)
    current[0] = Retriever.build(Article("蓝鲸游过大海。", "海"), encoder=words)
    assert [a.name for a in both["a" * 32].articles.values()] == ["Song", "河"]
    assert [a.name for a in both.opened("a" * 32).articles.values()] == ["Song", "海"]
    assert both["a" * 32].ask("蓝鲸大海", 1).hits[0].article.name == "海"


def test_a_rating_names_a_range_of_its_article(tmp_path):
    with pytest.raises(QuestionError):
        feedback.write(tmp_path / "f", OWN, "q", (5, 500), good=True)
    assert not (tmp_path / "f").exists()
    feedback.write(tmp_path / "f", OWN, "问", (0, 5), good=True)
    feedback.write(tmp_path / "f", OWN, "问", (0, 5), good=False)
    assert len((tmp_path / "f").read_text(encoding="utf-8").splitlines()) == 2
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600


SID = "a" * 32


def send(desk: Desk, op: str, **data: object) -> dict:
    """The last message that a page gets for one of its own."""
    return [*desk.shelf({"id": 1, "sid": SID, "op": op, **data})][-1]


def test_ratings_are_labels_of_which_the_last_counts(served, tmp_path):
    file = tmp_path / "f.jsonl"
    desk = Desk(Source(served), feedback_file=file)
    rating = {"key": key_of(SERVED), "question": "鸟?", "start": 0, "end": 10}
    for good in (True, False, True):
        assert send(desk, "rate", **rating, found=True, good=good)["done"] == {}
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3
    for good in (True, False):
        send(desk, "rate", **rating | {"question": "鱼?"}, found=False, good=good)
    send(desk, "rate", **rating | {"question": "猫?"}, found=False, good=True)
    (item,) = datasets.read(file)
    assert [(q.text, q.kind, q.gold, q.wrong, q.is_unanswerable) for q in item.questions] == [
        ("鸟?", "rated", ((0, 10),), (), False),
        ("鱼?", "rated-down", (), (), False),  # it is there, but where isn't known
        ("猫?", "rated", (), (), True),
    ]


def test_an_article_of_ones_own_is_never_written_down(served, tmp_path):
    desk = Desk(Source(served), feedback_file=tmp_path / "f.jsonl")
    key = send(desk, "add", text=OWN.text)["done"]["article"]["key"]
    said = send(desk, "rate", key=key, question="bird", start=0, end=5, found=True, good=True)
    assert "isn't rated" in said["error"]["en"] and "不评分" in said["error"]["zh"]
    assert not (tmp_path / "f.jsonl").exists()


def test_two_readers_can_upload_the_same_file(served, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    (tmp_path / "song.txt").write_text(OWN.text, encoding="utf-8")  # Gradio's path is its content's
    desk = Desk(Source(served))
    for sid in ("a" * 32, "b" * 32):
        said = send(desk, "add", sid=sid, file=str(tmp_path / "song.txt"))
        assert said["done"]["article"]["own"], said


def test_sources_are_held_while_lines_can_be_put_back_within_a_limit(served, monkeypatch):
    monkeypatch.setattr(originals, "_HELD", 600)
    desk = Desk(Source(served))
    assert send(desk, "add", text=OWN.text)["done"]["article"]["removed_count"] == 0
    texts = [f"# Bird {n}\n\nA white bird sings at night, and number {n} does." for n in range(9)]
    keys = [send(desk, "add", text=text)["done"]["article"]["key"] for text in texts]
    said = send(desk, "keep", key=keys[0], all=True)["error"]
    assert "kept no more" in said["en"] and "重新添加" in said["zh"]
    kept = send(desk, "keep", key=keys[-1], all=True)["done"]["article"]
    assert kept["removed_count"] == 0 and kept["paragraphs"][0][0][2] == "# Bird 8"
    assert send(desk, "keep", key=kept["key"], all=True)["done"]["article"] == kept


def test_who_waits_for_an_article_is_told_that_it_is_read_on(served, monkeypatch):
    monkeypatch.setattr(desks, "_LOOK_EVERY", 0.01)
    monkeypatch.setattr(progress, "_SILENT", 0.01)
    desk = Desk(Source(served))
    go = threading.Event()
    monkeypatch.setattr(originals, "read_text", lambda text, keep: go.wait(60) and OWN)
    adding = desk.shelf({"id": 1, "sid": SID, "op": "add", "text": "…"})

    async def wait() -> list[dict]:
        messages = []
        async for message in desk.wait({"id": 2, "sid": SID}):
            messages.append(message)
            if len(messages) == 2:
                go.set()
        return messages

    assert [next(adding)["progress"]["total"] for _ in range(3)] == [0, 0, 0]
    *steps, last = asyncio.run(wait())
    assert [step["progress"]["done"] for step in steps] == [*range(1, len(steps) + 1)]
    assert last["done"]["article"]["own"] and not last["done"]["reading"]
    assert [*adding][-1]["done"]["article"] == last["done"]["article"]


def test_a_page_that_is_loaded_again_shows_the_article_that_it_showed(served):
    desk = Desk(Source(served))
    own = send(desk, "add", text=OWN.text)["done"]["article"]["key"]
    for asked, shown in ((key_of(SERVED), key_of(SERVED)), ("gone", own), ("", own)):
        assert send(desk, "hello", key=asked)["done"]["article"]["key"] == shown
    assert send(desk, "hello")["done"]["article"]["key"] == own


def test_all_lines_come_back_though_the_page_is_shown_a_part(served, monkeypatch):
    monkeypatch.setattr(views, "MAX_REMOVED_SHOWN", 1)
    desk = Desk(Source(served))
    body = "<p>白鸟每天飞过河流，从不停下来休息。</p><p>它们二月才会回到这里来过春天。</p>"
    page = f"<html><nav>首页</nav><article><h1>鸟</h1>{body}</article><footer>版权所有</footer>"
    article = send(desk, "add", text=page)["done"]["article"]
    assert article["removed_count"] == 3 and len(article["removed"]) == 1
    article = send(desk, "keep", key=article["key"], all=True)["done"]["article"]
    assert article["removed_count"] == 0
    assert {"首页", "鸟", "版权所有"} <= {t for p in article["paragraphs"] for _, _, t in p}


def test_keys_tell_articles_apart():
    assert key_of(OWN) == key_of(Article(OWN.text, OWN.title)) != key_of(Article(OWN.text))


PACKAGE = Path(askarticle.__file__).parent
NO_READER_MEETS = re.compile(
    r"^it is 1(, but 1)?$|^1 can't be read( as an article)?: 1$"  # around another message
    r"|use read_text|is a folder|there is no file|1 can't be opened"  # of paths; no page sends one
    r"|a question is a text|number of passages|not in this index"
)


def written(node: ast.AST) -> list[str]:
    """The texts that an argument can be, with 1 for what is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(p.value if isinstance(p, ast.Constant) else "1" for p in parts)]
        case ast.IfExp(body=one, orelse=other):
            return written(one) + written(other)
    return []


def messages(*files: Path) -> list[str]:
    """What the errors say that these sources make, and what the kinds of files that are refused."""
    calls = [
        call
        for file in files
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and call.args
        if re.search("Error$|TooComplex|NotHere", ast.unparse(call.func))
    ]
    refused = [*kinds._REFUSED.values(), *kinds._OTHER_ZIPPED.values(), kinds._MEDIA]
    return [f"it is {what}" for what in refused] + [
        text for call in calls for text in written(call.args[0])
    ]


def test_what_a_reader_can_be_told_is_told_in_chinese_too():
    web = [PACKAGE / "web" / name for name in ("desk.py", "originals.py", "sessions.py")]
    told = messages(PACKAGE / "retriever.py", *web, *(PACKAGE / "reading").glob("*.py"))
    assert len(told) > 60
    for message in told:
        if not NO_READER_MEETS.search(message):
            assert not say(ReadError(message))["zh"].startswith("没能做到"), message


def test_every_chinese_message_belongs_to_one_that_can_be_raised():
    """So none outlives its message, and a message that is worded anew is missed here."""
    told = messages(*PACKAGE.rglob("*.py"))
    for pattern, chinese in CHINESE:
        assert any(re.search(pattern, message) for message in told), pattern
        assert re.search("[\u4e00-\u9fff]", chinese)


@pytest.mark.parametrize(
    ("error", "chinese", "english"),
    [
        (
            "http://10.0.0.1/ can't be read: the address leads to 10.0.0.1, which isn't on the "
            "public internet: save the page as a file and give its path",
            "内网",
            "The address leads to 10.0.0.1",
        ),
        ("the page can't be read as an article: it is empty", "没有文字", "It is empty."),
        ("something unforeseen", "something unforeseen", "Something unforeseen."),
    ],
)
def test_an_error_is_said_in_both_languages(error, chinese, english):
    said = say(ReadError(error))
    assert chinese in said["zh"].lower() and said["en"].startswith(english)
    assert "path" not in said["en"]

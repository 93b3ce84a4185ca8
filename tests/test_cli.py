"""The command line, as a user runs it: what it prints, where, and with which exit code."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import INDEX, PAGE

from askarticle import Article, Hit, Reply, Retriever, cli
from askarticle.passages import Passage

OFFICER = "谁是青岛二十六中教育集团的负责人?"


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = cli.main(list(map(str, arguments)))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_index_then_ask(tmp_path, capsys):
    code, out, err = run(capsys, "index", PAGE, "--out", tmp_path / "index")
    assert (code, err) == (0, "") and "1 article(s), 16 passages" in out
    code, out, err = run(capsys, "ask", OFFICER, "--index", tmp_path / "index")
    assert (code, err) == (0, "")
    first = out.splitlines()[0]
    assert first.startswith("1. [¶4, ") and "孙晓梅" in first
    assert len(out.splitlines()) == 3


def test_ask_a_file_and_print_json(capsys):
    code, out, _ = run(capsys, "ask", OFFICER, "--source", PAGE, "-k", 1, "--json")
    reply = json.loads(out)
    assert code == 0 and reply["found"] is True and reply["question"] == OFFICER
    assert [hit["rank"] for hit in reply["hits"]] == [1] and "孙晓梅" in reply["text"]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("怎么做红烧肉?", "文中没有直接提到"),
        ("How do I cook spaghetti?", "The article doesn't say"),
    ],
)
def test_exit_code_1_when_the_article_doesnt_say(capsys, question, says):
    code, out, err = run(capsys, "ask", question, "--index", INDEX)
    assert (code, err) == (1, "") and out.startswith(says)


def test_what_sources_hold_commands_no_terminal(capsys):
    strange = "\x1b]0;x\x07\x9b2J\u202e\u2066\x7f"
    article = Article(f"The {strange} zoo opens.", title=f"Zoo{strange}")
    passage = Passage(article.text, 0, len(article.text), number=0, paragraph=1)
    whole = (passage.start, passage.end)
    hit = Hit(passage, article, 1, confidence=0.5, marks=[], answer=whole, share=(0.5, 0.5))
    cli._print_reply(Reply("When?", True, 0.5, [hit], article.text), many=True)
    out, _ = capsys.readouterr()
    assert out == "1. [¶1 Zoo ]0;x 2J, 50%] The ]0;x 2J zoo opens.\n"
    shown = cli._as_json({"text": f"动物园{strange}"})
    assert json.loads(shown) == {"text": f"动物园{strange}"} and "动物园" in shown
    assert all(char == "\n" or char.isprintable() for char in shown)


NEWS = {
    "zoo.txt": "The zoo has nine elephants. The youngest elephant was born in May.",
    "library.txt": "The new library opens on Monday. It holds nine thousand books.",
    "school.txt": "市里今年新建了三所小学，一共有一百二十个班。校长说，新学校九月开学。",
}


@pytest.fixture
def news(tmp_path, monkeypatch):
    """A folder of articles, two bad files among them; beside it, the folder where we are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    for name, text in NEWS.items():
        (tmp_path / "news" / name).write_text(text)
    (tmp_path / "news" / "empty.txt").write_bytes(b"")
    (tmp_path / "news" / "photo.jpg").write_bytes(b"\xff\xd8\xff" + bytes(50))
    return tmp_path / "news"


SKIPPED = """\
askarticle: skipped: news/empty.txt can't be read as an article: it is empty
askarticle: skipped: news/photo.jpg can't be read as an article: it is a picture, a sound or a \
film, not an article
askarticle: 2 of 5 sources skipped
"""


def test_a_folder_is_indexed_and_what_is_no_article_reported(news, capsys):
    code, out, err = run(capsys, "index", "news", "--out", "index")
    assert (code, out, err) == (0, "index: 3 article(s), 6 passages\n", SKIPPED)
    code, out, err = run(capsys, "ask", "How many books does the library hold?", "--index", "index")
    assert (code, err) == (0, "") and "nine thousand" in out.splitlines()[0]
    assert "news/library.txt" in out.splitlines()[0]
    # And without an index.
    code, out, _ = run(capsys, "ask", "新学校几月开学?", "-k", 1, "--source", "news")
    assert code == 0 and "九月开学" in out


def test_one_bad_source_of_several_stops_nothing(news, capsys):
    code, out, err = run(
        capsys, "index", "missing.txt", "news/zoo.txt", "file:///etc/passwd", "--out", "index"
    )
    assert (code, out) == (0, "index: 1 article(s), 2 passages\n")
    told = err.splitlines()
    assert len(told) == 3 and told[2] == "askarticle: 2 of 3 sources skipped"
    assert "there is no file 'missing.txt'" in told[0] and "only http and https" in told[1]


def test_exit_code_2_and_no_index_if_every_source_is_bad(news, capsys):
    for sources in (["missing.txt", "news/empty.txt"], ["bad"]):
        (news.parent / "bad").mkdir(exist_ok=True)
        (news.parent / "bad" / "empty.txt").write_bytes(b"")
        code, out, err = run(capsys, "index", *sources, "--out", "index")
        assert (code, out) == (2, "") and "no article in what was given" in err.splitlines()[-1]
        assert err.count("skipped: ") == len(sources) and not (news.parent / "index").exists()


def update(capsys, *arguments: object) -> tuple[int, list[str], str]:
    code, out, err = run(capsys, "index", "news", "--out", "index", "--update", *arguments)
    return code, out.splitlines(), err


def test_update_reports_what_it_found(news, capsys):
    assert update(capsys)[1][1] == "3 added, 0 changed, 0 unchanged, 0 removed, 2 skipped"
    (news / "zoo.txt").write_text("The zoo has ten elephants. The youngest was born in June.")
    (news / "school.txt").unlink()
    (news / "harbour.txt").write_text("The harbour is closed in winter. Ice covers it then.")
    code, out, err = update(capsys)
    assert code == 0 and err == SKIPPED
    assert out == [
        "index: 3 article(s), 6 passages",
        "1 added, 1 changed, 1 unchanged, 1 removed, 2 skipped",
    ]
    updated = Retriever.load("index")
    run(capsys, "index", "news", "--out", "fresh")
    fresh = Retriever.load("fresh")
    assert updated.articles == fresh.articles
    for question in ("How many elephants are there?", "港口什么时候关闭?"):
        hits, wanted = (r.retrieve(question, k=6) for r in (updated, fresh))
        assert [hit.passage for hit in hits] == [hit.passage for hit in wanted]
        assert [h.score for h in hits] == pytest.approx([h.score for h in wanted], abs=1e-4)


def test_update_of_nothing_writes_nothing(news, capsys):
    update(capsys)
    before = {path: path.stat().st_mtime_ns for path in Path("index").iterdir()}
    assert update(capsys)[1] == [
        "index: 3 article(s), 6 passages",
        "0 added, 0 changed, 3 unchanged, 0 removed, 2 skipped",
    ]
    assert {path: path.stat().st_mtime_ns for path in Path("index").iterdir()} == before


def test_update_where_nothing_can_be_read_keeps_the_index(news, capsys):
    update(capsys)
    for name in NEWS:
        (news / name).unlink()
    code, out, err = update(capsys)
    assert (code, out) == (2, []) and "no article in what was given" in err
    assert len(Retriever.load("index").articles) == 3


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda text: text.replace('"format": ', '"format": 9'), "format 9"),
        (lambda text: "{", "not a manifest"),
        (lambda text: text.replace('"fingerprint": "', '"fingerprint": "0'), "made by the encoder"),
    ],
    ids=["another format", "damaged", "another encoder"],
)
def test_update_of_an_index_that_is_no_use_makes_it_anew(news, capsys, harm, says):
    update(capsys)
    manifest = Path("index/manifest.json")
    manifest.write_text(harm(manifest.read_text()))
    code, out, err = update(capsys)
    assert code == 0 and out[1] == "3 added, 0 changed, 0 unchanged, 0 removed, 2 skipped"
    assert "everything is read and encoded anew" in err.splitlines()[0] and says in err
    assert len(Retriever.load("index").articles) == 3


WRONG = {
    "no such file": (["index", "missing.txt", "--out", "x"], "there is no file 'missing.txt'"),
    "empty file": (["index", "EMPTY", "--out", "x"], "empty"),
    "binary junk": (["index", "JUNK", "--out", "x"], "not a text"),
    "an empty folder": (["index", "FOLDER", "--out", "x"], "no article in what was given"),
    "no article": (["ask", "谁?", "--source", "HEADLINES"], "no article"),
    "empty question": (["ask", "", "--index", str(INDEX)], "the question is empty"),
    "marks only": (["ask", "?!", "--index", str(INDEX)], "no words"),
    "long question": (["ask", "问" * 100_000, "--index", str(INDEX)], "at most 10,000"),
    "k = 0": (["ask", "谁?", "-k", "0", "--index", str(INDEX)], "from 1 up"),
    "no index": (["ask", "谁?", "--index", "nowhere"], "there is no index in nowhere"),
    "no encoder": (["ask", "谁?", "--source", str(PAGE), "--encoder", "EMPTY"], "can't be loaded"),
    "out is a file": (["index", str(PAGE), "--out", "EMPTY"], "can't be written"),
}


@pytest.mark.parametrize(("arguments", "says"), WRONG.values(), ids=WRONG.keys())
def test_exit_code_2_and_one_line_for_wrong_input(tmp_path, monkeypatch, capsys, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "EMPTY").write_bytes(b"")
    (tmp_path / "FOLDER").mkdir()
    (tmp_path / "JUNK").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "HEADLINES").write_text(
        "首页\n新闻\n相关推荐\n官宣退赛\n官宣退赛\n2024-09-20 16:44\n"
    )
    before = sorted(tmp_path.rglob("*"))
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("askarticle: ") and says in err
    assert err.count("\n") == 1 and "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


def test_lines_without_words_are_no_examples(tmp_path):
    (tmp_path / "questions.txt").write_text("谁来了?\n\n---\n ?! \n  Who came? \n", "utf-8")
    assert cli._examples(tmp_path) == ["谁来了?", "Who came?"]


def test_more_passages_than_there_are(capsys):
    code, out, _ = run(capsys, "ask", OFFICER, "-k", 1000, "--index", INDEX)
    assert code == 0 and len(out.splitlines()) == 16


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["sing"], ["ask"], ["index", "a.txt"], ["serve", "--port", "99999"],
        ["serve", "--max-upload", "21"], ["serve", "--max-upload", "0"],
    ],
)  # fmt: skip
def test_wrong_use_shows_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(arguments)
    assert stop.value.code == 2
    assert "usage: askarticle" in capsys.readouterr().err


def shell(command: str) -> subprocess.CompletedProcess[str]:
    ask = f"{sys.executable} -m askarticle ask '{OFFICER}' --index {INDEX}"
    return subprocess.run(command.format(ask), shell=True, capture_output=True, text=True)


def test_a_reader_that_goes_away():
    assert shell("{{ {}; echo code $? >&2; }} | true").stderr == "code 0\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_output_that_cant_be_written():
    done = shell("{} > /dev/full")
    assert done.returncode == 2 and done.stderr.startswith("askarticle: ")
    assert done.stderr.count("\n") == 1


# Indexes a page with an encoder that stops its own process in the middle of the work.
INTERRUPTED = """
import os, sys
from askarticle import cli
class Stopped:
    name, fingerprint, dimension = "stopped", "", 3
    def encode(self, texts, progress=None):
        os.kill(os.getpid(), int(sys.argv[3]))
        raise AssertionError("the signal came too late")
    tokens = encode
cli.load_encoder = lambda name: Stopped()
sys.exit(cli.main(["index", sys.argv[1], "--out", sys.argv[2]]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_fault_32_stopped_while_indexing_leaves_no_half_index(tmp_path, bundled, number, code):
    out = tmp_path / "index"
    bundled.save(out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    command = [sys.executable, "-c", INTERRUPTED, str(PAGE), str(out), str(int(number))]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ})
    assert done.returncode == code and "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert Retriever.load(out).articles == bundled.articles

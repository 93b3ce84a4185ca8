"""The command line, as a user runs it: what it prints, where, and with which exit code."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import INDEX, PAGE

from askarticle import Retriever, cli

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


WRONG = {
    "no such file": (["index", "missing.txt", "--out", "x"], "there is no file 'missing.txt'"),
    "empty file": (["index", "EMPTY", "--out", "x"], "empty"),
    "binary junk": (["index", "JUNK", "--out", "x"], "not a text"),
    "a folder": (["index", str(INDEX), "--out", "x"], "is a folder"),
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


def test_more_passages_than_there_are(capsys):
    code, out, _ = run(capsys, "ask", OFFICER, "-k", 1000, "--index", INDEX)
    assert code == 0 and len(out.splitlines()) == 16


@pytest.mark.parametrize(
    "arguments", [[], ["sing"], ["ask"], ["index", "a.txt"], ["serve", "--port", "99999"]]
)
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

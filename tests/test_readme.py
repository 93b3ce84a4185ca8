"""The README keeps its promises, in English and Chinese: its commands run and do what it says."""

import ast
import re
import shlex
import signal
import subprocess
import sys

import pytest
from conftest import ROOT, free_port

from askarticle import cli

README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
both = pytest.mark.parametrize("text", [README, CHINESE], ids=["en", "zh"])


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands(text: str) -> list[str]:
    """The commands in their order, without comments: those in blocks, then each `make …`."""
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    return [
        line.split("  #")[0].strip() for line in lines if not line.startswith("#")
    ] + re.findall(r"`(make [^`]*)`", text.replace("\n", " "))


def numbers(text: str) -> list[str]:
    return re.findall(r"\d*\.?\d+", text.replace(",", ""))


COMMANDS = commands(README)
ASKS = [
    command for command in COMMANDS if command.startswith(("askarticle ask", "askarticle index"))
]
MEASURES = [command for command in COMMANDS if command.startswith("askarticle evaluate")]
SERVES = [command for command in COMMANDS if command.startswith(("askarticle serve", "make chat"))]
PYTHON = blocks(README, "python")


def test_no_command_is_left_out():
    assert set(COMMANDS) == {*ASKS, *MEASURES, *SERVES, "make test"} and len(PYTHON) == 3


def test_both_languages_have_the_same_code():
    assert commands(CHINESE) == COMMANDS
    assert [ast.unparse(ast.parse(block)) for block in blocks(CHINESE, "python")] == [
        ast.unparse(ast.parse(block)) for block in PYTHON
    ]


def test_both_languages_name_the_same_things():
    """What stands in backquotes: options, fields, addresses, calls; in any order in a section."""
    english, chinese = (
        [
            sorted(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", part, flags=re.DOTALL)))
            for part in text.replace("\n", " ").split(" ## ")
        ]
        for text in (README, CHINESE)
    )
    assert chinese == english


def test_both_languages_have_the_same_numbers():
    """In the table cell by cell; elsewhere section by section, in any order."""
    english, chinese = (
        [
            [numbers(cell) for cell in line.split("|")]
            for line in text.splitlines()
            if line.startswith("|")
        ]
        for text in (README, CHINESE)
    )
    assert chinese == english and len(english) > 2
    english, chinese = (
        [sorted(numbers(part)) for part in text.split("\n## ")] for text in (README, CHINESE)
    )
    assert chinese == english


def test_both_languages_lead_to_each_other():
    assert "(README.zh-CN.md)" in README[:200] and "(README.md)" in CHINESE[:200]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder with what the commands name, so that nothing is written into the real one."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("index", "evaluation"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_the_commands_in_their_order(checkout, monkeypatch, capsys):
    monkeypatch.chdir(checkout)
    for command in ASKS:
        assert cli.main(shlex.split(command)[1:]) == 0, command
    printed = capsys.readouterr().out
    assert printed.count("300余万元") >= 3


@pytest.mark.slow
def test_the_measuring(checkout, monkeypatch, capsys):
    monkeypatch.chdir(checkout)
    (command,) = MEASURES
    assert cli.main(shlex.split(command)[1:]) == 0
    printed = capsys.readouterr().out
    assert "180 questions" in printed and printed.count("  expected, ") == 3


@both
def test_the_first_answer_is_the_one_shown(text, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    shown = re.search(r"^# (1\. .*)…$", text, re.MULTILINE)[1]
    assert text[: text.index(shown)].count("\n") < 20
    cli.main(shlex.split(ASKS[0])[1:])
    answers = [re.match(r"(.*, )(\d+)(%.*)", line) for line in (shown, capsys.readouterr().out)]
    (before, sure, words), (same, now, printed) = (answer.groups() for answer in answers)
    assert before == same and printed.startswith(words)
    assert abs(int(sure) - int(now)) <= 2  # by rounding, from one processor to another


def test_the_python_example(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(PYTHON[0], {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 and "300余万元" in lines[0]


def test_the_follow_up(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(PYTHON[1], {})
    assert capsys.readouterr().out.startswith("2023年为集团化办学拨了多少专项经费? → ")


def serve(command: list[str], folder):
    """Start a server and wait until it says that it is ready; returns it and its address."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if ready := re.search(r"ready: (\S+)", line):
            return process, ready[1]
    raise AssertionError(f"{command} ended with {process.wait()} and no address")


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", dict.fromkeys([*SERVES, "askarticle serve index/article_page.txt --port 8000"])
)
def test_the_servers(command, checkout, monkeypatch):
    port = free_port()
    if command.startswith("make"):
        words = [word for word in command.split() if not word.startswith(("PORT=", "TORCH="))]
        process, address = serve([*words, f"PORT={port}"], ROOT)
    else:
        words = re.sub(r"--port \d+", f"--port {port}", command).split()
        process, address = serve([sys.executable, "-m", *words], checkout)
    try:
        call = PYTHON[2].replace("http://127.0.0.1:7860", address)
        names: dict = {}
        exec(call, names)
        assert [hit["rank"] for hit in names["hits"]] == [1, 2, 3]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_make_takes_the_cpu_build_when_asked(tmp_path):
    shown = subprocess.run(
        ["make", "-n", "-W", "pyproject.toml", "chat", "TORCH=cpu"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert '[ "cpu" = cpu ]' in shown.stdout and "--torch-backend cpu" in shown.stdout


@both
def test_links_lead_somewhere(text):
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert target.startswith("http") or (ROOT / target).exists(), target

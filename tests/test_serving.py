"""The chat's server: what programs and operators rely on, and what strangers can't do to it."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from conftest import INDEX, WordEncoder, free_port
from gradio_client import Client

from askarticle import Article, AskArticleError, Retriever
from askarticle.web import launch, page
from askarticle.web.guard import Limits
from askarticle.web.serving import read_users
from askarticle.web.source import Source

OFFICER = "谁是青岛二十六中教育集团的负责人?"
BODY = Limits().body


@pytest.fixture(scope="module")
def start():
    """Starts servers, and stops them when the module's tests are over."""
    apps = []

    def start(source, **options):
        apps.append(launch(source, port=free_port(), **options))
        return apps[-1].local_url.rstrip("/")

    yield start
    for app in apps:
        app.close(verbose=False)


@pytest.fixture(scope="module")
def real(start, bundled):
    return start(bundled)


@pytest.fixture(scope="module")
def small(start):
    """The address of a server on two sentences, whose encoder takes no time."""
    return start(Retriever.build(Article("白鸟飞过河流。黑猫睡了。", "鸟"), encoder=WordEncoder()))


def call(address: str, name: str, client: httpx.Client | None = None, **arguments: object):
    """Ask an endpoint as any HTTP client can; its result, or AssertionError with its message."""
    http = client or httpx
    posted = http.post(f"{address}/gradio_api/call/v2/{name}", json=arguments, timeout=60)
    assert posted.status_code == 200, f"{posted.status_code}: {posted.text}"
    event = posted.json()["event_id"]
    said = http.get(f"{address}/gradio_api/call/v2/{name}/{event}", timeout=60).text
    kind, data = re.search(r"event: (complete|error)\ndata: (.*)\n", said).groups()
    assert kind == "complete", data
    return json.loads(data)[0]


def until(happened: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    for _ in range(1200):
        if happened():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it never happened")


def test_programs_get_what_the_library_gives(real, bundled):
    client = Client(real, verbose=False)
    expected = bundled.answer(OFFICER).as_dict()
    assert client.predict(OFFICER, api_name="/answer") == json.loads(json.dumps(expected))
    assert client.predict(question=OFFICER, k=2, api_name="/retrieve") == expected["hits"][:2]
    assert call(real, "answer", question=OFFICER, k=1)["hits"] == expected["hits"][:1]
    assert expected["found"] and "孙晓梅" in expected["text"]


def test_strictness_moves_the_line_for_programs_too(real, bundled):
    question = "集团化办学的经费今年会增加吗?"
    client = Client(real, verbose=False)
    for strictness in ("strict", "balanced", "eager"):
        reply = client.predict(question, strictness, 1, api_name="/answer")
        assert reply == bundled.answer(question, 1, strictness=strictness).as_dict()


def test_the_endpoints_are_typed_and_described(real):
    endpoints = httpx.get(f"{real}/gradio_api/info").json()["named_endpoints"]
    assert list(endpoints) == ["/retrieve", "/answer"]
    parameters = {p["parameter_name"]: p for p in endpoints["/answer"]["parameters"]}
    assert parameters["strictness"]["type"]["enum"] == ["strict", "balanced", "eager"]
    assert parameters["strictness"]["parameter_default"] == "balanced"
    assert (
        parameters["k"]["type"] == {"type": "integer"} and parameters["k"]["parameter_default"] == 3
    )
    assert not parameters["question"]["parameter_has_default"]
    assert all(endpoint["description"] for endpoint in endpoints.values())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"question": ""}, "the question is empty"),
        ({"question": "?!"}, "no words"),
        ({"question": "问" * 10_001}, "at most 10,000"),
        ({"question": ["谁?"]}, "a question is a text, not list"),
        ({"question": "谁?", "k": 0}, "from 1 up"),
        ({"question": "谁?", "k": "3"}, "from 1 up"),
        ({"question": "谁?", "k": 101}, "at most 100"),
        ({"question": "谁?", "strictness": "lax"}, "strict, balanced, eager"),
        ({"question": "谁?", "strictness": ["strict"]}, "strictness is a word"),
    ],
)
def test_what_programs_do_wrong_is_said(small, arguments, says, capfd):
    name = "answer" if "strictness" in arguments else "retrieve"
    with pytest.raises(AssertionError, match=says):
        call(small, name, **arguments)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_health_tells_a_watchman_how_it_is(real, start):
    health = httpx.get(f"{real}/health").json()
    assert health == {
        "status": "ok", "problem": "", "articles": 1, "passages": 16, "encoder": "built-in",
        "generation": "", "version": health["version"],
    }  # fmt: skip
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", health["version"])


def test_a_new_index_is_taken_while_questions_are_asked(tmp_path, start):
    """Fault 9, seen from outside: every answer comes wholly from one generation."""
    folder, encoder = tmp_path / "index", WordEncoder()

    def index(name: str) -> None:
        text = "".join(f"鸟{n}号属于{name}。" for n in range(20))
        Retriever.build(Article(text, name), encoder=encoder).save(folder)

    index("甲")
    address = start(Source(folder, encoder=encoder))
    first = httpx.get(f"{address}/health").json()["generation"]
    stop = threading.Event()
    seen: list[set[str]] = []

    def keep_asking() -> None:
        with httpx.Client() as client:
            while not stop.is_set():
                hits = call(address, "retrieve", client, question="鸟属于谁?", k=20)
                assert len(hits) == 20
                seen.append({hit["article"] for hit in hits} | {hit["text"][-2] for hit in hits})

    with ThreadPoolExecutor() as pool:
        askers = [pool.submit(keep_asking) for _ in range(3)]
        try:
            until(lambda: len(seen) > 3)
            index("乙")
            until(lambda: httpx.get(f"{address}/health").json()["generation"] != first)
            assert {hit["article"] for hit in call(address, "retrieve", question="鸟")} == {"乙"}
        finally:
            stop.set()
        for asker in askers:
            asker.result()
    assert {"甲"} in seen and all(names in ({"甲"}, {"乙"}) for names in seen)
    assert httpx.get(f"{address}/health").json()["status"] == "ok"


def test_a_broken_new_index_leaves_the_old_one(tmp_path, start, words, caplog):
    folder = tmp_path / "index"
    Retriever.build(Article("白鸟飞过河流。", "甲"), encoder=words).save(folder)
    source = Source(folder, encoder=words)
    old = source.current
    assert not source.refresh()
    Retriever.build(Article("黑猫睡了。", "乙"), encoder=words).save(folder)
    vectors = next(folder.glob("vectors-*"))
    good = vectors.read_bytes()
    vectors.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    assert not source.refresh() and source.current is old
    address = start(source)
    health = httpx.get(f"{address}/health")
    assert health.json()["status"] == "stale" and health.json()["problem"] == "IndexDamaged"
    assert health.json()["generation"] == old.generation
    assert str(tmp_path) not in health.text and "SHA-256" in caplog.text
    assert call(address, "answer", question="白鸟")["hits"][0]["article"] == "甲"
    (folder / "manifest.json").unlink()
    assert not source.refresh() and source.problem == "IndexStoreError"
    Retriever.build(Article("黑猫睡了。", "丙"), encoder=words).save(folder)
    until(lambda: httpx.get(f"{address}/health").json()["status"] == "ok")
    assert call(address, "answer", question="黑猫")["hits"][0]["article"] == "丙"


def test_an_index_of_another_encoder_is_not_taken(tmp_path, words):
    Retriever.build(Article("白鸟。", "甲"), encoder=words).save(tmp_path)
    source = Source(tmp_path, encoder=words)
    Retriever.build(Article("白鸟。", "甲"), encoder=WordEncoder("others")).save(tmp_path)
    assert not source.refresh() and source.problem == "IndexMismatch"


def test_only_those_in_the_file_come_in(tmp_path, start, words):
    (tmp_path / "users").write_text("# who may read\n\nanna:p:w 1\n李雷:口令\n", encoding="utf-8")
    users = read_users(tmp_path / "users")
    assert users == {"anna": "p:w 1", "李雷": "口令"}
    address = start(Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=words), users=users)
    page = httpx.get(address + "/")
    assert (
        page.status_code == 200 and "白鸟" not in page.text and '"auth_required":true' in page.text
    )
    for method, path in [
        ("GET", "/config"), ("GET", "/gradio_api/info"), ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/call/answer"), ("POST", "/gradio_api/call/v2/answer"),
        ("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/queue/data?session_hash=x"),
        ("POST", "/gradio_api/run/answer"), ("POST", "/gradio_api/component_server"),
    ]:  # fmt: skip
        assert httpx.request(method, address + path, json={"data": ["鸟"]}).status_code == 401, path
    assert httpx.get(f"{address}/health").json()["status"] == "ok"
    for name, password in [("anna", "p:w"), ("nobody", "x"), ("", "")]:
        form = {"username": name, "password": password}
        assert httpx.post(f"{address}/login", data=form).status_code in (400, 422)
    for user in users.items():
        assert Client(address, auth=user, verbose=False).predict(
            "白鸟", strictness="eager", api_name="/answer"
        )["found"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"anna", "line 1"),
        (b"anna:x\nbob:\n", "line 2"),
        (b":secret", "line 1"),
        (b"# nobody\n", "names nobody"),
        (b"\xff:\xfe", "not UTF-8"),
    ],
)
def test_a_wrong_file_of_users_is_said_without_its_secrets(tmp_path, content, says):
    (tmp_path / "users").write_bytes(content)
    with pytest.raises(AskArticleError, match=says) as error:
        read_users(tmp_path / "users")
    assert "secret" not in str(error.value)


def test_a_password_on_the_command_line_is_not_repeated():
    with pytest.raises(AskArticleError, match="a file with lines of NAME:PASSWORD") as error:
        read_users("anna:secret")
    assert "secret" not in str(error.value)


@pytest.fixture
def proxy() -> Iterator[Callable[[str], str]]:
    """Puts a server at /chat of another, which hands requests on without that prefix."""
    servers = []

    def proxy(behind: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not self.path.startswith("/chat"):
                    return self.send_error(404)
                length = int(self.headers.get("content-length") or 0)
                answer = httpx.request(
                    self.command,
                    behind + self.path.removeprefix("/chat"),
                    content=self.rfile.read(length),
                    headers={
                        k: v for k, v in self.headers.items() if k.lower() != "accept-encoding"
                    },
                    timeout=60,
                )
                self.send_response(answer.status_code)
                self.send_header("content-type", answer.headers.get("content-type", ""))
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/chat"

    yield proxy
    for server in servers:
        server.shutdown()
        server.server_close()


def test_behind_a_proxy_under_a_path_of_its_own(start, words, proxy):
    retriever = Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=words)
    address = proxy(start(retriever, root_path="/chat"))
    assert httpx.get(f"{address}/config").json()["root"] == address
    assert httpx.get(f"{address}/health").json()["passages"] == 1
    assert call(address, "answer", question="白鸟", strictness="eager")["found"]


def test_behind_a_proxy_readers_are_given_the_address_that_they_see(start, words):
    """Of the proxy's whole address, whatever it passes on; else of Host and X-Forwarded-Proto."""
    seen = "https://example.org/chat"
    passed_on = {"host": "example.org", "x-forwarded-proto": "https"}
    retriever = Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=words)
    for root_path, headers in ((seen, {}), (seen, passed_on), ("/chat", passed_on)):
        address = start(retriever, root_path=root_path)
        assert httpx.get(f"{address}/config", headers=headers).json()["root"] == seen


def test_what_was_asked_is_kept_nowhere(tmp_path, start, words, monkeypatch, capfd):
    """Nor is it in what the server prints, or in any file that it writes."""
    monkeypatch.chdir(tmp_path)
    for name in ("GRADIO_TEMP_DIR", "TMPDIR", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    address = start(Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=words))
    call(address, "answer", question="格外罕见的问题?")
    with pytest.raises(AssertionError, match="from 1 up"):
        call(address, "answer", question="格外罕见的问题?", k=0)
    words.encode = None  # what nobody expects is told too, without the question
    with pytest.raises(AssertionError, match="null"):
        call(address, "answer", question="更加罕见的问题?")
    printed = "".join(capfd.readouterr())
    assert "罕见" not in printed and "TypeError" in printed
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        assert "罕见".encode() not in path.read_bytes(), path


def test_questions_are_logged_when_switched_on(tmp_path, start, words):
    source = Source(Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=words))
    source.log_questions(tmp_path / "asked.jsonl")
    address = start(source)
    call(address, "answer", question="白鸟\n飞到哪里?")
    call(address, "retrieve", question="金鱼?")
    lines = [json.loads(line) for line in (tmp_path / "asked.jsonl").read_text().splitlines()]
    assert [line["question"] for line in lines] == ["白鸟\n飞到哪里?", "金鱼?"]
    assert [set(line) for line in lines] == [{"time", "question", "found", "confidence"}] * 2
    assert (tmp_path / "asked.jsonl").stat().st_mode & 0o077 == 0
    with pytest.raises(AskArticleError, match="choose another file"):
        source.log_questions(tmp_path)


def refused(address: str, content: bytes | Iterator[bytes], path: str = "/gradio_api/queue/join"):
    return httpx.post(address + path, content=content, timeout=30)


def test_fault_12_a_question_of_20_mb_is_refused(start):
    encoder = WordEncoder()
    address = start(Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=encoder))
    calls = len(encoder.calls)
    question = json.dumps({"data": ["q" * 20_000_000], "session_hash": "x"}).encode()
    for content in (
        question,
        iter([question[i : i + 65536] for i in range(0, len(question), 65536)]),
    ):
        answer = refused(address, content)
        assert answer.status_code == 413 and "4 MB at a time" in answer.json()["detail"]
    with pytest.raises(Exception, match="413"):
        Client(address, verbose=False).predict("q" * 20_000_000, api_name="/answer")
    assert len(encoder.calls) == calls
    assert call(address, "answer", question="白鸟", strictness="eager")["found"]  # the server lives


def test_fault_12_the_refusal_comes_before_the_body_ends(small):
    port = int(small.rsplit(":", 1)[1])
    for start in (
        b"content-length: 20000000\r\n\r\n",
        b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (BODY + 1, b"q" * (BODY + 1)),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(b"POST /gradio_api/call/answer HTTP/1.1\r\nhost: x\r\n" + start)
            assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_uploads_have_a_limit_of_their_own(start, words):
    retriever = Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=words)
    address = start(retriever, limits=Limits(upload=5_000_000))

    def upload(size: int) -> httpx.Response:
        return httpx.post(f"{address}/gradio_api/upload", files={"files": ("a.txt", b"x" * size)})

    assert upload(4_900_000).status_code == 200  # more than another request may have
    for size in (5_050_000, 8_000_000):
        assert upload(size).status_code == 413


def test_uploads_lie_in_a_folder_that_ends_with_the_process(monkeypatch):
    command = (
        "import os; from askarticle.web.serving import _set_environment; _set_environment('x');"
        "folder = os.environ['GRADIO_TEMP_DIR']; open(folder + '/upload', 'w').close();"
        "print(folder, oct(os.stat(folder).st_mode & 0o777))"
    )
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    folder, mode = done.stdout.split()
    assert mode == "0o700" and not Path(folder).exists()


def test_uploads_are_deleted_in_time(start, words, monkeypatch):
    monkeypatch.setattr(page, "_UPLOADS_DELETED", (0.05, 0.1))
    address = start(Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=words))
    answer = httpx.post(f"{address}/gradio_api/upload", files={"files": ("a.txt", b"x")})
    until(lambda: not Path(answer.json()[0]).exists())


FORGED = [
    "/gradio_api/file={secret}",
    "/gradio_api/file/{secret}",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=../../../../../../../../../../etc/passwd",
    "/gradio_api/file=..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/gradio_api/file=%2fetc%2fpasswd%00.txt",
    "/gradio_api/file=file:///etc/passwd",
    "/gradio_api/file={index}/manifest.json",
    "/gradio_api/file=pyproject.toml",
    "/gradio_api/file=http://127.0.0.1:{port}/health",
    "/gradio_api/file=HTTPS://127.0.0.1:{port}/health",
    "/gradio_api/file/http://127.0.0.1:{port}/health",
    "/gradio_api/proxy=http://127.0.0.1:{port}/health",
    "/static/..%2f..%2f__init__.py",
    "/static/%2fetc%2fpasswd",
    "/assets/..%2f..%2f..%2f..%2froutes.py",
    "/svelte/..%2f..%2froutes.py",
    "/gradio_api/custom_component/x/client/component/..%2f..%2fstyle.css",
    "/gradio_api/deep_link?session_hash=x",
    "/monitoring",
    "/monitoring/summary",
]


@pytest.mark.parametrize("path", FORGED)
def test_fault_27_no_forged_address_reads_a_file(small, tmp_path, path):
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of the operator")
    port = small.rsplit(":", 1)[1]
    answer = httpx.get(small + path.format(secret=secret, index=INDEX, port=port))
    assert 400 <= answer.status_code < 500, answer.text[:200]
    assert not re.search(r"a secret|root:|sha256|passages|import|\[project\]", answer.text)


@pytest.mark.parametrize(
    "name", ["../../../../../tmp/forged.txt", "/etc/forged.txt", "..\\f.txt", ".."]
)
def test_fault_27_a_forged_file_name_stays_in_the_folder_of_uploads(small, name):
    answer = httpx.post(f"{small}/gradio_api/upload", files={"files": (name, b"forged")})
    if answer.status_code == 200:
        from gradio.utils import get_upload_folder

        (path,) = answer.json()
        assert Path(path).resolve().is_relative_to(Path(get_upload_folder()).resolve())
        assert Path(path).read_bytes() == b"forged"
        Path(path).unlink()
    else:
        assert answer.status_code == 400


def test_fault_27_a_forged_file_in_a_question_is_not_read(small, tmp_path, capfd):
    """Nor in the conversation that a page sends along, as its own script would never do."""
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of the operator")
    file = {"path": str(secret), "meta": {"_type": "gradio.FileData"}}
    config = httpx.get(f"{small}/config").json()
    for dependency in config["dependencies"]:
        joined = httpx.post(
            f"{small}/gradio_api/queue/join",
            json={
                "fn_index": dependency["id"],
                "session_hash": f"forged{dependency['id']}",
                "data": [file, [{"role": "user", "content": {"file": file}}], None],
            },
        )
        if joined.status_code == 200:
            said = httpx.get(
                f"{small}/gradio_api/queue/data?session_hash=forged{dependency['id']}", timeout=60
            ).text
            assert "process_completed" in said and "a secret" not in said
    assert httpx.get(f"{small}/gradio_api/file={secret}").status_code == 403


def distinct(count: int) -> Article:
    """An article whose nth sentence alone answers the nth question."""
    return Article("".join(f"第{n}号房间住着客人{n * 7919}。" for n in range(count)), "旅馆")


@pytest.mark.slow
def test_fault_28_50_sessions_at_once_get_each_their_own_answer(start, words):
    address = start(Retriever.build(distinct(50), encoder=words))

    def session(n: int) -> str:
        with httpx.Client() as client:
            return call(address, "answer", client, question=f"客人{n * 7919}", k=1)["text"]

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(session, range(50)))
    assert answers == [f"第{n}号房间住着客人{n * 7919}。" for n in range(50)]


class Waiting(WordEncoder):
    """An encoder that works only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.go.set()

    def encode(self, texts, progress=None):
        assert self.go.wait(60)
        return super().encode(texts, progress)


def test_fault_28_a_full_queue_says_so_in_words(start):
    encoder = Waiting()
    retriever = Retriever.build(Article("白鸟飞过河流。", "鸟"), encoder=encoder)
    address = start(retriever, limits=Limits(queue=3))
    join = {"data": ["白鸟", "balanced", 1], "fn_index": None}
    (join["fn_index"],) = (
        d["id"] for d in httpx.get(f"{address}/config").json()["dependencies"]
        if d["api_name"] == "answer"
    )  # fmt: skip

    def ask(session: str) -> httpx.Response:
        return httpx.post(
            f"{address}/gradio_api/queue/join", json={**join, "session_hash": session}
        )

    encoder.go.clear()
    try:
        sessions: list[str] = []
        while (answer := ask(f"s{len(sessions)}")).status_code == 200:
            sessions.append(f"s{len(sessions)}")
            assert len(sessions) <= 5  # two are at work, three wait
        assert answer.status_code == 503 and "full" in answer.json()["detail"]
        with pytest.raises(Exception, match="Queue is full"):
            Client(address, verbose=False).predict("白鸟", api_name="/answer")
    finally:
        encoder.go.set()
    for session in sessions:  # those who waited are answered
        data = httpx.get(f"{address}/gradio_api/queue/data?session_hash={session}", timeout=60).text
        assert "白鸟飞过河流。" in data
    assert call(address, "answer", question="白鸟", strictness="eager")["found"]


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc to measure memory by")
def test_fault_29_3000_questions_in_a_row_leave_memory_as_it_was(words):
    """Of the retriever; benchmarks/load.py asks a server, with the real encoder."""
    retriever = Retriever.build(distinct(50), encoder=words)

    def ask(count: int) -> None:
        for n in range(count):
            words.calls.clear()  # what the double, not the retriever, keeps
            retriever.answer(f"第{n}个问题:客人{n}在哪里?")

    ask(300)
    before = resident()
    ask(3000)
    assert resident() - before < 30_000_000


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc to measure memory by")
def test_fault_29_nor_does_the_server_keep_what_is_over(small):
    with httpx.Client() as client:
        for n in range(250):  # more than the sessions that Gradio keeps
            call(small, "answer", client, question=f"白鸟{n}")
        before = resident()
        for n in range(300):  # a tenth of the questions, and of the memory that they may keep
            call(small, "answer", client, question=f"黑猫{n}")
    assert resident() - before < 3_000_000


def test_examples_that_cant_be_asked_are_told_at_the_start(bundled):
    for example, says in (("---", "no words"), ("问" * 10_001, "at most 10,000")):
        with pytest.raises(AskArticleError, match=f"the example .*{says}"):
            launch(bundled, port=free_port(), examples=[OFFICER, example])


def test_mcp_without_its_extra_names_it(bundled, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(AskArticleError, match=re.escape("askarticle[mcp]")):
        launch(bundled, port=free_port(), mcp=True)


def test_mcp_asks_for_no_password_so_it_is_not_offered_with_one(bundled):
    with pytest.raises(AskArticleError, match="--mcp or --auth"):
        launch(bundled, port=free_port(), mcp=True, users={"anna": "x"})


def test_mcp_offers_the_same_as_tools(bundled, start):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    address = start(bundled, mcp=True)

    async def talk():
        async with (
            streamablehttp_client(f"{address}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            answer = await session.call_tool("answer", {"question": OFFICER, "k": 1})
            hits = await session.call_tool("retrieve", {"question": OFFICER, "k": 1})
            wrong = await session.call_tool("answer", {"question": "?!"})
            return tools, answer, hits, wrong

    tools, answer, hits, wrong = asyncio.run(talk())
    assert set(tools) == {"retrieve", "answer"}
    properties = tools["answer"].inputSchema["properties"]
    assert set(properties) == {"question", "strictness", "k"}
    assert properties["k"]["description"] == "how many passages, 1 to 100"
    assert "don't say" in tools["answer"].description
    assert not answer.isError
    expected = bundled.answer(OFFICER, 1).as_dict()
    assert (
        json.loads(answer.content[0].text)
        == expected
        == call(address, "answer", question=OFFICER, k=1)
    )
    assert json.loads(hits.content[0].text) == expected["hits"]
    assert wrong.isError and "no words" in wrong.content[0].text

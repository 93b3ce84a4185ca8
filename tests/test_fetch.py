"""Fetching: only from the public internet, only within limits; real servers on this machine.

The servers stand on 127.0.0.1, which `fetch` never connects to: `HERE` lets it, for these tests.
"""

import gzip
import io
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from askarticle import ReadError, read
from askarticle.reading import fetch as fetching
from askarticle.reading.address import is_public
from askarticle.reading.fetch import Limits, Ways, fetch

HERE = Ways(may_connect=lambda address: address == "127.0.0.1")
Respond = Callable[[BaseHTTPRequestHandler], None]
ARTICLE = (
    "<html><head><title>图书馆重新开放</title></head><body><article><h1>图书馆重新开放</h1>"
    "<p>市图书馆经过两年修缮，将于下周一重新向读者开放，新增座位四十个。</p>"
    "<p>馆长李梅说，读者可以凭身份证免费办理借书证，开放时间为早九点到晚八点。</p></article></body></html>"
)


@contextmanager
def server(respond: Respond, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server on this machine that answers with `respond`; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            respond(self)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:  # the client has gone
            pass

    with Quiet(("127.0.0.1", 0), Handler) as running:
        if context:
            running.socket = context.wrap_socket(running.socket, server_side=True)
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http{'s' * bool(context)}://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def endless(handler: BaseHTTPRequestHandler, piece: bytes, pause: threading.Event | None) -> None:
    """Sends `piece` again and again until the client goes, or `pause` is set; 20 ms between."""
    try:
        while not (pause and pause.wait(0.02)):
            handler.wfile.write(piece)
            handler.wfile.flush()
    except OSError:
        return


class Recorder:
    """Ways that record what is connected to, and never open a socket."""

    def __init__(self, *addresses: str) -> None:
        self.connected: list[str] = []
        self.ways = Ways(connect=self._connect)
        if addresses:
            self.ways = replace(self.ways, resolve=lambda *_: list(addresses))

    def _connect(self, address: str, port: int, seconds: float) -> socket.socket:
        self.connected.append(address)
        raise ConnectionRefusedError("recorded")


def test_a_page_with_its_final_address_and_charset(monkeypatch):
    def respond(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/old":
            send(handler, b"", 302, Location="/%E6%96%B0?a=1#part")
        else:
            content = ARTICLE.encode("gb18030")
            send(handler, content, Content_Type="text/html; charset=GBK")

    with server(respond) as url:
        monkeypatch.setattr(fetching, "fetch", lambda name: fetch(name, ways=HERE))
        article = read(f"{url}/old")
        assert article.url == f"{url}/%E6%96%B0?a=1"
        assert article.source == f"{url}/old"
        assert article.title == "图书馆重新开放" and article.text.startswith("市图书馆经过")


def test_the_charset_of_the_header_and_a_chinese_path():
    asked = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        asked.append((handler.path, handler.headers["Host"]))
        send(handler, b"x", Content_Type="text/plain; charset=Big5")

    with server(respond) as url:
        assert fetch(f"{url}/新闻?q=年 报", ways=HERE).charset == "Big5"
        path = "/%E6%96%B0%E9%97%BB?q=%E5%B9%B4%20%E6%8A%A5"
        assert asked == [(path, url.removeprefix("http://"))]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_compressed_page_is_unpacked(chunked):
    packed = gzip.compress(ARTICLE.encode())

    def respond(handler: BaseHTTPRequestHandler) -> None:
        if chunked:
            handler.protocol_version = "HTTP/1.1"
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
            send(handler, body, Transfer_Encoding="chunked", Content_Encoding="gzip")
        else:
            send(handler, packed, Content_Encoding="gzip")

    with server(respond) as url:
        assert fetch(url, ways=HERE).content == ARTICLE.encode()


def test_an_error_page_is_no_article():
    with (
        server(lambda handler: send(handler, b"gone", 404)) as url,
        pytest.raises(ReadError, match="answers 404"),
    ):
        fetch(url, ways=HERE)


def test_a_body_that_is_cut_is_no_article():
    with (
        server(lambda handler: send(handler, b"half", Content_Length="100")) as url,
        pytest.raises(ReadError, match="can't be read"),
    ):
        fetch(url, ways=HERE)


PUBLIC = "8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808"
NOT_PUBLIC = """
    127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1
    100.100.100.200 100.127.255.255 169.254.169.254 168.63.129.16 192.0.0.192 192.0.2.1 198.18.0.1
    198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 ::1 :: fe80::1 fe80::1%1 fc00::1
    fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254 ::127.0.0.1
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808 2002:7f00:1:: 2002:808:808::
    2001:0:7f00:1:: 2001:db8::1 2606:4700::1111%eth0 3fff::1 5f00::1 example.org 127.1 8
"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_fault_22_what_is_not_public(address):
    assert not is_public(address)


BLOCKED = """
    http://127.0.0.1/ http://2130706433/ http://0x7f000001/ http://0x7f.1/ http://0177.0.0.1/
    http://127.1/ http://0/ http://[::1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/
    http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://[fe80::1%25lo]/ http://10.1.2.3:8080/
    http://100.64.0.1/ http://169.254.169.254/latest/meta-data/ http://[fd00:ec2::254]/
    http://localhost/ https://localhost:8443/ http://127.0.0.1\\@example.org/
    http://[2606:4700::1111%25eth0]/
"""


@pytest.mark.parametrize("url", BLOCKED.split())
def test_fault_22_a_private_address_is_blocked_before_a_socket_is_opened(url):
    recorder = Recorder()
    with pytest.raises(ReadError, match=r"isn't on the public internet|can't be read"):
        fetch(url, ways=recorder.ways)
    assert recorder.connected == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "file:/etc/passwd",
        "ftp://example.org/x",
        "gopher://127.0.0.1/",
        "data:text/html,x",
        "javascript:alert(1)",
    ],
)
def test_fault_22_other_schemes_are_no_sources(url):
    with pytest.raises(ReadError, match="only http and https"):
        read(url)
    recorder = Recorder()
    with pytest.raises(ReadError):
        fetch(url, ways=recorder.ways)
    assert recorder.connected == []


def test_fault_22_a_name_with_one_private_address_is_blocked():
    recorder = Recorder("8.8.8.8", "10.0.0.1")
    with pytest.raises(ReadError, match=r"leads to 10\.0\.0\.1"):
        fetch("http://example.org/", ways=recorder.ways)
    assert recorder.connected == []


@pytest.mark.parametrize(
    "url", ["http:///x", "http://a b/", "http://h:99999/", "http://user:secret@example.org/", "x"]
)
def test_what_is_no_address(url):
    recorder = Recorder("8.8.8.8")
    with pytest.raises(ReadError, match="address"):
        fetch(url, ways=recorder.ways)
    assert recorder.connected == []


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:{port}/", "http://[::1]/", "file:///etc/hosts"]
)
def test_fault_23_a_redirect_to_a_private_address_is_blocked_at_that_hop(target):
    asked = []

    def respond(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        port = handler.server.server_address[1]
        send(handler, b"", 302, Location=target.format(port=port))

    with server(respond) as url, pytest.raises(ReadError, match=r"public internet|only http"):
        fetch(f"{url}/start", ways=HERE)
    assert asked == ["/start"]


def test_fault_23_only_the_address_that_was_checked_is_connected_to():
    """A name that is public when it is checked and private a moment later."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    recorder = Recorder()
    ways = replace(recorder.ways, resolve=lambda *_: next(answers))
    with pytest.raises(ReadError, match="recorded"):
        fetch("http://rebind.example/", ways=ways)
    assert recorder.connected == ["8.8.8.8"] and next(answers) == ["127.0.0.1"]


def test_fault_23_the_real_connection_resolves_no_name(monkeypatch):
    with server(lambda handler: send(handler, b"one name")) as url:
        port = url.rpartition(":")[2]
        names = []
        resolve = socket.getaddrinfo

        def recorded(host: str, *rest: object, **more: object) -> object:
            names.append(host)
            return resolve(host, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", recorded)
        ways = replace(HERE, resolve=lambda *_: ["127.0.0.1"])
        assert fetch(f"http://rebind.example:{port}/", ways=ways).content == b"one name"
        assert set(names) <= {"127.0.0.1"}


def test_a_redirect_to_what_is_no_address_is_refused():
    with (
        server(lambda handler: send(handler, b"", 302, Location="http://[::1/")) as url,
        pytest.raises(ReadError, match="can't be read: Invalid IPv6 URL"),
    ):
        fetch(url, ways=HERE)


def test_fault_23_redirects_have_an_end():
    with (
        server(lambda handler: send(handler, b"", 302, Location=handler.path + "x")) as url,
        pytest.raises(ReadError, match="redirects more than 5 times"),
    ):
        fetch(url, ways=HERE)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"])
def test_fault_23_no_proxy_of_the_environment_is_used(name, monkeypatch):
    monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with server(lambda handler: send(handler, b"direct")) as url:
        assert fetch(url, ways=HERE).content == b"direct"
    recorder = Recorder("8.8.8.8")
    with pytest.raises(ReadError):
        fetch("http://example.org/", ways=recorder.ways)
    assert recorder.connected == ["8.8.8.8"]


def test_fault_24_a_body_that_never_ends_is_stopped_at_the_size():
    def respond(handler: BaseHTTPRequestHandler) -> None:
        send(handler, b"")
        endless(handler, b"word " * 1000, None)

    with server(respond) as url, pytest.raises(ReadError, match=r"sends more than \d MB"):
        fetch(url, ways=HERE, limits=Limits(size=1_000_000))


SLOW = {
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
    "one header": (b"HTTP/1.1 200 OK\r\nX-A: ", b"b"),
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"b"),
    "body of a known length": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"b"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nb\r\n"),
    "one chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n", b"b"),
}


@pytest.mark.parametrize(("start", "piece"), SLOW.values(), ids=SLOW.keys())
def test_fault_24_what_drips_is_stopped_at_the_time(start, piece):
    stop = threading.Event()

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(start)
        endless(handler, piece, stop)

    with server(respond) as url, pytest.raises(ReadError, match=r"took more than 0\.3 s"):
        fetch(url, ways=HERE, limits=Limits(seconds=0.3))
    stop.set()


def test_fault_24_a_server_that_says_nothing_is_stopped_at_the_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for scheme in ("http", "https"):  # over TLS, it is the handshake that waits
            url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/"
            with pytest.raises(ReadError, match=r"took more than 0\.2 s"):
                fetch(url, ways=HERE, limits=Limits(seconds=0.2))


def test_fault_24_a_resolver_that_hangs_is_left_at_the_time():
    hang = threading.Event()
    ways = replace(HERE, resolve=lambda *_: [str(hang.wait())])
    with pytest.raises(ReadError, match=r"took more than 0\.2 s"):
        fetch("http://example.org/", ways=ways, limits=Limits(seconds=0.2))
    hang.set()


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("chunked", [False, True])
def test_fault_24_a_gzip_bomb_is_unpacked_to_the_size_only(layers, chunked):
    import tracemalloc

    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as file:
        for _ in range(100):
            file.write(bytes(1_000_000))
    body = bomb.getvalue() if layers == 1 else gzip.compress(bomb.getvalue())
    assert len(body) < 200_000

    def respond(handler: BaseHTTPRequestHandler) -> None:
        encoding = ", ".join(["gzip"] * layers)
        if chunked:
            sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
            handler.protocol_version = "HTTP/1.1"
            send(handler, sent, Transfer_Encoding="chunked", Content_Encoding=encoding)
        else:
            send(handler, body, Content_Encoding=encoding)

    with server(respond) as url:
        tracemalloc.start()
        with pytest.raises(ReadError, match=r"sends more than \d MB"):
            fetch(url, ways=HERE, limits=Limits(size=2_000_000))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> ssl.SSLContext:
    """A server's certificate for news.example, made for this run."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is needed to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=news.example".split(),
            *("-addext", "subjectAltName=DNS:news.example"),
            *("-keyout", folder / "key", "-out", folder / "certificate"),
        ],
        capture_output=True,
        check=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate", folder / "key")
    context.trusting = lambda: ssl.create_default_context(cafile=folder / "certificate")
    return context


def test_fault_23_tls_checks_the_name_though_an_address_is_connected_to(certificate):
    names: list[str] = []
    certificate.sni_callback = lambda sock, name, context: names.append(name)
    with server(
        lambda handler: send(handler, handler.headers["Host"].encode()), certificate
    ) as url:
        port = url.rpartition(":")[2]
        ways = replace(HERE, resolve=lambda *_: ["127.0.0.1"], trust=certificate.trusting)
        page = fetch(f"https://news.example:{port}/", ways=ways)
        assert page.content.decode() == f"news.example:{port}" and names == ["news.example"]
        for other in ("other.example", "127.0.0.1"):
            with pytest.raises(ReadError, match="no valid certificate"):
                fetch(f"https://{other}:{port}/", ways=ways)
        with pytest.raises(ReadError, match="no valid certificate"):
            fetch(f"https://news.example:{port}/", ways=replace(ways, trust=HERE.trust))

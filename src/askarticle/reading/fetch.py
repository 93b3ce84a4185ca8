"""Fetches a page from the public internet, and from nowhere else, within limits.

Each hop of a redirect is resolved once; all its addresses must be public, and the connection is
made to one of these very addresses, so a name can't change its mind in between. TLS and the Host
header still use the name. Proxies and passwords that the environment holds are not used.
"""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from askarticle.errors import ReadError
from askarticle.reading.address import is_public
from askarticle.reading.kinds import Page

CONNECT_SECONDS = 5.0
"""For each address of a name: the next one is tried then."""
_HEADERS = {
    "User-Agent": "askarticle",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a fetch stops."""

    size: int = 20_000_000
    """Bytes of the page, unpacked."""
    seconds: float = 20.0
    """For everything: names, connections, redirects and the whole body."""
    redirects: int = 5


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _connect(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), timeout=seconds)


@dataclass(frozen=True, slots=True)
class Ways:
    """How names are resolved, checked and connected to. Only tests give others."""

    resolve: Callable[[str, int], list[str]] = _resolve
    may_connect: Callable[[str], bool] = is_public
    connect: Callable[[str, int, float], socket.socket] = _connect
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context


class _Deadline:
    """The time until which everything must be done."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds; raises ReadError when none are left."""
        if (left := self._end - time.monotonic()) > 0:
            return left
        raise ReadError(f"the address took more than {self._seconds:g} s to answer: try it later")

    @contextmanager
    def closes(self, sock: socket.socket) -> Iterator[None]:
        """Shuts the connection down at the deadline, wherever it is being waited for.

        A time limit for each read wouldn't do: a server that sends a byte now and then keeps it.
        """
        handle = sock.dup()  # TLS takes the socket itself away
        timer = threading.Timer(self.left(), _shut, (handle,))
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception:
            self.left()  # the deadline is the better reason
            raise
        finally:
            timer.cancel()
            handle.close()
        self.left()  # what was cut looks as if it had ended


def fetch(url: str, *, limits: Limits | None = None, ways: Ways | None = None) -> Page:
    """The page at an http or https address.

    Raises ReadError, without the address, if it is blocked, can't be reached, answers with an
    error, or goes beyond the limits.
    """
    limits, ways = limits or Limits(), ways or Ways()
    deadline = _Deadline(limits.seconds)
    for _ in range(limits.redirects + 1):
        answer = _get(url, limits.size, deadline, ways)
        if isinstance(answer, Page):
            return answer
        url = answer
    raise ReadError(f"the address redirects more than {limits.redirects} times")


def _get(url: str, size: int, deadline: _Deadline, ways: Ways) -> Page | str:
    """One hop: a page, or where it is."""
    import urllib3.connection
    from urllib3.exceptions import HTTPError
    from urllib3.util import parse_url

    try:
        parts = parse_url(url)
    except (HTTPError, ValueError):
        raise ReadError(f"{url[:200]!r} is not a valid address") from None
    if parts.scheme not in ("http", "https"):
        raise ReadError(
            f"the address begins with {parts.scheme}:, and only http and https are read"
        )
    if not parts.host or parts.auth:
        raise ReadError("the address has no host, or a password in it: leave that out")
    secure = parts.scheme == "https"
    host, port = parts.host.strip("[]"), parts.port or (443 if secure else 80)
    kind: Any = urllib3.connection.HTTPSConnection if secure else urllib3.connection.HTTPConnection
    try:
        sock = _connected(host, port, deadline, ways)
        with sock, deadline.closes(sock):
            sock.settimeout(deadline.left())
            connection = kind(parts.host, parts.port, timeout=deadline.left())
            connection.auto_open = 0  # it never connects by itself
            connection.sock = (
                ways.trust().wrap_socket(sock, server_hostname=host) if secure else sock
            )
            with closing(connection):
                connection.request(
                    "GET",
                    parts.request_uri,
                    headers=_HEADERS,
                    preload_content=False,
                    decode_content=True,
                )
                return _answer(connection.getresponse(), parts._replace(fragment=None).url, size)
    except ssl.SSLCertVerificationError as error:
        raise ReadError(f"the address has no valid certificate: {error.verify_message}") from None
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ReadError(f"the address can't be read: {reason}") from None


def _connected(host: str, port: int, deadline: _Deadline, ways: Ways) -> socket.socket:
    """A connection to an address of the host that was checked. Raises ReadError, or OSError."""
    addresses = _in_time(lambda: ways.resolve(host, port), deadline)
    for address in addresses:
        # One private address among public ones is enough: it may be the one that is tried.
        if "%" in host or not ways.may_connect(address):
            raise ReadError(
                f"the address leads to {address}, which isn't on the public internet: "
                "save the page as a file and give its path"
            )
    failed: OSError = OSError(f"{host} has no address")
    for address in addresses:
        try:
            return ways.connect(address, port, min(CONNECT_SECONDS, deadline.left()))
        except OSError as error:
            failed = error
    raise failed


def _in_time(resolve: Callable[[], list[str]], deadline: _Deadline) -> list[str]:
    """What `resolve` finds before the deadline: the system's resolver has no limit of its own."""
    found: list[list[str]] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            found.append(resolve())
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if failed:
        raise OSError(f"its host isn't known: {getattr(failed[0], 'strerror', failed[0])}")
    if not found:
        deadline.left()
    return found[0]


def _answer(response: Any, url: str, size: int) -> Page | str:
    """The page, or where the response says that it is."""
    headers = response.headers
    if response.status in _REDIRECTS and headers.get("Location"):
        location: str = headers["Location"]
        with suppress(UnicodeError):  # headers are read as Latin-1, and many are UTF-8
            location = location.encode("latin-1").decode()
        return urljoin(url, location)
    if response.status != 200:
        phrase = http.client.responses.get(response.status, "unknown")
        raise ReadError(f"the address answers {response.status} ({phrase}), not a page")
    parts: list[bytes] = []
    left = size
    for part in response.stream(_CHUNK, decode_content=True):  # unpacks no more than that at once
        parts.append(part)
        left -= len(part)
        if left < 0:
            raise ReadError(f"the address sends more than {size / 1e6:g} MB, and no more are read")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", headers.get("Content-Type", ""), re.I)
    return Page(b"".join(parts), url, charset[1] if charset else "")


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        sock.shutdown(socket.SHUT_RDWR)

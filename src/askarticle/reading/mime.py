"""A page saved as one file (MHTML, .mht), or a mail: the page in it, and where it was saved from.

Its parts are cut at their boundary and only the one that is read is decoded: the parser of the
standard library takes time by the square of how deep they are nested.
"""

import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser

from askarticle.errors import ReadError
from askarticle.reading.kinds import Page

# What is read stands first, not deep, and after a header of some hundred bytes.
_MAX_PARTS, _MAX_DEPTH, _MAX_HEADER = 1000, 5, 20_000
_READ = ("text/html", "application/xhtml+xml", "text/plain")
_BLANK_LINE = re.compile(rb"(?:\A|\r?\n)\r?\n")


def unwrap(content: bytes) -> tuple[Page, str]:
    """The page in the file, the first of several, and its title; a mail's text if it has no page.

    Raises ReadError if there is none, or it is damaged.
    """
    header, body = _halves(content)
    title, url = _said(header, "Subject"), _said(header, "Snapshot-Content-Location")
    for _ in range(_MAX_DEPTH):
        if header.get_content_maintype() != "multipart":
            break
        header, body = min(_parts(header, body), key=_rank, default=(header, b""))
    if header.get_content_type() not in _READ:
        raise ReadError(f"it is a saved page without a page in it: {header.get_content_type()}")
    url = url or _said(header, "Content-Location")
    if not re.match("https?:", url, re.IGNORECASE):
        url = ""
    return Page(_decoded(header, body), url, header.get_content_charset("")), title


def _halves(part: bytes) -> tuple[Message, bytes]:
    """A part's header and what follows it."""
    blank = _BLANK_LINE.search(part, 0, _MAX_HEADER)
    start, end = blank.span() if blank else (_MAX_HEADER, len(part))
    return BytesHeaderParser().parsebytes(part[:start]), part[end:]


def _parts(header: Message, body: bytes) -> Iterator[tuple[Message, bytes]]:
    mark = b"--" + (header.get_boundary() or "\n").encode(errors="ignore")
    # At a line's start; that is looked at last, as a plain start is searched ten times as fast.
    between = rb"%b(?<![^\n]%b)(?:--)?[ \t]*+(?:\r?\n|\Z)" % ((re.escape(mark),) * 2)
    parts = re.split(between, body, maxsplit=_MAX_PARTS)[1:]
    return map(_halves, filter(bytes.strip, parts))


def _rank(part: tuple[Message, bytes]) -> int:
    """A page comes before parts that may hold one, these before a text."""
    kind = part[0].get_content_type()
    return 1 if kind.startswith("multipart/") else (*_READ, kind).index(kind) * 2


def _decoded(header: Message, body: bytes) -> bytes:
    encoding = str(header.get("Content-Transfer-Encoding", "")).strip().lower()
    try:
        if encoding == "base64":
            return b64decode(body + b"==")  # a file that was cut has none at its end
    except ValueError as error:
        raise ReadError(f"it is a saved page that is damaged: {error}") from None
    return quopri.decodestring(body) if encoding == "quoted-printable" else body


def _said(header: Message, name: str) -> str:
    said = str(header.get(name, ""))[:2000]
    with suppress(MessageError, LookupError, ValueError):  # else as it is written
        said = str(make_header(decode_header(said)))
    return " ".join(said.split())

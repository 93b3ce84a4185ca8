"""Which kind of source bytes are: told by how they begin, never by a name. Nothing is parsed."""

import re
from dataclasses import dataclass
from typing import Literal

from askarticle.errors import ReadError

Kind = Literal["pdf", "docx", "epub", "mime", "text"]


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of a source, and what is known from where they came."""

    content: bytes
    url: str = ""
    """The final address of a page that was fetched, after redirects."""
    charset: str = ""
    """As HTTP declares it; "" if it doesn't."""


_COMPRESSED = "a compressed file or an archive: unpack it and give the article's file"
_MEDIA = "a picture, a sound or a film, not an article"
# As readers of PDF do: some write a line before it. In the middle of one it is a text about PDF.
_PDF = re.compile(rb"^(?:\xef\xbb\xbf)?%PDF-\d", re.MULTILINE)
_RIFF = re.compile(rb"RIFF.{4}(?:WAVE|AVI |WEBP)", re.DOTALL)
_REFUSED = {
    b"\x1f\x8b": _COMPRESSED,
    b"BZh": _COMPRESSED,
    b"\xfd7zXZ": _COMPRESSED,
    b"\x28\xb5\x2f\xfd": _COMPRESSED,
    b"7z\xbc\xaf": _COMPRESSED,
    b"Rar!\x1a": _COMPRESSED,
    b"\x89PNG": _MEDIA,
    b"\xff\xd8\xff": _MEDIA,
    b"GIF8": _MEDIA,
    b"ID3\x02": _MEDIA,
    b"ID3\x03": _MEDIA,
    b"ID3\x04": _MEDIA,
    b"OggS\0": _MEDIA,
    b"\x1aE\xdf\xa3": _MEDIA,
    b"\x7fELF": "a program, not an article",
    b"MZ\x90": "a program, not an article",
    b"\xcf\xfa\xed\xfe": "a program, not an article",
    b"\xca\xfe\xba\xbe": "a program, not an article",
    b"\0asm": "a program, not an article",
    b"SQLite format 3\0": "a database, not an article",
    b"\xd0\xcf\x11\xe0": "an old Office document: save it as .docx or PDF",
    b"bplist00": "a Safari web archive or settings: save the page as its source or as PDF",
    b"{\\rtf": "an RTF document: save it as .docx or PDF",
}
_OTHER_ZIPPED = {
    b"xl/workbook": "a spreadsheet: save the sheet as text",
    b"ppt/presentation": "slides: save them as PDF",
    b"opendocument.text": "an OpenDocument text: save it as .docx or PDF",
}
# The lines of a header, one of which says that it is one.
_MIME = re.compile(rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.IGNORECASE)


def kind_of(content: bytes) -> Kind:
    """The kind of reader that `content` needs; "text" if nothing else shows: markup, too, is text.

    Raises ReadError, with the kind, for what is known to be no article.
    """
    if _PDF.search(content[:1024]):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    for start, what in _REFUSED.items():
        if content.startswith(start):
            raise ReadError(f"it is {what}")
    if content[4:8] == b"ftyp" or _RIFF.match(content):
        raise ReadError(f"it is {_MEDIA}")
    if content[257:262] == b"ustar":
        raise ReadError(f"it is {_COMPRESSED}")
    return "mime" if _MIME.match(content[:64_000]) else "text"


def _zipped(content: bytes) -> Kind:
    # A look at the names in the archive's ends: its directory is read where memory is bounded.
    ends = content[:4096] + content[-65_536:]
    if b"application/epub+zip" in ends or b"META-INF/container.xml" in ends:
        return "epub"
    if b"word/document.xml" in ends:
        return "docx"
    for part, what in _OTHER_ZIPPED.items():
        if part in ends:
            raise ReadError(f"it is {what}")
    raise ReadError("it is a zip archive: unpack it and give the article's file")

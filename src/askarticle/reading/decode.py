"""Bytes to text: finds the encoding, and refuses what is no text."""

import codecs
import re

from askarticle.errors import ReadError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or an Office document",
    b"\x1f\x8b": "a compressed file",
    b"BZh": "a compressed file",
    b"\xfd7zXZ": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decode(content: bytes) -> tuple[str, list[str]]:
    """The text, and a warning if bytes of it were invalid.

    UTF-8 and GB18030 (with it GBK and GB2312) are told apart by trying; UTF-16 by its byte order
    mark. Raises ReadError for what is no text.
    """
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise ReadError(f"it is {kind}, not a text or a web page: save the article as text")
    text, warnings = _decoded(content)
    if len(_CONTROL.findall(text[:10_000])) > 0.01 * len(text[:10_000]):
        raise ReadError("it is not a text: control characters stand where words should be")
    return _CONTROL.sub(" ", text), warnings


def _decoded(content: bytes) -> tuple[str, list[str]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), []
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), []
        except UnicodeDecodeError as error:
            if error.start >= len(content) - 3:  # cut in the middle of the last character
                return content[: error.start].decode(encoding), [
                    "the last character is incomplete and was left out"
                ]
    text = content.decode("utf-8", errors="replace")
    invalid = text.count("\ufffd")
    if invalid > 0.05 * len(text):
        raise ReadError("it is not a text in UTF-8 or GB18030: save it as UTF-8")
    return text, [f"{invalid} invalid bytes or runs of them were replaced by \ufffd"]

"""Bytes to text: finds the encoding, whatever the page declares, and refuses what is no text."""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from askarticle.errors import ReadError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16's does
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]+)"""
    rb"""|^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)
# Names that pages give, and what browsers take them for.
_MEANT = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "iso8859-1": "cp1252"}
# Those that can't be told without a declaration, or are told by their characters.
_PAGE_ENCODING = re.compile(r"gb|big5|cp9|cp125|iso8859|shift_jis|euc_|koi8")
_UNDECLARED = ("gb18030", "cp950", "big5hkscs", "utf-16-le", "utf-16-be", "cp1252")
# So many bytes, from the first that isn't ASCII, show the encoding.
_SAMPLE = 100_000
# How much more a declared encoding is believed: less than a wrong one loses.
_DECLARED_BONUS = 0.1
# Single bytes among letters, as in "café", may look like a Chinese character with the next letter.
_LONE_BONUS = 0.6
# How usual the characters of a text are at least: a news text has 0.8 to 1, random bytes below 0.1.
_LEAST_USUAL = 0.35


def decode(content: bytes, *, charset: str = "") -> tuple[str, list[str]]:
    """The text, and a warning if bytes of it were invalid.

    A byte order mark decides; then UTF-8, if the bytes are valid; else whichever of `charset` (as
    HTTP gives it), what the page declares, GB18030, Big5, UTF-16 and Windows-1252 makes the most
    usual characters of them. Raises ReadError for what is no text.
    """
    text, warnings = _decoded(content, charset)
    if len(_CONTROL.findall(text[:10_000])) > 0.01 * len(text[:10_000]):
        raise ReadError("it is not a text: control characters stand where words should be")
    return _CONTROL.sub(" ", text), warnings


def _decoded(content: bytes, charset: str) -> tuple[str, list[str]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _with(encoding, content)
    if b"\0" not in content[:4096]:  # ASCII in UTF-16 has many, and is valid UTF-8
        try:
            return content.decode(), []
        except UnicodeDecodeError as error:
            if error.start and error.reason == "unexpected end of data":  # cut in a character
                return _with("utf-8", content)
    encoding, usual = _likeliest(content, list(_declared(content, charset)))
    text, warnings = _with(encoding, content)
    if usual < _LEAST_USUAL or text.count("\ufffd") > 0.05 * len(text):
        raise ReadError("it is not a text in UTF-8, UTF-16, GB18030 or Big5: save it as UTF-8")
    return text, warnings


def _with(encoding: str, content: bytes) -> tuple[str, list[str]]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text, warnings = decoder.decode(content), []
    if invalid := text.count("\ufffd"):
        warnings.append(f"{invalid} invalid bytes or runs of them were replaced by \ufffd")
    if decoder.getstate()[0]:
        warnings.append("the last character is incomplete and was left out")
    return text, warnings


def _declared(content: bytes, charset: str) -> Iterator[str]:
    """The encodings that HTTP and the page name, if they can't be told without."""
    found = _DECLARED.search(content[:4096])
    for name in (charset, *(part.decode() for part in (found.groups() if found else ()) if part)):
        try:
            name = codecs.lookup(name.strip()).name
        except (LookupError, ValueError):
            continue
        if _PAGE_ENCODING.match(name):
            yield _MEANT.get(name, name)


def _likeliest(content: bytes, declared: list[str]) -> tuple[str, float]:
    """The encoding that makes the most usual characters of the bytes, and how usual they are."""
    first = re.search(rb"[\x80-\xff]", content)
    start = content.rfind(b"\n", 0, first.start()) + 1 if first else 0  # a character begins there
    sample = content[start : start + _SAMPLE]
    from_utf8 = [char for char in _with("utf-8", sample)[0] if char > "\x7f"]
    # Of GBK's characters, some look like UTF-8 by chance, but never two of three.
    if b"\0" not in sample and len(from_utf8) > 3 * from_utf8.count("\ufffd"):
        return "utf-8", 1.0
    scores = {
        encoding: _usual(_with(encoding, content[:_SAMPLE] if "utf-16" in encoding else sample)[0])
        + _DECLARED_BONUS * (encoding in declared)
        for encoding in (*declared, *_UNDECLARED)
    }
    lone = len(re.findall(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", sample))
    if lone > 0.8 * len(re.findall(rb"[\x80-\xff]", sample)):
        scores["cp1252"] += _LONE_BONUS
    return max(scores.items(), key=lambda scored: scored[1])


def _usual(text: str) -> float:
    """How usual the characters beyond ASCII are, on average: 1 at most."""
    counts = Counter(text)
    weights = {char: weight for char in counts if (weight := _weight(char)) is not None}
    total = sum(counts[char] for char in weights)
    return sum(counts[char] * weight for char, weight in weights.items()) / total if total else 1.0


@lru_cache(maxsize=30_000)
def _weight(char: str) -> float | None:
    """How much a character speaks for its encoding; None if nothing, as ASCII."""
    if "\x20" <= char < "\x7f" or char in "\t\n\r\f":
        return None
    if char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs"):
        return -2.0
    if unicodedata.name(char, "").startswith("CJK UNIFIED"):
        # The first levels of both sets hold the 3,755 and 5,401 characters in daily use.
        simple, traditional = (char.encode(name, "ignore")[:1] for name in ("gb2312", "big5"))
        if b"\xb0" <= simple <= b"\xd7" or b"\xa4" <= traditional <= b"\xc6":
            return 1.0
        return 0.0 if simple or traditional else -1.0
    if char in "“”‘’—–…·•©®™€£\xa0" or "\u3000" <= char <= "\u303f" or "！" <= char <= "～":
        return 1.0
    if char < "\xff" or "\u2000" <= char < "\u2c00":  # signs
        return 0.5
    return 0.5 if char.isalpha() and not "\uff66" <= char <= "\uff9f" else 0.0

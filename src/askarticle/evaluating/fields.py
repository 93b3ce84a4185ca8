"""Opens a JSON file and checks its fields; each error names the place that it was given.

It doesn't know what the fields mean.
"""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from askarticle.errors import QuestionError, ReadError
from askarticle.retriever import clean_question

_MAX_BYTES = 500_000_000  # unpacked; the largest public sets of this format have 50 million


def unpacked(path: Path) -> str:
    """The UTF-8 text of a file, of one that ends in .gz unpacked. Raises ReadError."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise ReadError(f"there is no file {str(path)!r}") from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{path} can't be read: {reason}") from error
    if len(content) > _MAX_BYTES:
        raise ReadError(f"{path} has over {_MAX_BYTES // 1_000_000} million bytes: divide it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ReadError(f"{path}, line {line}: this is not UTF-8; save the file as that") from error


def parsed(place: str, text: str) -> Any:
    """What the JSON says. Raises ReadError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{place}: this is not JSON ({error})") from error


def words_of(place: str, row: Any, name: str = "text") -> str:
    """A field that is a text with at least one letter or digit. Raises ReadError."""
    text: str = field(place, row, name, str)
    if not any(map(str.isalnum, text)):
        raise ReadError(f"{place}: {name} has no words")
    return text


def askable(place: str, text: str) -> str:
    """The question, if it can be asked. Raises ReadError."""
    try:
        clean_question(text)
    except QuestionError as error:
        raise ReadError(f"{place}: {error}") from error
    return text


def field(place: str, row: Any, name: str, kind: type, *, default: Any = None) -> Any:
    """A field of a JSON object, of this kind; the default, if there is one, where it is missing.

    Raises ReadError.
    """
    if not isinstance(row, dict):
        raise ReadError(f"{place}: an object with {name!r} was expected, not {shown(row)}")
    value = default if row.get(name) is None else row[name]
    if value is None:
        raise ReadError(f"{place}: there is no field {name!r}")
    if not isinstance(value, kind) or isinstance(value, bool):
        names = {str: "a text", list: "a list", int: "a whole number"}
        raise ReadError(f"{place}: {name!r} should be {names[kind]}, not {shown(value)}")
    return value


def shown(value: Any) -> str:
    """A value as JSON, cut to what a message has room for."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"

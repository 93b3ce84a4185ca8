"""The interface's words in Chinese and English: static/words.json, which the page has too."""

import json
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "static" / "words.json"


@lru_cache
def words() -> dict[str, dict[str, str]]:
    """All words by language, "zh" and "en", and name."""
    found: dict[str, dict[str, str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found

"""Writes the package's table of simplified characters: `python -m training.simplified FOLDER`.

It is the same map that the encoder's tokenizer holds, so exact words and meaning see the same text.
"""

import sys
from pathlib import Path

import askarticle
from training import data
from training.vocabulary import simplified_characters


def main() -> None:
    table = simplified_characters(data.dictionary(Path(sys.argv[1])))
    lines = ("".join(table), "".join(table.values()), "")
    path = Path(askarticle.__file__).with_name("simplified.txt")
    path.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()

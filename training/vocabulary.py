"""Makes the tokenizer: the teacher's English word pieces and Chinese ones in one WordPiece model.

English is cut exactly as the teacher cuts it. A Chinese piece takes one row: where BERT marks what
continues a word ("##ing"), this marks what begins one ("▁play"), and runs of Chinese characters
have no mark. It doesn't make embeddings.
"""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable

import jieba
from sentencepiece import SentencePieceNormalizer
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

MARK = "▁"
# Rows of the embedding table: with half precision on disk the folder is 58 MB.
ROWS = 46_011
# A run of Chinese characters is cut here: the longest-match search is quadratic in its length.
MAX_RUN = 32
_MAX_PIECE = 6
# A word that the dictionary doesn't hold starts from its characters' glosses: it's worth less.
_UNLISTED_WEIGHT = 0.5
_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_SCRIPTS_LEFT_OUT = (
    "CJK HANGUL ARABIC BENGALI DEVANAGARI HEBREW ARMENIAN TAMIL GEORGIAN THAI TIBETAN SINHALA "
    "KANNADA MYANMAR FULLWIDTH IDEOGRAPHIC"
).split()
# Blocks whose compatibility forms are replaced; elsewhere the teacher sees what it always saw.
_COMPATIBILITY = (
    range(0x2150, 0x2190),  # Roman numerals
    range(0x2460, 0x2500),  # enclosed letters and digits
    range(0x2E80, 0x2FE0),  # radicals
    range(0x3200, 0x3400),  # enclosed and squared
    range(0xF900, 0xFB00),
    range(0xFE10, 0xFE70),  # small and vertical
    range(0xFF00, 0xFFEF),  # full and half width
)
# The teacher has learnt the ASCII marks; the Chinese ones it hardly met, or not at all.
_MARKS = dict(
    zip("。、「」『』《》〈〉【】〔〕〝〞\u3000‧※○", '.,""""""""[][]"" ·*〇', strict=True)
)
_MARKS |= {"℃": "°c", "℉": "°f"}

Entry = tuple[str, str, list[str]]


def is_han(char: str) -> bool:
    """Whether this is a Chinese character."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff" or char in "〇々"


def simplified_characters(entries: Iterable[Entry]) -> dict[str, str]:
    """Traditional → simplified, as the dictionary's headwords mostly write it.

    A character that stands for itself in more simplified headwords than it is replaced in
    keeps its form (么, 宁); 著, 乾 and the like give way, in questions and articles alike.
    """
    written: dict[str, Counter[str]] = {}
    own: Counter[str] = Counter()
    for traditional, simplified, _ in entries:
        own.update(set(simplified))
        if len(traditional) == len(simplified):
            for old, new in zip(traditional, simplified, strict=True):
                written.setdefault(old, Counter())[new] += 1
    best = {old: new.most_common(1)[0] for old, new in written.items()}
    mapped = {old: new for old, (new, count) in best.items() if new != old and count > own[old]}
    return {old: mapped.get(new, new) for old, new in mapped.items()}


def make_normalizer(entries: Iterable[Entry]) -> normalizers.Normalizer:
    """Simplified characters, plain width and marks; then what the teacher does: lower case, no
    accents, no control characters."""
    rules = simplified_characters(entries) | _MARKS
    for block in _COMPATIBILITY:
        for char in map(chr, block):
            plain = unicodedata.normalize("NFKC", char)
            if plain != char and char not in rules:
                plain = "".join(rules.get(c, c) for c in plain)
                # "①2023" isn't 12023.
                rules[char] = f" {plain} " if "\u2460" <= char <= "\u24ff" else plain
    spec = SentencePieceNormalizer(norm_map=sorted(rules.items())).serialized_normalizer_spec()
    return normalizers.Sequence(
        [
            normalizers.Precompiled(_first_field(spec)),
            normalizers.BertNormalizer(
                clean_text=True, handle_chinese_chars=False, strip_accents=True, lowercase=True
            ),
        ]
    )


def _first_field(message: bytes) -> bytes:
    """The first field of a protocol-buffers message, here the compiled character map (field 2)."""
    if message[0] != 0x12:
        raise ValueError("the normalizer has no compiled character map")
    length, position, shift = 0, 1, 0
    while True:
        byte = message[position]
        length |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return message[position : position + length]


def teacher_pieces(vocabulary: dict[str, int]) -> dict[str, int]:
    """The teacher's pieces that are kept, in this tokenizer's spelling → the teacher's row."""
    kept = {piece: vocabulary[piece] for piece in _SPECIAL}
    for piece, row in sorted(vocabulary.items(), key=lambda item: item[1]):
        continues = piece.startswith("##") and len(piece) > 2
        bare = piece[2:] if continues else piece
        script = unicodedata.name(bare[0], "").partition(" ")[0]
        if (piece.startswith("[") and piece.endswith("]")) or script in _SCRIPTS_LEFT_OUT:
            continue
        if continues and _is_punctuation(bare):
            continue  # marks always stand alone
        kept[bare if continues else MARK + bare] = row
    return kept


def _is_punctuation(char: str) -> bool:
    return len(char) == 1 and (
        (char.isascii() and not char.isalnum()) or unicodedata.category(char).startswith("P")
    )


def chinese_pieces(
    texts: Iterable[str],
    characters: Iterable[str],
    headwords: Collection[str],
    normalizer: normalizers.Normalizer,
    rows: int,
) -> list[str]:
    """Every character that may be met, then the commonest words of the texts.

    Characters are those given, GB 2312's, and those that two of the dictionary's headwords hold.
    """
    jieba.setLogLevel("ERROR")
    words: Counter[str] = Counter()
    for text in texts:
        words.update(jieba.cut(normalizer.normalize_str(text), HMM=False))
    met = Counter(char for word in headwords for char in set(word))
    expected = {normalizer.normalize_str(char) for char in (*gb2312(), *characters)}
    expected |= {char for char, count in met.items() if count > 1} | {c for w in words for c in w}
    expected = {char for char in expected if len(char) == 1 and is_han(char)}
    worth = {
        word: n * (1 if word in headwords else _UNLISTED_WEIGHT)
        for word, n in words.items()
        if 1 < len(word) <= _MAX_PIECE and all(map(is_han, word))
    }
    best = sorted(worth, key=lambda word: (-worth[word], word))[: rows - len(expected)]
    return sorted(expected) + best


def gb2312() -> list[str]:
    """The 6,763 characters of GB 2312."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return [char for code in codes if (char := code.decode("gb2312", "ignore"))]


def make_tokenizer(pieces: Iterable[str], normalizer: normalizers.Normalizer) -> Tokenizer:
    """The tokenizer whose piece number i is row i of the embeddings."""
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    known = _character_class(piece for piece in vocabulary if len(piece) == 1 and is_han(piece))
    tokenizer = Tokenizer(
        models.WordPiece(
            vocabulary,
            unk_token="[UNK]",
            continuing_subword_prefix="",
            max_input_chars_per_word=100,
        )
    )
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.BertPreTokenizer(),
            # A character that is no piece stands alone, else its whole run were unknown.
            pre_tokenizers.Split(Regex(f"[{known}]{{1,{MAX_RUN}}}|\\p{{Han}}"), "isolated"),
            pre_tokenizers.Metaspace(MARK, prepend_scheme="always", split=False),
            pre_tokenizers.Split(Regex(f"{MARK}(?=\\p{{Han}})"), "removed"),
        ]
    )
    first, last = vocabulary["[CLS]"], vocabulary["[SEP]"]
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", last), ("[CLS]", first))
    tokenizer.add_special_tokens(_SPECIAL)
    return tokenizer


def _character_class(characters: Iterable[str]) -> str:
    """The characters as ranges for a regular expression's class."""
    ranges: list[list[int]] = []
    for code in sorted(map(ord, characters)):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in ranges)

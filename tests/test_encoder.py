"""The built-in encoder, and models that can't be loaded."""

import json
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from conftest import INDEX

import askarticle
from askarticle import EncoderError, Retriever, load_encoder

MODEL = Path(askarticle.__file__).parent / "model"
TEXTS = [
    "区域2023年拨付集团化办学专项经费300余万元。",
    "The district spent over three million yuan on group schooling in 2023.",
    "深海科考可太有意思了。",
    "Deep-sea research is great fun.",
    "",
    "?!",
    "\ud800 lone \x00 \u202e \ufffd",
    "🙂",
]


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


def test_unit_vectors_of_float32(encoder):
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_a_sentence_is_likest_to_its_translation(encoder):
    chinese, english = encoder.encode(TEXTS[0:3:2]), encoder.encode(TEXTS[1:4:2])
    assert np.argmax(chinese @ english.T, axis=1).tolist() == [0, 1]


def test_order_and_company_change_no_vector(encoder):
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-5


def test_loaded_once_a_process(encoder):
    assert load_encoder() is encoder is load_encoder("built-in", download=False)
    assert Retriever.load(INDEX)._encoder is encoder


def test_progress_counts_texts(encoder):
    steps = []
    encoder.encode(["一句话"] * 300, lambda done, total: steps.append((done, total)))
    assert steps == [(256, 300), (300, 300)]


def test_fault_10_threads_get_the_vectors_that_one_after_another_gets(encoder):
    texts = [f"第{n}句话,sentence {n}" for n in range(8)]
    wanted = [encoder.encode([text] * 3) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: encoder.encode([text] * 3), texts * 3))
    for got, want in zip(found, wanted * 3, strict=True):
        assert np.array_equal(got, want)


def test_fault_13_no_character_raises(encoder):
    strange = [chr(c) for c in (0, 0x85, 0x200B, 0x202E, 0x2066, 0xD800, 0xDFFF, 0xFFFD, 0x10FFFF)]
    assert np.isfinite(encoder.encode([f"前{char}后" for char in strange])).all()


def test_the_size_that_we_promise():
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) < 60e6
    assert not [p for p in MODEL.rglob("*") if p.suffix in {".bin", ".pkl", ".pt", ".py", ".ckpt"}]


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(MODEL, tmp_path / "model"))


def test_a_folder_is_the_same_encoder_as_long_as_its_files_are(encoder, copy):
    (copy / "README.md").write_text("other prose")
    loaded = load_encoder(copy)
    assert loaded.fingerprint == encoder.fingerprint
    assert np.allclose(loaded.encode(TEXTS[:1]), encoder.encode(TEXTS[:1]), atol=1e-6)


def test_another_configuration_is_another_encoder(encoder, copy):
    path = copy / "sentence_bert_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "max_seq_length": 16}))
    assert load_encoder(copy).fingerprint != encoder.fingerprint


def test_a_models_own_prompt_shifts_no_range(encoder, copy):
    path = copy / "config_sentence_transformers.json"
    own = {"prompts": {"q": "query: "}, "default_prompt_name": "q"}
    path.write_text(json.dumps({**json.loads(path.read_text()), **own}))
    loaded = load_encoder(copy)
    assert np.allclose(loaded.encode(TEXTS[:1]), encoder.encode(TEXTS[:1]), atol=1e-6)
    for found, wanted in zip(loaded.tokens(TEXTS), encoder.tokens(TEXTS), strict=True):
        assert np.array_equal(found.ranges, wanted.ranges)
        assert np.allclose(found.vectors, wanted.vectors, atol=1e-5)


def test_a_model_without_places_of_tokens_is_refused(tmp_path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(next(MODEL.rglob("tokenizer.json"))))
    static = StaticEmbedding(tokenizer, embedding_dim=4)
    SentenceTransformer(modules=[static], device="cpu").save(str(tmp_path))
    with pytest.raises(EncoderError, match=r"can't be loaded .*fast tokenizer"):
        load_encoder(tmp_path)


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("harm", ["truncated", "missing"])
def test_fault_30_damaged_models_are_refused_in_one_line(copy, file, harm):
    path = next(copy.rglob(file))
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(EncoderError, match="can't be loaded") as error:
        load_encoder(copy)
    assert "\n" not in str(error.value)


def test_fault_30_weights_in_pickle_are_not_read(copy):
    next(copy.rglob("model.safetensors")).rename(copy / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="safetensors"):
        load_encoder(copy)


def test_fault_30_nor_those_of_a_later_module(tmp_path):
    for name in ("modules.json", "model.safetensors"):
        (tmp_path / name).write_bytes(b"{}")
    (tmp_path / "2_Dense").mkdir()
    (tmp_path / "2_Dense" / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(EncoderError, match=r"2_Dense.pytorch_model\.bin is a pickle"):
        load_encoder(tmp_path)


def test_fault_30_a_hub_name_without_a_network(monkeypatch):
    def refuse(*arguments, **options):
        raise OSError("no network in tests")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(EncoderError, match=r"nobody/nothing.*hub name and a network"):
        load_encoder("nobody/nothing")


def test_fault_30_the_built_in_model_missing(monkeypatch, tmp_path):
    from askarticle import encoder as module

    monkeypatch.setattr(module, "_loaded", {})
    monkeypatch.setattr(module, "__file__", str(tmp_path / "encoder.py"))
    with pytest.raises(EncoderError, match="install askarticle again"):
        load_encoder()


def test_tokens_know_their_characters_and_agree_with_the_texts_vector(encoder):
    found = encoder.tokens(TEXTS)
    for text, vector, tokens in zip(TEXTS, encoder.encode(TEXTS), found, strict=True):
        np.testing.assert_allclose(tokens.vector, vector, atol=1e-5)
        assert tokens.vectors.shape == (len(tokens.ranges), encoder.dimension)
        np.testing.assert_allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-5)
        assert all(0 <= start <= end <= len(text) for start, end in tokens.ranges)
    start, end = (np.array(column) for column in found[0].ranges.T)
    words = {TEXTS[0][a:b] for a, b in zip(start, end, strict=True)}
    assert {"专项", "300"} <= words
    together = "".join(TEXTS[0][a:b] for a, b in zip(start, end, strict=True))
    assert together == TEXTS[0]  # nothing is left out, nothing stands twice
    assert encoder.tokens([]) == []

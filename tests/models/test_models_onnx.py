"""The bundled models: what they give, on a handful of invented sentences."""

import os
import subprocess
import sys

import numpy as np
import pytest

from newsqa import models
from newsqa.models.encoders import BATCH, BATCH_TOKENS, OnnxEncoder
from newsqa.models.files import MINILM, bundled_folder
from newsqa.settings import Settings

pytestmark = pytest.mark.usefixtures("real_runs")

QUESTION = "Who is the mayor of Port Ellery?"
NEAR = "Dana Orlov, mayor of Port Ellery, opened the new ferry pier on Monday."
FAR = "Rain is expected in the northern valleys until Thursday."


@pytest.fixture(scope="module")
def embedder():
    return models.create_embedder(Settings())


@pytest.fixture(scope="module")
def reranker():
    return models.create_reranker(Settings())


def test_a_question_is_nearer_to_its_answer(embedder):
    near, far = np.array(embedder.embed_documents([NEAR, FAR])) @ np.array(embedder.embed_query(QUESTION))
    assert near > far + 0.2


def test_vectors_are_of_unit_length_and_in_the_order_of_their_texts(embedder):
    texts = [NEAR * 9, "", FAR, NEAR, "🛳" * 30]
    vectors = np.array(embedder.embed_documents(texts))
    assert vectors.shape == (5, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert vector @ np.array(embedder.embed_documents([text])[0]) > 0.98  # int8 differs a little between batches


def test_no_texts_give_no_vectors(embedder, reranker):
    assert embedder.embed_documents([]) == []
    assert reranker.score(QUESTION, []) == []


def test_the_reranker_prefers_the_answer_in_the_order_given(reranker):
    scores = reranker.score(QUESTION, [FAR, NEAR, FAR])
    assert scores[1] > scores[0] + 3
    assert abs(scores[0] - scores[2]) < 0.5


def test_endless_texts_are_cut(embedder, reranker):
    endless = "ferry " * 2_000
    assert len(embedder.embed_query(endless)) == 384
    assert len(reranker.score(endless, [endless])) == 1


def test_batches_are_small_and_hold_each_text_once():
    encoder = OnnxEncoder(bundled_folder(MINILM), threads=1)
    texts = ["pier " * length for length in (300, 1, 80, 2, 400, 90, *([3] * 40))]
    batches = list(encoder.batches(texts))
    assert sorted(place for batch in batches for place in batch.places) == list(range(len(texts)))
    for batch in batches:
        assert len(batch.places) <= BATCH
        assert len(batch.places) == 1 or batch.mask.size <= BATCH_TOKENS


def test_a_model_leaves_nothing_of_its_own_on_the_machine(tmp_path):
    """Unless it is told not to, onnxruntime keeps an id of the machine in the home folder, and sends events."""
    load = "from newsqa import models, Settings; models.create_embedder(Settings()).embed_query('fog')"
    kept = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": "", "XDG_DATA_HOME": ""}
    subprocess.run([sys.executable, "-c", load], env=kept | home, timeout=60, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and "newsqa" not in path.parts] == []

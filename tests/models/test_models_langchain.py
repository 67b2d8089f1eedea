"""LangChain's standard suites for embeddings, on ours."""

from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from newsqa.models.encoders import BGE_QUERY_PREFIX, OnnxEmbeddings, OnnxEncoder
from newsqa.models.files import BGE, bundled_folder


class _Ours:
    @property
    def embeddings_class(self):
        return OnnxEmbeddings

    @property
    def embedding_model_params(self):
        encoder = OnnxEncoder(bundled_folder(BGE), threads=1)
        return {"name": "bge-small-en-v1.5", "encoder": encoder, "prefix": BGE_QUERY_PREFIX}


class TestUnit(_Ours, EmbeddingsUnitTests):
    """How it is made."""


class TestIntegration(_Ours, EmbeddingsIntegrationTests):
    """What it gives."""

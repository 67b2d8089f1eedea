"""LangChain's standard suites for chat models, on llama.cpp in this process with the real weights."""

from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from newsqa.models.files import bundled_weights
from newsqa.models.llamacpp import LlamaCppChat


class _Ours:
    """It writes text: what the suites ask of tools, structured output and pictures does not apply."""

    @property
    def chat_model_class(self):
        return LlamaCppChat

    @property
    def chat_model_params(self):
        return {"name": "local", "file": bundled_weights(), "context": 2_048, "threads": 1}

    @property
    def standard_chat_model_params(self):
        return {"temperature": 0, "timeout": 60, "max_tokens": 20}

    @property
    def has_tool_calling(self):
        return False

    @property
    def has_structured_output(self):
        return False


class TestUnit(_Ours, ChatModelUnitTests):
    """How it is made."""


class TestIntegration(_Ours, ChatModelIntegrationTests):
    """What it says."""

    @property
    def supports_model_override(self):
        return False  # a file is what it is

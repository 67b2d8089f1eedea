"""LangChain's standard suites for chat models, on llama.cpp in this process with the real weights."""

import pytest
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from newsqa.models.files import bundled_weights
from newsqa.models.llamacpp import LlamaCppChat

TOOLS = {
    "test_tool_calling",
    "test_tool_calling_async",
    "test_tool_calling_with_no_arguments",
    "test_bind_runnables_as_tools",
    "test_tool_choice",
    "test_tool_message_histories_string_content",
    "test_tool_message_histories_list_content",
    "test_tool_message_error_status",
    "test_structured_few_shot_examples",
    "test_agent_loop",
    "test_unicode_tool_call_integration",
}
STRUCTURED = {
    "test_structured_output",
    "test_structured_output_async",
    "test_structured_output_pydantic_2_v1",
    "test_structured_output_optional_param",
    "test_json_mode",
}
INPUTS = {
    "test_pdf_inputs",
    "test_audio_inputs",
    "test_image_inputs",
    "test_image_tool_message",
    "test_pdf_tool_message",
    "test_anthropic_inputs",
}
OTHER_MODELS = {
    "test_invoke_with_model_override",
    "test_ainvoke_with_model_override",
    "test_stream_with_model_override",
    "test_astream_with_model_override",
}
"""A file is what it is: no other model can be named for a question."""


class _Ours:
    """It writes text: what the suites ask of tools, structured output and pictures does not apply.

    The tests named in INAPPLICABLE are deselected (conftest.py); the suites themselves would skip them.
    """

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

    INAPPLICABLE = frozenset({
        "test_init_from_env",  # it reads no variable of the environment
        "test_serdes",  # it is not serialized: it is a path of this machine
    })  # fmt: skip


class TestIntegration(_Ours, ChatModelIntegrationTests):
    """What it says."""

    INAPPLICABLE = frozenset({
        *TOOLS, *STRUCTURED, *INPUTS, *OTHER_MODELS,
        "test_stream_time",  # it replays recorded HTTP, and there is none
    })  # fmt: skip

    @property
    def supports_model_override(self):
        return False  # a file is what it is


@pytest.mark.parametrize("suite", [TestUnit, TestIntegration])
def test_what_is_deselected_is_in_the_suite(suite):
    assert [name for name in sorted(suite.INAPPLICABLE) if not hasattr(suite, name)] == []

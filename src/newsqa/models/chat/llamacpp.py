"""A LangChain chat model over llama.cpp in this process."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  pydantic reads it
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from newsqa.errors import ModelError
from newsqa.models.chat.engine import Weights, engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.callbacks import CallbackManagerForLLMRun

PROVIDER = "llamacpp"


class LlamaCppChat(BaseChatModel):
    """A GGUF file that answers in this process; `name` is what newsqa calls it.

    `context` is how many tokens it reads and writes together, `max_tokens` how many it writes at most, `timeout` the
    seconds for one answer, waiting for the model's turn included. The weights are loaded when it is first asked. It may
    be asked from several threads, and answers them one after the other.

    Raises ModelError: "broken" where the file cannot be used, "context" where the prompt is too long, "timeout".
    """

    name: str = PROVIDER
    file: Path
    context: int = Field(default=8_192, gt=0)
    threads: int = Field(default=2, gt=0)
    max_tokens: int = Field(default=512, gt=0)
    temperature: float = Field(default=0.0, ge=0)
    seed: int = 7
    stop: list[str] | None = None
    timeout: float = Field(default=60.0, gt=0)

    @property
    def _llm_type(self) -> str:
        return PROVIDER

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.name, "temperature": self.temperature, "max_tokens": self.max_tokens}

    def count_tokens_of(self, text: str) -> int:
        """Return how many tokens a text is to this model; loads it."""
        with engine(self._weights) as loaded:
            return loaded.tokens(text)

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:  # noqa: ANN401  as LangChain has it
        return LangSmithParams(
            ls_provider=PROVIDER,
            ls_model_name=kwargs.get("model", self.name),
            ls_model_type="chat",
            ls_temperature=kwargs.get("temperature", self.temperature),
            ls_max_tokens=kwargs.get("max_tokens", self.max_tokens),
            ls_stop=stop or self.stop or [],
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> ChatResult:
        whole: AIMessageChunk | None = None
        for chunk in self._stream(messages, stop, run_manager, **kwargs):
            piece = chunk.message
            assert isinstance(piece, AIMessageChunk)  # noqa: S101  that is what `_stream` makes
            whole = piece if whole is None else whole + piece
        message = AIMessage(
            content=whole.content if whole else "",
            response_metadata=whole.response_metadata if whole else {},
            usage_metadata=whole.usage_metadata if whole else None,
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> Iterator[ChatGenerationChunk]:
        request = self._request(messages, stop, kwargs)
        ended = ""
        with engine(self._weights) as loaded:
            for event in loaded.stream(request, self.timeout):
                self._raise_error(event)
                words, end = _words_in(event)
                ended = end or ended
                if (counted := event.get("usage")) is not None:
                    yield self._last(counted, ended)
                    return
                chunk = ChatGenerationChunk(message=AIMessageChunk(content=words))  # empty ones show that it goes on
                if run_manager and words:
                    run_manager.on_llm_new_token(words, chunk=chunk)
                yield chunk

    @property
    def _weights(self) -> Weights:
        return Weights(self.file, self.context, self.threads)

    def _request(self, messages: list[BaseMessage], stop: list[str] | None, given: dict[str, object]) -> dict[str, Any]:
        return {
            "messages": convert_to_openai_messages(messages, text_format="string"),
            "max_tokens": given.get("max_tokens", self.max_tokens),
            "temperature": given.get("temperature", self.temperature),
            "seed": given.get("seed", self.seed),
            "stop": stop or self.stop or [],
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,
            "chat_template_kwargs": {"enable_thinking": False},  # thoughts would take minutes here
        }

    def _raise_error(self, event: dict[str, Any]) -> None:
        error = event.get("error")
        if not error:
            return
        if error.get("type") == "exceed_context_size_error":
            raise ModelError(
                f"The prompt for {self.name} is longer than what it reads: "
                f"{error.get('n_prompt_tokens')} of {self.context} tokens.",
                hint="Raise NEWSQA_CONTEXT, or choose a model that reads more.",
                kind="context",
                limit=self.context,
            )
        raise ModelError(
            f"llama.cpp could not answer: {error.get('message')}", hint="Choose another model.", kind="request"
        )

    def _last(self, counted: dict[str, Any], end: str) -> ChatGenerationChunk:
        read, written = counted["prompt_tokens"], counted["completion_tokens"]
        cached = (counted.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        usage = UsageMetadata(
            input_tokens=read,
            output_tokens=written,
            total_tokens=read + written,
            input_token_details=InputTokenDetails(cache_read=cached),
        )
        about = {"model_name": self.name, "model_provider": PROVIDER, "finish_reason": end or "stop"}
        return ChatGenerationChunk(
            message=AIMessageChunk(content="", usage_metadata=usage, response_metadata=about, chunk_position="last")
        )


def _words_in(event: dict[str, Any]) -> tuple[str, str]:
    """Return the words of an event, and why the model stopped, "" where it goes on."""
    choice: dict[str, Any] = next(iter(event.get("choices") or []), {})
    return choice.get("delta", {}).get("content") or "", choice.get("finish_reason") or ""

"""Chat models by name: what is known of one (`facts`), how it is made (`chat_model`), how it is asked.

    extractive                   no model writes
    local                        SmolLM2-135M-Instruct, in this process
    llamacpp:/path/model.gguf    any GGUF file, in this process
    ollama:NAME, openai:NAME     a server on this machine or a hosted one
    PROVIDER:NAME                whatever else LangChain's `init_chat_model` knows

Every fault is a ModelError whose `kind` tells which, and that shows no key.
"""

from newsqa.models.chat.asking import ask_model, stream_model
from newsqa.models.chat.counting import count_tokens
from newsqa.models.chat.facts import ModelFacts, facts
from newsqa.models.chat.making import chat_model, identity_of
from newsqa.models.chat.replies import Reply

__all__ = ["ModelFacts", "Reply", "ask_model", "chat_model", "count_tokens", "facts", "identity_of", "stream_model"]

"""Who makes chat models, as data: what to install, which variable holds the key, where the server usually is."""

from __future__ import annotations

from dataclasses import dataclass

LOCAL, LLAMACPP = "local", "llamacpp"


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to a chat model, "name:MODEL".

    `module` is the Python module that must be there, `install` what to give to pip where it is not. `key` is the
    variable of its key, None where it needs none; `base` the variable of its address and `usual` the address without
    it, "" where only its client knows.
    """

    name: str
    module: str
    install: str
    key: str | None = None
    base: str | None = None
    usual: str = ""

    @property
    def key_only_here(self) -> bool:
        """Whether its key can be nowhere else than in its variable."""
        return self.key is not None and self.key not in ELSEWHERE


def _langchain(name: str, key: str | None, package: str = "") -> Provider:
    package = package or f"langchain-{name}"
    return Provider(name, package.replace("-", "_"), package, key)


ELSEWHERE = frozenset({"AWS_ACCESS_KEY_ID", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_API_KEY", "HF_TOKEN"})
"""Keys that clients also find in other places."""

AWS, GOOGLE = "AWS_ACCESS_KEY_ID", "GOOGLE_APPLICATION_CREDENTIALS"

PROVIDERS = {
    provider.name: provider
    for provider in (
        Provider(LLAMACPP, "xllamacpp", ".[local]"),
        Provider("ollama", "langchain_ollama", ".[ollama]", None, "OLLAMA_HOST", "http://127.0.0.1:11434"),
        Provider("openai", "langchain_openai", "langchain-openai", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
        Provider("anthropic", "langchain_anthropic", ".[anthropic]", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
        _langchain("anthropic_bedrock", AWS, "langchain-aws"),
        _langchain("azure_ai", "AZURE_AI_CREDENTIAL", "langchain-azure-ai"),
        Provider(
            "azure_openai", "langchain_openai", "langchain-openai", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"
        ),
        _langchain("baseten", "BASETEN_API_KEY"),
        _langchain("bedrock", AWS, "langchain-aws"),
        _langchain("bedrock_converse", AWS, "langchain-aws"),
        _langchain("bedrock_mantle_anthropic", AWS, "langchain-aws"),
        _langchain("bedrock_mantle_openai", AWS, "langchain-aws"),
        _langchain("cohere", "COHERE_API_KEY"),
        _langchain("deepseek", "DEEPSEEK_API_KEY"),
        _langchain("fireworks", "FIREWORKS_API_KEY"),
        _langchain("google_anthropic_vertex", GOOGLE, "langchain-google-vertexai"),
        _langchain("google_genai", "GOOGLE_API_KEY", "langchain-google-genai"),
        _langchain("google_vertexai", GOOGLE, "langchain-google-vertexai"),
        _langchain("groq", "GROQ_API_KEY"),
        _langchain("huggingface", "HF_TOKEN"),
        _langchain("ibm", "WATSONX_APIKEY"),
        Provider("langsmith", "langchain_openai", "langchain-openai", "LANGSMITH_API_KEY"),
        _langchain("litellm", None),
        _langchain("meta", "META_API_KEY"),
        _langchain("mistralai", "MISTRAL_API_KEY"),
        _langchain("nvidia", "NVIDIA_API_KEY", "langchain-nvidia-ai-endpoints"),
        _langchain("openrouter", "OPENROUTER_API_KEY"),
        _langchain("perplexity", "PPLX_API_KEY"),
        _langchain("together", "TOGETHER_API_KEY"),
        _langchain("upstage", "UPSTAGE_API_KEY"),
        _langchain("xai", "XAI_API_KEY"),
    )
}
"""Everything that LangChain's `init_chat_model` knows, and llama.cpp on this machine."""

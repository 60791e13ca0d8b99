"""Keep a fitted model in a file that holds only numbers and names, and read it back without running anything from it.

The file is an uncompressed zip of `model.json` and plain `.npy` arrays. No pickle is written, none is ever read;
nothing is unpacked to disk. A compressed entry (the stuff of zip bombs), an unexpected name or a wrong checksum is
refused before a single value is used, and so are trees that point anywhere but forward.
The checksum finds damage and careless edits. It is no signature: who can write the file can also write its checksum.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...version import __version__
from .classifier import EventClassifier
from .freeze import FORMAT, frozen, thawed
from .refusals import BrokenModel

MAX_BYTES = 1 << 30
MAX_META_BYTES = 64 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)


def save_model(model: EventClassifier, path: str | Path, data_hash: str) -> Path:
    """Write a fitted model; the same model gives the same bytes. data_hash: names the data it was fitted on."""
    meta, arrays = frozen(model)
    meta |= {"format": FORMAT, "versions": _versions(), "data_hash": data_hash}
    entries = {f"{name}.npy": _bytes(array) for name, array in arrays.items()}
    meta["checksum"] = _checksum(meta, entries)
    text = json.dumps(meta, ensure_ascii=False, sort_keys=True, indent=1).encode()
    path = Path(path)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {"model.json": text, **entries}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    fresh.replace(path)
    return path


def describe_model(path: str | Path) -> dict[str, Any]:
    """What a saved model says of itself: kind, data_hash, features, versions, parameters, rate; no arrays."""
    meta, _ = _read(Path(path))
    return meta


def load_model(path: str | Path) -> EventClassifier:
    """A model that save_model wrote; it predicts the same to the last bit. Raises BrokenModel for anything else."""
    path = Path(path)
    meta, entries = _read(path)
    try:
        arrays = {name.removesuffix(".npy"): _array(content) for name, content in entries.items()}
        return thawed(meta, arrays)
    except BrokenModel as fault:
        raise _broken(path, str(fault)) from fault
    except Exception as fault:
        raise _broken(path, f"its content does not fit together ({type(fault).__name__})") from fault


def _versions() -> dict[str, str]:
    import sklearn

    return {"csworkbench": __version__, "numpy": np.__version__, "scikit-learn": sklearn.__version__}


def _read(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _entries(path, archive)
            meta = json.loads(entries.pop("model.json"))
    except BrokenModel:
        raise
    except (zipfile.BadZipFile, EOFError, ValueError, RecursionError) as fault:
        raise _broken(path, "it is not a model file, or it was cut off or changed") from fault
    _judge(path, meta, entries)
    return meta, entries


def _entries(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if "model.json" not in names or len(set(names)) < len(names):
        raise _broken(path, "it is not a model of csworkbench")
    for info in infos:
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
            raise _broken(path, f'its entry "{info.filename}" is compressed or locked')
        if info.filename != "model.json" and not info.filename.removesuffix(".npy").isidentifier():
            raise _broken(path, f'it holds "{info.filename}", which no model has')
    if sum(info.file_size for info in infos) > MAX_BYTES or archive.getinfo("model.json").file_size > MAX_META_BYTES:
        raise _broken(path, "it is larger than any model")
    return {name: archive.read(name) for name in names}


def _judge(path: Path, meta: Any, entries: Mapping[str, bytes]) -> None:
    if not isinstance(meta, dict) or not isinstance(meta.get("format"), int):
        raise _broken(path, "it is not a model of csworkbench")
    if meta["format"] > FORMAT:
        versions = meta.get("versions")
        made_by = versions.get("csworkbench") if isinstance(versions, dict) else "a newer version"
        raise BrokenModel(f"{path}: was written by csworkbench {made_by}, which is newer. Update csworkbench.")
    plain = {name: value for name, value in meta.items() if name != "checksum"}
    if meta.get("checksum") != _checksum(plain, entries):
        raise _broken(path, "its checksum does not hold, so it was changed")


def _checksum(meta: Mapping[str, Any], entries: Mapping[str, bytes]) -> str:
    total = hashlib.sha256(json.dumps(meta, ensure_ascii=False, sort_keys=True).encode())
    for name in sorted(entries):
        total.update(f"{name}\0{len(entries[name])}\0".encode() + entries[name])
    return total.hexdigest()


def _bytes(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(array), allow_pickle=False)
    return out.getvalue()


def _array(content: bytes) -> np.ndarray:
    return np.asarray(np.lib.format.read_array(io.BytesIO(content), allow_pickle=False))


def _broken(path: Path, said: str) -> BrokenModel:
    return BrokenModel(f"{path}: {said}. Save the model again from where it was fitted.")

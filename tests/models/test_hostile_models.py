"""A model file whose checksum holds, written by somebody who means ill or made a mistake, is refused on opening."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import numpy as np
import pytest
from frames_by_hand import customers

from csworkbench.models import ChurnModel, load_model, save_model
from csworkbench.models.estimator import storage
from csworkbench.models.estimator.refusals import BrokenModel
from csworkbench.models.forecasts.sealed import sealed_forecasts


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    frame, churned = customers(200)
    path = save_model(ChurnModel(n_folds=2).fit(frame, churned), tmp_path_factory.mktemp("m") / "m.model", "sha256:0")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(folder, content, meta=lambda meta: None, arrays=lambda arrays: None):
    entries = dict(content)
    told = json.loads(entries.pop("model.json"))
    meta(told)
    arrays(entries)
    told.pop("checksum")
    told["checksum"] = storage._checksum(told, entries)
    path = folder / "hostile.model"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {"model.json": json.dumps(told).encode(), **entries}.items():
            archive.writestr(name, text)
    return path


def changed(name, change):
    def change_arrays(entries):
        array = np.load(io.BytesIO(entries[f"{name}.npy"]))
        entries[f"{name}.npy"] = storage._bytes(change(array))

    return change_arrays


def set_blend(**more):
    return lambda meta: meta["members"]["blend"].update(more)


def with_levels(change):
    def change_meta(meta):
        for feature in meta["features"]:
            if feature["levels"]:
                feature["levels"] = change(feature["levels"])

    return change_meta


META = {
    "three outcomes": lambda meta: meta.update(classes=[0, 1, 2]),
    "nested outcomes": lambda meta: meta.update(classes=[[0], [1]]),
    "a base that is no number": lambda meta: meta.update(base=float("nan")),
    "an endless intercept": lambda meta: meta["members"].update(intercept=float("inf")),
    "more features than it has": lambda meta: meta.update(n_features=10**30),
    "fewer features": lambda meta: meta.update(features=meta["features"][:-1]),
    "a kind that is none": lambda meta: meta["features"][0].update(kind="script"),
    "a category without levels": lambda meta: meta["features"][0].update(kind="category"),
    "fewer levels": with_levels(lambda levels: levels[:1]),
    "more levels": with_levels(lambda levels: [*levels, "zz"]),
    "a calibration that turns the order round": set_blend(low=-1.0),
    "a calibration of no number": set_blend(level=float("nan")),
    "three weights": set_blend(weights=[1, 1, 1]),
    "a parameter of its own": lambda meta: meta["parameters"].update(n_folds="__import__"),
    "corners beyond memory": lambda meta: meta["members"].update(corners=[10**18]),
}
ARRAYS = {
    "thresholds of no number": changed("forest_threshold", lambda array: np.full_like(array, np.nan)),
    "endless covers": changed("forest_cover", lambda array: np.full(len(array), np.inf)),
    "a tree a thousand times": changed("forest_first", lambda array: np.repeat(array, 1000)),
    "corners that fall": changed("curve_at", lambda array: array[::-1]),
}


@pytest.mark.parametrize("attack", META)
def test_names_and_numbers_that_no_model_has_are_refused(attack, content, tmp_path):
    with pytest.raises(BrokenModel, match=r"hostile\.model: .* Save the model again"):
        load_model(written(tmp_path, content, meta=META[attack]))


@pytest.mark.parametrize("attack", ARRAYS)
def test_arrays_that_no_model_has_are_refused(attack, content, tmp_path):
    with pytest.raises(BrokenModel, match=r"hostile\.model: its trees or curves do not fit together"):
        load_model(written(tmp_path, content, arrays=ARRAYS[attack]))


def test_the_same_content_written_by_another_hand_is_read(content, tmp_path):
    assert load_model(written(tmp_path, content)).estimable_


@pytest.mark.parametrize("text", [b'{"format": 1' + b"0" * 10_000 + b"}", b"[" * 1_000_000, b"\xff"])
def test_text_that_chokes_a_reader_is_refused(text, tmp_path):
    path = tmp_path / "hostile.model"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.json", text)
    with pytest.raises(BrokenModel, match="not a model file"):
        load_model(path)


def test_a_newer_format_is_told_even_without_its_version(content, tmp_path):
    newer = written(tmp_path, content, meta=lambda meta: meta.update(format=2, versions=5))
    with pytest.raises(BrokenModel, match="a newer version, which is newer"):
        load_model(newer)


def test_a_byte_changed_anywhere_never_changes_a_number(content, tmp_path):
    frame, _ = customers(50)
    path = written(tmp_path, content)
    whole, drawn = path.read_bytes(), np.random.default_rng(0)
    chances = load_model(path).predict_proba(frame)
    for place in drawn.integers(0, len(whole), 60):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(drawn.integers(0, 8))
        path.write_bytes(damaged)
        try:
            found = load_model(path)
        except BrokenModel:
            continue
        assert (found.predict_proba(frame) == chances).all()


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"format": 1' + b"0" * 10_000 + b"}", b"null", b""])
def test_a_sealed_forecast_that_chokes_a_reader_does_not_count_and_is_named(text, tmp_path):
    (tmp_path / "0001-2026-06-30.json").write_bytes(text)
    found = sealed_forecasts(tmp_path, before=date(2026, 9, 30))
    assert not found.forecasts
    assert list(found.faults) == ["0001-2026-06-30.json cannot be read; the forecast in it does not count"]

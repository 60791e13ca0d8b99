"""A saved model is numbers and names only: it predicts the same, says where it comes from, and cannot run anything."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from frames_by_hand import customers

from csworkbench import version
from csworkbench.errors import CsworkbenchError
from csworkbench.models import ChurnModel, UpsellModel, load_model, save_model
from csworkbench.models.estimator import storage
from csworkbench.models.estimator.refusals import BrokenModel
from csworkbench.models.estimator.storage import describe_model


@pytest.fixture(scope="module")
def fitted():
    frame, churned = customers(400)
    return ChurnModel(n_folds=2, seed=5).fit(frame, churned)


@pytest.fixture
def saved(fitted, tmp_path):
    return save_model(fitted, tmp_path / "churn.model", data_hash="sha256:abc")


def test_a_loaded_model_predicts_and_explains_the_same_to_the_last_bit(fitted, saved):
    frame, _ = customers(200, seed=3)
    loaded = load_model(saved)
    assert type(loaded) is ChurnModel and loaded.get_params() == fitted.get_params()
    assert (loaded.predict_proba(frame) == fitted.predict_proba(frame)).all()
    assert (loaded.contributions(frame) == fitted.contributions(frame)).all()
    assert (loaded.base_, loaded.rate_, loaded.set_aside_) == (fitted.base_, fitted.rate_, fitted.set_aside_)
    with pytest.raises(ValueError, match="missing"):
        loaded.predict_proba(frame.drop(columns="usage"))


def test_a_base_rate_model_can_be_kept_too(tmp_path):
    frame, _ = customers(60)
    model = UpsellModel(few_events="base_rate").fit(frame, [1] * 3 + [0] * 57)
    loaded = load_model(save_model(model, tmp_path / "m", data_hash="x"))
    assert type(loaded) is UpsellModel and not loaded.estimable_
    assert (loaded.predict_proba(frame) == model.predict_proba(frame)).all()


def test_it_names_its_data_features_versions_and_seed(saved):
    told = describe_model(saved)
    assert told["data_hash"] == "sha256:abc" and told["seed"] == 5
    assert [feature["name"] for feature in told["features"]] == list(customers(1)[0].columns)
    assert told["versions"]["csworkbench"] == version.__version__ and {"numpy", "scikit-learn"} <= set(told["versions"])


def test_the_same_model_gives_the_same_bytes(fitted, saved, tmp_path):
    again = save_model(load_model(saved), tmp_path / "again", data_hash="sha256:abc")
    assert again.read_bytes() == saved.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_unfitted_or_foreign_estimator_is_not_saved(tmp_path):
    class Stranger(ChurnModel):
        pass

    with pytest.raises(CsworkbenchError, match="a Stranger cannot be saved"):
        save_model(Stranger(), tmp_path / "m", data_hash="")
    with pytest.raises(ValueError, match="not fitted"):
        save_model(ChurnModel(), tmp_path / "m", data_hash="")


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


def rewritten(path: Path, change) -> Path:
    """The file with its entries changed and, as an attacker would, with the checksum computed again."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    meta = json.loads(entries.pop("model.json"))
    change(meta, entries)
    meta.pop("checksum", None)
    meta["checksum"] = storage._checksum(meta, entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {"model.json": json.dumps(meta), **entries}.items():
            archive.writestr(name, content)
    return path


def array_bytes(array, allow_pickle=False):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, allow_pickle=allow_pickle)
    return out.getvalue()


def test_a_planted_pickle_does_not_run(saved, tmp_path):
    mark = tmp_path / "ran"
    pickle.loads(pickle.dumps(Bomb(mark)))
    assert mark.exists()
    mark.unlink()
    planted = array_bytes(np.array([Bomb(mark)], dtype=object), allow_pickle=True)
    with pytest.raises(BrokenModel):
        load_model(rewritten(saved, lambda meta, entries: entries.update({"centre.npy": planted})))
    saved.write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(BrokenModel, match="not a model file"):
        load_model(saved)
    assert not mark.exists()


def test_a_name_that_leads_out_of_the_folder_is_refused_and_writes_nothing(saved, tmp_path):
    rewritten(saved, lambda meta, entries: entries.update({"../escaped.npy": b"x"}))
    with pytest.raises(BrokenModel, match=r"holds \"../escaped.npy\""):
        load_model(saved)
    assert not (tmp_path.parent / "escaped.npy").exists()


def test_a_zip_bomb_is_refused_before_it_is_opened(saved):
    with zipfile.ZipFile(saved, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.npy", bytes(50_000_000))
    with pytest.raises(BrokenModel, match="compressed"):
        load_model(saved)


def test_an_array_that_claims_to_be_huge_is_refused(saved):
    header = array_bytes(np.zeros(1)).replace(b"(1,), }            ", b"(999999999999,), } ")
    with pytest.raises(BrokenModel):
        load_model(rewritten(saved, lambda meta, entries: entries.update({"centre.npy": header})))


def test_every_cut_and_every_flipped_byte_is_refused(saved):
    whole = saved.read_bytes()
    for end in np.linspace(0, len(whole) - 1, 25).astype(int):
        saved.write_bytes(whole[:end])
        with pytest.raises(BrokenModel):
            load_model(saved)
    first = zipfile.ZipFile(io.BytesIO(whole)).infolist()[1]
    spots = np.random.default_rng(0).integers(first.header_offset + 100, len(whole) // 2, 25)
    for spot in spots:
        saved.write_bytes(whole[:spot] + bytes([whole[spot] ^ 4]) + whole[spot + 1 :])
        with pytest.raises(BrokenModel):
            load_model(saved)


def test_a_careless_edit_is_found_by_the_checksum(saved):
    with zipfile.ZipFile(saved) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["model.json"] = entries["model.json"].replace(b"sha256:abc", b"sha256:abd")
    with zipfile.ZipFile(saved, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    with pytest.raises(BrokenModel, match="its checksum does not hold"):
        load_model(saved)


def test_a_file_of_a_newer_version_says_so(saved):
    def newer(meta, entries):
        meta["format"] = 99
        meta["versions"]["csworkbench"] = "7.0.0"

    with pytest.raises(BrokenModel, match=r"written by csworkbench 7\.0\.0, which is newer"):
        load_model(rewritten(saved, newer))


def backwards(meta, entries):
    left = np.lib.format.read_array(io.BytesIO(entries["forest_left.npy"]))
    entries["forest_left.npy"] = array_bytes(np.where(left > 0, 0, left))


def endless(meta, entries):
    n = len(np.lib.format.read_array(io.BytesIO(entries["forest_left.npy"])))
    chain = np.where(np.arange(n) < n - 2, np.arange(n) + 1, -1)
    entries["forest_left.npy"] = entries["forest_right.npy"] = array_bytes(chain)


def out_of_range(meta, entries):
    column = np.lib.format.read_array(io.BytesIO(entries["forest_feature.npy"]))
    entries["forest_feature.npy"] = array_bytes(column + 1000)


def other_class(meta, entries):
    meta["kind"] = "os.system"


def without_an_array(meta, entries):
    del entries["centre.npy"]


def unknown_parameter(meta, entries):
    meta["parameters"]["command"] = "rm"


@pytest.mark.parametrize(
    "change",
    [backwards, endless, out_of_range, other_class, without_an_array, unknown_parameter],
    ids=lambda f: f.__name__,
)
def test_a_forged_content_with_a_right_checksum_is_refused(saved, change):
    with pytest.raises(BrokenModel):
        load_model(rewritten(saved, change))


def test_a_missing_file_is_the_ordinary_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "nowhere")

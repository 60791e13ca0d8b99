"""The numbers that a sentence says, and those that an exhibit's data gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csworkbench.story.exhibit import Exhibit
from csworkbench.story.scene import Scene

NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
SCALES = {"%": 0.01, "K": 1e3, "M": 1e6, "B": 1e9, "万": 1e4, "億": 1e8}
SHORT = 12
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Numeral:
    """A number as read: its text, its size, half of what its last digit stands for, and what it can be.

    kind: "share" (per cent, points), "money" (with a unit or a currency sign), "number" (with decimals) or "count".
    """

    text: str
    size: float
    half: float
    kind: str

    def is_among(self, known: Mapping[str, Values]) -> bool:
        """Whether one of the values of its kind, written with that many digits, is this number."""
        return bool((np.abs(np.abs(known[self.kind]) - self.size) <= self.half * 1.0001 + 1e-9).any())


def said(text: str) -> Iterator[Numeral]:
    """The numbers of a text, without signs; per cent and points are shares."""
    for match in NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        points = bool(re.match(r"\s?(pt|points?|ポイント)", after))
        unit = after[:1] if after[:1] in SCALES and not re.match(r"[KMB][a-z]", after) else ""
        scale = 0.01 if points else SCALES.get(unit, 1.0)
        digits = len(match[0].partition(".")[2])
        is_money = bool(unit) or after.startswith("円") or before.endswith(("¥", "$", "€", "£"))
        kind = _kind(points or unit == "%", is_money, digits)
        half = 0.5 * 10.0**-digits * scale
        yield Numeral(match[0] + unit, float(match[0].replace(",", "")) * scale, half, kind)


def _kind(is_share: bool, is_money: bool, digits: int) -> str:
    return "share" if is_share else "money" if is_money else "number" if digits else "count"


def without_days(text: str, exhibit: Exhibit, scene: Scene) -> str:
    """The text without the days and quarters that the exhibit's data or the pack's quarter give."""
    language, data = exhibit.language, exhibit.data
    days = {day for name in data.select_dtypes("datetime") for day in data[name].dropna()}
    cells = {str(cell) for name in data for cell in data[name].dropna()}
    near = {q.label for q in (scene.quarter, scene.quarter.previous, scene.quarter.next, scene.quarter.year_ago)}
    words = [language.date(day, width) for day in days for width in ("medium", "long")]
    words += [language.quarter(cell) for cell in {*cells, *near} if re.fullmatch(r"\d{4}Q\d", cell)]
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return text


def given(exhibit: Exhibit) -> Mapping[str, Values]:
    """What can be read off the data in one step, by what a number can be.

    count: a whole cell, sum or difference of cells, or how often a text or a flag comes. number: a cell, a ratio.
    money: a cell, a sum from the top, a sum or difference within a row or a column. share: a cell or what is left to 1,
    such a difference, a ratio, a share of the column's sum, a mean weighted by n. So do numbers in a cell's text.
    """
    data = exhibit.data
    numbers = data.select_dtypes("number").astype(float)
    texts = data.select_dtypes(exclude=["number", "bool", "datetime"])
    written = [number for name in texts for cell in texts[name].dropna().astype(str) for number in said(cell)]
    of_text = {kind: [n.size for n in written if n.kind == kind] for kind in ("count", "number", "money", "share")}
    columns = [numbers[name].dropna().to_numpy() for name in numbers]
    cells, sums = np.concatenate([*columns, []]), np.concatenate([*map(np.cumsum, columns), []])
    apart = np.concatenate([_differences(values) for values in (*columns, *numbers.to_numpy())] or [[]])
    ratios = np.array([*_ratios(numbers)])
    return {
        "count": np.array([*_counts(data), *_whole(np.concatenate([cells, sums, apart])), *of_text["count"]]),
        "number": np.array([*cells, *ratios, *of_text["number"]]),
        "money": np.array([*cells, *sums, *apart, *of_text["money"]]),
        "share": np.array([*cells, *(1 - cells), *apart, *ratios, *of_text["share"]]),
    }


def _whole(values: Values) -> Values:
    return values[values % 1 == 0]


def _counts(data: pd.DataFrame) -> Iterator[float]:
    yield float(len(data))
    for name in data:
        column = data[name]
        if column.map(lambda value: isinstance(value, list | tuple)).any():
            yield from pd.Series([item for items in column for item in items]).value_counts().astype(float)
        elif not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            yield from [*column.value_counts().astype(float), float(column.nunique())]


def _differences(values: Values) -> Values:
    """Of each two values next but a few to each other, and their sums."""
    known = values[np.isfinite(values)][:SHORT]
    both = [np.subtract.outer(known, known), np.add.outer(known, known)]
    return np.concatenate([part[np.triu_indices(len(known), 1)] for part in both])


def _ratios(numbers: pd.DataFrame) -> Iterator[float]:
    weights = numbers["n"] if "n" in numbers else pd.Series(0.0, numbers.index)
    for name in numbers:
        values = numbers[name].dropna().to_numpy()
        if len(values) and values.sum():
            yield from [*(np.cumsum(values) / values.sum()), *(values / values.sum())]
        if weights.sum():
            yield float((numbers[name] * weights).sum() / weights.sum())
    columns = [column for column in numbers.to_numpy().T if len(column) <= SHORT]
    for row in [*numbers.to_numpy()[:SHORT], numbers.sum().to_numpy(), *columns]:
        known = row[np.isfinite(row) & (row != 0)]
        ratio = np.divide.outer(known, known).ravel()
        yield from [*ratio, *(ratio - 1), *(ratio / 12)]

"""The numbers that a sentence says, and those that an exhibit's data gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

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
    """A number as read: its text, its size, and half of what its last digit stands for."""

    text: str
    size: float
    half: float

    def is_among(self, values: Values) -> bool:
        """Whether one of the values, written with that many digits, is this number."""
        return bool((np.abs(np.abs(values) - self.size) <= self.half * 1.0001 + 1e-9).any())


def said(text: str) -> Iterator[Numeral]:
    """The numbers of a text, without signs; per cent and points are shares."""
    for match in NUMBER.finditer(text):
        after = text[match.end() :]
        scale = SCALES.get(after[:1], 1.0) if not re.match(r"[KMB][a-z]", after) else 1.0
        scale = 0.01 if re.match(r"\s?(pt|points?|ポイント)", after) else scale
        digits = len(match[0].partition(".")[2])
        yield Numeral(match[0] + after[:1], float(match[0].replace(",", "")) * scale, 0.5 * 10.0**-digits * scale)


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


def given(exhibit: Exhibit) -> Values:
    """What can be read off the data in one step: a cell, a count, a sum, a difference, a ratio, a weighted mean."""
    data = exhibit.data
    texts = data.select_dtypes(exclude=["number", "bool", "datetime"])
    of_texts = [number.size for name in texts for cell in texts[name].dropna().astype(str) for number in said(cell)]
    return np.array([*_counts(data), *_read(data.select_dtypes("number").astype(float)), *of_texts])


def _counts(data: pd.DataFrame) -> Iterator[float]:
    yield float(len(data))
    for name in data:
        column = data[name]
        if column.map(lambda value: isinstance(value, list | tuple)).any():
            yield from pd.Series([item for items in column for item in items]).value_counts().astype(float)
        elif not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            yield from [*column.value_counts().astype(float), float(column.nunique())]


def _read(numbers: pd.DataFrame) -> Iterator[float]:
    weights = numbers["n"] if "n" in numbers else None
    for name in numbers:
        yield from _of_column(numbers[name].dropna().to_numpy())
        if weights is not None and weights.sum():
            yield float((numbers[name] * weights).sum() / weights.sum())
    for row in [*numbers.to_numpy(), numbers.sum().to_numpy()]:
        yield from _pairs(row[np.isfinite(row)])


def _of_column(values: Values) -> Iterator[float]:
    sums = np.cumsum(values)
    yield from [*values, *sums, *(1 - values)]
    if len(sums) and sums[-1]:
        yield from [*(sums / sums[-1]), *(values / sums[-1])]
    if len(values) <= SHORT:
        yield from _pairs(values)
        yield from (a + b for a, b in permutations(values, 2))


def _pairs(values: Values) -> Iterator[float]:
    for a, b in permutations(values, 2):
        yield a - b
        if b:
            yield from (a / b, a / b - 1)

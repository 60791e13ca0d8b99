"""Invented names of companies and people, Japanese and English; none is meant to exist."""

from __future__ import annotations

import numpy as np

from .arrays import Flags, Ints

_JA_FRONT = ("霧", "暁", "凪", "茜", "楓", "灯", "雫", "鈴", "苔", "霜", "柚", "椿", "露", "霞", "梢", "汐")
_JA_BACK = ("ヶ野", "乃原", "見台", "之瀬", "ヶ浜", "乃森", "千里", "ヶ谷", "渡", "乃里", "沢見", "ヶ丘")
_JA_TRADE = (
    "システムズ",
    "食品",
    "精機",
    "物流",
    "建設",
    "商会",
    "製薬",
    "印刷",
    "電子",
    "化学",
    "ソリューションズ",
    "不動産",
    "保険サービス",
    "メディカル",
    "紡績",
    "観光",
)
_JA_PUBLIC = ("市役所", "県立病院", "広域水道局", "町教育委員会", "港湾事務所", "大学機構")
_EN_FRONT = (
    "Brindle",
    "Quill",
    "Tarn",
    "Fallow",
    "Larch",
    "Merrow",
    "Pell",
    "Sable",
    "Thistle",
    "Umber",
    "Vesper",
    "Yarrow",
    "Cinder",
    "Dapple",
    "Gannet",
    "Hessel",
)
_EN_BACK = ("moor", "haven", "wick", "stead", "gate", "brook", "holm", "crest", "mere", "combe", "dale", "ley")
_EN_TRADE = (
    "Logistics",
    "Foods",
    "Instruments",
    "Freight",
    "Builders",
    "Trading",
    "Pharma",
    "Print",
    "Electronics",
    "Chemicals",
    "Software",
    "Estates",
    "Insurance",
    "Medical",
    "Textiles",
    "Travel",
)
_EN_PUBLIC = (
    "City Council",
    "Regional Hospital",
    "Water Board",
    "School District",
    "Port Authority",
    "University Trust",
)
_EN_FORM = ("Inc.", "Ltd", "Group", "& Co.")
INDUSTRIES = (
    "Software",
    "Food",
    "Machinery",
    "Logistics",
    "Construction",
    "Trade",
    "Pharma",
    "Printing",
    "Electronics",
    "Chemicals",
    "Software",
    "Real estate",
    "Insurance",
    "Healthcare",
    "Textiles",
    "Travel",
    "Public sector",
)
PUBLIC_INDUSTRY = len(INDUSTRIES) - 1
_GIVEN = (
    "Aoi",
    "Haruto",
    "Mio",
    "Ren",
    "Emma",
    "Yuna",
    "Sora",
    "Liam",
    "Hana",
    "Kaito",
    "Nora",
    "Riku",
    "Sakura",
    "Theo",
    "Yui",
    "Daichi",
)
_INITIAL = "KTMSANHWYI"


def company_names(rng: np.random.Generator, first: int, japanese: Flags, public: Flags) -> tuple[list[str], Ints]:
    """A name and the index of its industry for accounts from number `first` on; names repeat in a big company."""
    n = len(japanese)
    stock = len(_JA_FRONT) * len(_JA_BACK) * len(_JA_TRADE) * 2
    numbers = rng.permutation(stock)[(first + np.arange(n)) % stock]
    trade = numbers % len(_JA_TRADE)
    names = [_name(int(k), bool(ja), bool(pub)) for k, ja, pub in zip(numbers, japanese, public, strict=True)]
    return names, np.where(public, PUBLIC_INDUSTRY, trade)


def _name(number: int, japanese: bool, public: bool) -> str:
    number, trade = divmod(number, len(_JA_TRADE))
    number, form = divmod(number, 2)
    front, back = divmod(number, len(_JA_BACK))
    if japanese:
        stem = _JA_FRONT[front] + _JA_BACK[back]
        if public:
            return stem + _JA_PUBLIC[trade % len(_JA_PUBLIC)]
        return f"株式会社{stem}{_JA_TRADE[trade]}" if form else f"{stem}{_JA_TRADE[trade]}株式会社"
    stem = _EN_FRONT[front] + _EN_BACK[back]
    if public:
        return f"{stem} {_EN_PUBLIC[trade % len(_EN_PUBLIC)]}"
    return f"{stem} {_EN_TRADE[trade]} {_EN_FORM[form + 2 * (front % 2)]}"


def person_names(n: int) -> list[str]:
    """Invented given names with an initial, distinct for the first 160 and numbered afterwards."""
    names = []
    for k in range(n):
        name = f"{_GIVEN[k % 16]} {_INITIAL[(k // 16 + 7 * k) % 10]}."
        names.append(name if k < 160 else f"{name} {k // 160 + 1}")
    return names

"""The canonical tables as Markdown, as docs/workspace.md shows them: python -m csworkbench.schema."""

from __future__ import annotations

from . import TABLES, Column, Table


def markdown(table: Table) -> str:
    """The section of one table: what a row is, its key, every column."""
    key = ", ".join(f"`{name}`" for name in table.key) or "none"
    columns = " · ".join(described(column) for column in table.columns)
    return f"### {table.name}\n{table.grain}. Key: {key}.\n\n{columns}\n"


def described(column: Column) -> str:
    """The column as `name` type, `*` when required, its range or choices, and `→` when it may lie ahead."""
    ends = [f"{end:g}" if end is not None else "" for end in (column.low, column.high)]
    limits = f" {'–'.join(ends)}" if any(ends) and column.type != "share" else ""
    choices = f" ({', '.join(column.choices)})" if column.choices else ""
    marks = "\\*" * column.required + "→" * column.ahead + "°" * column.personal
    return f"`{column.name}`{marks} {column.type}{limits}{choices}"


if __name__ == "__main__":
    print("\n".join(map(markdown, TABLES.values())), end="")

"""Derived columns: a small, safe expression language over source columns, compiled to SQL.

Numbers, text in quotes, `+ - * /`, comparisons, `in`, `and or not`, `x if condition else y` and the functions of
`functions.py`. A source column is its name, or col("any name"). Nothing is ever executed as Python.

Blank is not measured: arithmetic, ordering and if on a blank give a blank; `==` and `!=` on text treat it as a value
of its own. A text that is no plain decimal where a number is needed, and a division by zero, are faults of their row.
"""

from .compile import Expression, compile_expression
from .value import ExpressionError

__all__ = ["Expression", "ExpressionError", "compile_expression"]

"""From the text of an expression to SQL, through Python's parser and an allow-list of its nodes."""

from __future__ import annotations

import ast
import unicodedata
import warnings
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ...errors import suggestion
from ..sql import identifier, literal
from .functions import FUNCTIONS
from .operators import arithmetic, compare, either
from .value import ExpressionError, Kind, Value, as_bool, as_number, fault_sql, fault_when, first_fault

LONGEST = 2_000
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Eq: "=",
    ast.NotEq: "<>",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


@dataclass(frozen=True)
class Expression:
    """A compiled expression.

    kind: number, text, bool or date. sql: DOUBLE, VARCHAR, BOOLEAN or DATE over the source columns.
    fault: SQL of NULL or "rule, column, text" (separated by U+001F) for a row that has a fault; None if no row can.
    columns: source columns it reads.
    """

    text: str
    kind: Kind
    sql: str
    fault: str | None
    columns: tuple[str, ...]


def compile_expression(text: str, columns: Collection[str], empty: Sequence[str] = ()) -> Expression:
    """The expression over these source columns; texts in `empty` read as blank. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(f"is longer than {LONGEST:,} signs", "Split it into columns of a view or of the export.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
        walk = _Walk(tuple(columns), tuple(empty))
        value = walk.value(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        said = f"cannot be read{f' at sign {error.offset}' if isinstance(error, SyntaxError) and error.offset else ''}"
        raise ExpressionError(
            said, 'Write it like mrr * (1 - discount / 100), names with blanks as col("a b").'
        ) from None
    if value.kind in ("days", "months"):
        raise ExpressionError("ends in a number of days or months", "Add it to a date.")
    if value.kind in ("column", "none"):
        value = Value("text", value.sql, value.fault)
    fault = value.fault
    if value.kind == "number":
        fault = first_fault(fault, fault_when(f"NOT isfinite({value.sql})", fault_sql("not_finite")))
    return Expression(text, value.kind, value.sql, fault, tuple(dict.fromkeys(walk.used)))


@dataclass
class _Walk:
    columns: tuple[str, ...]
    empty: tuple[str, ...]
    used: list[str] = field(default_factory=list)

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant():
                return _constant(node.value)
            case ast.Name():
                return self.column(node.id)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return arithmetic(_SIGNS[type(op)], self.value(left), self.value(right))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                number = as_number(self.value(operand))
                return Value("number", f"(-{number.sql})" if isinstance(sign, ast.USub) else number.sql, number.fault)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                condition = as_bool(self.value(operand))
                return Value("bool", f"(NOT {condition.sql})", condition.fault)
            case ast.BoolOp(op=op, values=values):
                return _joined(isinstance(op, ast.And), [as_bool(self.value(part)) for part in values])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return either(as_bool(self.value(test)), self.value(body), self.value(orelse))
            case ast.Compare():
                return self.comparison(node)
            case ast.Call():
                return self.call(node)
        remedy = f"Use + - * /, comparisons, and, or, not, if … else and {', '.join(FUNCTIONS)}."
        raise ExpressionError(f'"{ast.unparse(node)[:60]}" is not part of this language', remedy)

    def column(self, name: str) -> Value:
        known = next((column for column in self.columns if name in (column, _nfkc(column))), None)
        if known is None:
            hint = f"{name}(…) is a function." if name in FUNCTIONS else suggestion(name, self.columns).strip()
            raise ExpressionError(f'has no source column "{name}"', hint or "Correct the name.")
        self.used.append(known)
        sql = identifier(known)
        if any(self.empty):
            sql = f"CASE WHEN {sql} NOT IN {literal([text for text in self.empty if text])} THEN {sql} END"
        return Value("column", sql, None, known)

    def comparison(self, node: ast.Compare) -> Value:
        parts = []
        for (left, right), op in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
            match op:
                case ast.In() | ast.NotIn():
                    parts.append(self.membership(left, right, isinstance(op, ast.NotIn)))
                case _ if type(op) in _SIGNS:
                    parts.append(compare(_SIGNS[type(op)], self.value(left), self.value(right)))
                case _:
                    raise ExpressionError('"is" is not part of this language', "Use == or is_empty(x).")
        return _joined(True, parts)

    def membership(self, left: ast.expr, right: ast.expr, inverted: bool) -> Value:
        if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
            raise ExpressionError("in needs a list", 'Write it like plan in ("basic", "pro").')
        value = self.value(left)
        found = _joined(False, [compare("=", value, self.value(item)) for item in right.elts])
        return Value("bool", f"(NOT {found.sql})" if inverted else found.sql, found.fault)

    def call(self, node: ast.Call) -> Value:
        name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise ExpressionError(f"{name} takes plain arguments only", "Remove names and stars from the call.")
        if name == "col":
            return self.column(_name_of(node.args))
        function = FUNCTIONS.get(name)
        if function is None:
            raise ExpressionError(f'has no function "{name}"', suggestion(name, ["col", *FUNCTIONS]).strip())
        n = len(node.args)
        if n < function.least or (function.most is not None and n > function.most):
            needed = f"{function.least}" if function.most == function.least else f"at least {function.least}"
            raise ExpressionError(f"{name} takes {needed} values, not {n}", "Correct the call.")
        return function.make(*[self.value(argument) for argument in node.args])


def _constant(value: object) -> Value:
    match value:
        case None:
            return Value("none", "NULL")
        case bool():
            return Value("bool", literal(value))
        case int() | float() if abs(value) < 1e15:
            return Value("number", literal(float(value)))
        case str():
            return Value("text", literal(value))
    raise ExpressionError(f"{value!r} cannot be used here", "Use numbers of at most 15 digits, or text in quotes.")


def _name_of(arguments: Sequence[ast.expr]) -> str:
    if len(arguments) == 1 and isinstance(arguments[0], ast.Constant) and isinstance(arguments[0].value, str):
        return arguments[0].value
    raise ExpressionError("col takes one name in quotes", 'Write it like col("Call  Failure").')


def _joined(all_of: bool, parts: Iterable[Value]) -> Value:
    """Conditions joined by and / or; what is decided by an earlier one hides the faults of later ones."""
    first, *others = parts
    sql, fault = first.sql, first.fault
    for part in others:
        later = fault_when(f"({sql}) IS {'NOT FALSE' if all_of else 'NOT TRUE'}", part.fault) if part.fault else None
        fault = first_fault(fault, later)
        sql = f"({sql} {'AND' if all_of else 'OR'} {part.sql})"
    return Value("bool", sql, fault)


def _nfkc(name: str) -> str:
    """As Python's parser writes an identifier."""
    return unicodedata.normalize("NFKC", name)

"""The text of a formula before it is parsed: what it may be made of, and where something stands in it."""

import ast
import keyword
import re
import warnings
from dataclasses import dataclass
from typing import NoReturn

from gdlab.errors import Fault
from gdlab.problems.formulas.functions import FUNCTIONS

LONGEST = 2000  # characters
DEEPEST = 50  # levels of nesting

_WIDEST = 160  # a longer text is not shown in full above its caret

_LOOKALIKES = {
    "²": "write **2",
    "³": "write **3",
    "·": "write * for a product",
    "⋅": "write * for a product",
    "×": "write * for a product",
    "−": "write -",
    "–": "write -",
    "÷": "write /",
    "√": "write sqrt(…)",
    "π": "write pi",
    "∞": "there is no infinity in a formula",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "∑": "write sum(…)",
    "∏": "write prod(…)",
    **{digit: f"a name is made of letters, digits and _: write {k}" for k, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **{digit: f"write **{k}" for k, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹") if digit not in "²³"},
}
_FOREIGN = {
    "'": "strings are not part of a formula",
    '"': "strings are not part of a formula",
    "#": "comments are not part of a formula",
    "{": "write ( and )",
    "}": "write ( and )",
    ";": "a formula is one expression",
    "\\": "a formula is one line",
}
_OPERATORS = set("+-*/%()[],.<>=!:@^&|~_ ")
_BARE_CALL = re.compile(r"\b([^\W\d]\w*) +([^\W\d]\w*|\d[\w.]*)")
_WORD = re.compile(r"[^\W\d]\w*")


class Refusal(Exception):  # noqa: N818 - it never leaves the reading of a formula
    """Something in a formula that is not allowed; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault


@dataclass(frozen=True)
class FormulaText:
    """A formula as the user wrote it, on one line.

    Args:
        text: with every line break and tab turned into a space.
        source: what the user calls the place where it stands.
    """

    text: str
    source: str

    def fault(self, message: str, start: int, stop: int, hint: str = "") -> Fault:
        """What is wrong between two offsets, counted in characters from 0."""
        shown = "".join(c if c.isprintable() else "�" for c in self.text)
        if len(shown) > _WIDEST:
            near = shown[max(0, start - 20) : start + 20].strip()
            return Fault(f"{message}, near {near}", self.source, 1, start + 1, hint=hint)
        return Fault(message, self.source, 1, start + 1, shown, max(1, stop - start), hint)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a part of the syntax tree stands, in characters; Python counts bytes, behind an added bracket."""
        encoded = self.text.encode()
        begin = max(0, getattr(node, "col_offset", 1) - 1)
        end = min(len(encoded), getattr(node, "end_col_offset", len(encoded) + 1) - 1)
        return len(encoded[:begin].decode(errors="ignore")), len(encoded[:end].decode(errors="ignore"))

    def refuse(self, message: str, node: ast.AST, hint: str = "") -> NoReturn:
        """Say that a part of the syntax tree is not allowed."""
        raise Refusal(self.fault(message, *self.span(node), hint))

    def shown(self, node: ast.AST) -> str:
        """What the user wrote there, shortened."""
        text = self[self.span(node)]
        return text if len(text) <= 30 else text[:29] + "…"

    def __getitem__(self, span: tuple[int, int]) -> str:
        return self.text[slice(*span)]


def parse_text(formula: FormulaText) -> ast.expr | Fault:
    """The syntax tree of a formula, or why there is none.

    Characters and brackets are checked first, so that Python's parser only meets what could be a formula.
    """
    text = formula.text
    if len(text) > LONGEST:
        return Fault(
            f"a formula of {len(text):,} characters is too long; at most {LONGEST:,} are allowed", formula.source
        )
    if not text.strip():
        return Fault("the formula is empty", formula.source, hint="write one such as x**2*y + y + 2")
    found = _foreign_character(formula) or _unbalanced(formula) or _reserved_word(formula)
    if found is not None:
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of things like `1if`, which are refused anyway
            return ast.parse(f"({text})", mode="eval").body
    except SyntaxError as error:
        for called in _BARE_CALL.finditer(text):
            if called[1] in FUNCTIONS:
                hint = f"write {called[1]}({called[2]})"
                return formula.fault(f"{called[1]} needs brackets", *called.span(), hint)
        at = min(max(0, (error.offset or 2) - 2), len(text) - 1)
        return formula.fault("this cannot be read as a formula", at, at + 1, _syntax_hint(text, at))
    except (ValueError, RecursionError, MemoryError):
        return Fault("this cannot be read as a formula", formula.source)


def _foreign_character(formula: FormulaText) -> Fault | None:
    for at, char in enumerate(formula.text):
        if char in _OPERATORS or (char.isalnum() and char not in _LOOKALIKES):
            continue
        hint = _LOOKALIKES.get(char) or _FOREIGN.get(char, "")
        shown = char if char.isprintable() else f"U+{ord(char):04X}"
        return formula.fault(f"the character {shown} is not part of a formula", at, at + 1, hint)
    return None


def _unbalanced(formula: FormulaText) -> Fault | None:
    open_at: list[int] = []
    for at, char in enumerate(formula.text):
        if char in "([":
            open_at.append(at)
            if len(open_at) > DEEPEST:
                return formula.fault(f"brackets are nested more than {DEEPEST} deep", at, at + 1)
        elif char in ")]":
            if not open_at:
                return formula.fault(f"this {char} closes no bracket", at, at + 1)
            begin = open_at.pop()
            if formula.text[begin] + char not in ("()", "[]"):
                return formula.fault(f"{formula.text[begin]} is closed by {char}", at, at + 1)
    if open_at:
        return formula.fault(f"this {formula.text[open_at[-1]]} is never closed", open_at[-1], open_at[-1] + 1)
    return None


_SPELLED_OUT = {
    "and": "write logical_and(a, b)",
    "or": "write logical_or(a, b)",
    "not": "write logical_not(a)",
    "if": "write where(condition, a, b)",
    "else": "write where(condition, a, b)",
    "for": "write sum, mean, prod, max or min of a whole vector",
}


def _reserved_word(formula: FormulaText) -> Fault | None:
    for match in _WORD.finditer(formula.text):
        word = match[0]
        if keyword.iskeyword(word) and word not in ("True", "False", "None"):
            hint = _SPELLED_OUT.get(word, "choose another name")
            return formula.fault(f"{word!r} is a reserved word and no part of a formula", *match.span(), hint)
    return None


def _syntax_hint(text: str, at: int) -> str:
    if re.search(r"(?<![=<>!:])=(?!=)", text):
        return "a formula has no =; write only what follows it"
    if "|" in text:
        return "write abs(x) for |x|"
    if re.search(r"!(?!=)", text):
        return "there is no factorial in a formula, since it is defined for whole numbers only"
    if re.match(r"\w+ +\w|\d[^\W\d]", text[at:]):
        return "a product is written with *, as in 2*x"
    return ""

"""`np.einsum`, brought to contractions in which every index of an operand stands elsewhere too."""

import string
from typing import Any

import numpy as np

from gdlab.autodiff import structural
from gdlab.autodiff.caller import refusal
from gdlab.autodiff.numpy_api.indexing import diagonal
from gdlab.autodiff.numpy_api.layout import squeeze
from gdlab.autodiff.numpy_api.reductions import sum_
from gdlab.autodiff.primitive import Traced
from gdlab.autodiff.shapes import Shape, shape_of


def einsum(subscripts: str, *operands: Any, optimize: Any = False) -> Any:
    """`np.einsum` with the indices written as a string; an ellipsis is expanded, `optimize` is not needed."""
    if not isinstance(subscripts, str):
        raise refusal("np.einsum of traced values takes its indices as a string, such as 'ij,jk->ik'")
    values = [x if isinstance(x, Traced) else np.asarray(x) for x in operands]
    terms, output = _terms(subscripts, [len(shape_of(x)) for x in values])
    for k, term in enumerate(terms):
        values[k], terms[k] = _without_repeats(values[k], term)
    sizes = _sizes(subscripts, terms, [shape_of(x) for x in values])
    for k, term in enumerate(terms):
        values[k], terms[k] = _without_ones(values[k], term, sizes)
    for k, term in enumerate(terms):
        values[k], terms[k] = _without_lonely(values[k], term, set(output).union(*(terms[:k] + terms[k + 1 :])))
    return structural.einsum(*values, subscripts=",".join(terms) + "->" + output)


def _terms(subscripts: str, ranks: list[int]) -> tuple[list[str], str]:
    """The indices of each operand and of the result, one letter for an axis."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ranks):
        raise ValueError(f"einsum {subscripts!r} names {len(terms)} operands, {len(ranks)} were given")
    unused = [letter for letter in string.ascii_letters if letter not in subscripts]
    hidden = [rank - len(t.replace("...", "")) for t, rank in zip(terms, ranks, strict=True)]
    widest = max((count for t, count in zip(terms, hidden, strict=True) if "..." in t), default=0)
    dots = "".join(unused[:widest])
    for k, count in enumerate(hidden):
        terms[k] = terms[k].replace("...", dots[len(dots) - count :] if count > 0 else "")
        if len(terms[k]) != ranks[k]:
            raise ValueError(
                f"einsum {subscripts!r}: operand {k + 1} has {ranks[k]} axes, which does not fit its indices"
            )
    if not arrow:
        joined = "".join(terms)
        return terms, dots + "".join(sorted(i for i in set(joined) - set(dots) if joined.count(i) == 1))
    if dots and "..." not in output:
        raise ValueError(f"einsum {subscripts!r}: the axes behind '...' are missing in the result")
    return terms, output.replace("...", dots)


def _without_repeats(x: Any, term: str) -> tuple[Any, str]:
    """Take the diagonal along every index that a term repeats: x with 'iij' becomes its diagonal with 'ji'."""
    for letter in dict.fromkeys(term):
        while term.count(letter) > 1:
            i = term.index(letter)
            j = term.index(letter, i + 1)
            if shape_of(x)[i] != shape_of(x)[j]:
                raise ValueError(
                    f"einsum: index {letter!r} of one operand has sizes {shape_of(x)[i]} and {shape_of(x)[j]}"
                )
            x = diagonal(x, 0, i, j)
            term = term[:i] + term[i + 1 : j] + term[j + 1 :] + letter
    return x, term


def _sizes(subscripts: str, terms: list[str], shapes: list[Shape]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for letter, size in zip(term, shape, strict=True):
            known = sizes.setdefault(letter, size)
            if known == 1:
                sizes[letter] = size
            elif size not in (1, known):
                raise ValueError(f"einsum {subscripts!r}: index {letter!r} has sizes {known} and {size}")
    return sizes


def _without_ones(x: Any, term: str, sizes: dict[str, int]) -> tuple[Any, str]:
    """Drop the axes of length one that NumPy would broadcast along an index."""
    ones = tuple(k for k, (i, s) in enumerate(zip(term, shape_of(x), strict=True)) if s == 1 != sizes[i])
    if not ones:
        return x, term
    return squeeze(x, ones), "".join(letter for k, letter in enumerate(term) if k not in ones)


def _without_lonely(x: Any, term: str, elsewhere: set[str]) -> tuple[Any, str]:
    """Sum over the indices that stand nowhere else."""
    lonely = tuple(k for k, letter in enumerate(term) if letter not in elsewhere)
    if not lonely:
        return x, term
    return sum_(x, lonely), "".join(letter for k, letter in enumerate(term) if k not in lonely)

"""The words of `--at`."""

import numpy as np
import pytest

from gdlab.config.point import Point
from gdlab.errors import UsageError


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("x=3,y=4", ["x", "y"], {"x": 3.0, "y": 4.0}),
        (" y = -4 , x = 1e-3 ", ["x", "y"], {"x": 1e-3, "y": -4.0}),
        ("3,4", ["x", "y"], {"x": 3.0, "y": 4.0}),
        ("x=1,2,3", ["x"], {"x": [1.0, 2.0, 3.0]}),
        ("x=1,2,y=5", ["x", "y"], {"x": [1.0, 2.0], "y": 5.0}),
        ("x=[1,2],y=5", ["x", "y"], {"x": [1.0, 2.0], "y": 5.0}),
        ("x=[1]", ["x"], {"x": [1.0]}),
        ("1,2,3", ["x"], {"x": [1.0, 2.0, 3.0]}),
        ("(3,4)", ["x", "y"], {"x": 3.0, "y": 4.0}),
        (" [3, 4] ", ["x", "y"], {"x": 3.0, "y": 4.0}),
        ("(1+2)", ["x"], {"x": 3.0}),
        ("x=pi/2,y=hypot(3,4)", ["x", "y"], {"x": np.pi / 2, "y": 5.0}),
    ],
)
def test_values(text, names, expected):
    assert Point(text).values(names) == expected


@pytest.mark.parametrize(
    ("text", "names", "words"),
    [
        ("x=3", ["x", "y"], "--at x=3: y has no value"),
        ("x=3,z=1", ["x", "y"], "z is no variable of the formula"),
        ("betta=3", ["beta"], "did you mean 'beta'"),
        ("x=3,x=4", ["x"], "x is given twice"),
        ("1,x=3", ["x"], "give every value its name, or none"),
        ("1,2,3", ["x", "y"], "the formula has 2 variables, in this order: x, y; 3 are given"),
        ("1", ["x", "y"], "x, y; 1 is given"),
        ("x=a", ["x"], "a is no number; write one"),
        ("x=nan", ["x"], "nan is no place to look at; write a finite number"),
        ("x=-inf", ["x"], "-inf is no place to look at"),
        ("x=3,y=4,z=5", ["x", "y"], "z is no variable of the formula: There are: x, y"),
        ("x=", ["x"], "the formula is empty"),
        ("x=1/0", ["x"], "must be finite"),
        ("x=__import__('os')", ["x"], "is not part of a formula"),
    ],
)
def test_what_does_not_fit(text, names, words):
    with pytest.raises(UsageError) as caught:
        Point(text).values(names)
    assert words in str(caught.value)


@pytest.mark.parametrize(("text", "count", "expected"), [("1,2", 2, [1, 2]), ("w=1,2", 2, [1, 2]), ("w=3", None, [3])])
def test_elements_of_one_array(text, count, expected):
    assert Point(text).elements(count) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3", "there are 2 parameters, 3 are given"),
        ("1", "there are 2 parameters, 1 is given"),
        ("x=1,y=2", "elements of w"),
    ],
)
def test_elements_that_do_not_fit(text, words):
    with pytest.raises(UsageError, match=words):
        Point(text).elements(2)

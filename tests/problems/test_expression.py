"""Formulas as data: what they may be, what they compute, and that no text does anything else."""

import contextlib
import json
import pickle
import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab import autodiff
from gdlab.errors import ConfigError, GdlabError, ParameterError, UsageError
from gdlab.problems.expression import Expression, parse
from gdlab.problems.formulas.functions import FUNCTIONS

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "gradient_vectors.json"


def test_the_polynomial_is_42_and_its_variables_come_in_order_of_appearance():
    f = parse("x**2*y + y + 2")
    assert f.variables == ("x", "y")
    assert f.dim == 2
    assert f(np.array([3.0, 4.0])) == 42.0
    assert parse("y - x").variables == ("y", "x")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2*3", 7.0),
        ("2**3**2", 512.0),
        ("-2**2", -4.0),
        ("7 // 2 + 7 % 4", 6.0),
        ("2*pi", 2 * np.pi),
        ("log(e)", 1.0),
        ("x - -x", 6.0),
        ("+x", 3.0),
        ("1_000 + 0x10", 1016.0),
        ("\t x\n+\r1 ", 4.0),
        ("(0 < x) * 10", 10.0),
        ("0 < x < 2", 0.0),
        ("2 < x <= 3", 1.0),
        ("where(x == 3, 5, 7)", 5.0),
        ("where(x != 3, 5, 7)", 7.0),
        ("sum(stack((x, 2*x, 4)))", 13.0),
        ("stack((x, 5))[-1]", 5.0),
        ("concatenate((stack((x, 5)), stack((1, 2))))[1:3] @ stack((1, 10))", 15.0),
        ("relu(-x) + relu(x) + leaky_relu(-x, 0.5) + leaky_relu(-x, slope=0.5)", 0.0),
        ("max(stack((x, 5)), axis=0)", 5.0),
        ("sum(pad(stack((x, x)), (1, 2))[:2])", 3.0),
        ("take(stack((x, 5)), (1, 1, 0)) @ stack((1, 1, 1))", 13.0),
        ("det(reshape(stack((x, 1, 1, 2)), (2, 2)).T)", 5.0),
        ("trace(outer(stack((x, 1)), stack((1, 2))))", 5.0),
        ("norm(stack((x, 4)))", 5.0),
        ("norm(stack((x, 4)), 1)", 7.0),
        ("sum(broadcast_to(x, (2, 3)))", 18.0),
        ("sum(expand_dims(stack((x, 1)), 0)[None, :, ::-1][..., 0])", 1.0),
    ],
)
def test_values_at_3(text, value):
    assert float(parse(text, ["x"])(np.array([3.0]))) == pytest.approx(value, rel=1e-15)


def test_it_computes_in_the_order_in_which_it_is_written():
    """The published digits of a forward difference hold in no other order."""
    f, eps = parse("x**2*y + y + 2"), 1e-4
    base = f(np.array([3.0, 4.0]))
    assert (f(np.array([3.0 + eps, 4.0])) - base) / eps == 24.000400000048216
    assert (f(np.array([3.0, 4.0 + eps])) - base) / eps == 10.000000000047748


def test_variables_given_shift_their_places():
    f = parse("x - y", ["y", "x", "unused"])
    assert f(np.array([1.0, 10.0, 0.0])) == 9.0


def test_variables_can_be_vectors():
    f = parse("dot(w, w) + b", {"w": 2, "b": None})
    assert f.dim == 3
    assert f([1.0, 2.0, 4.0]) == 9.0
    np.testing.assert_array_equal(f.pack({"b": 4, "w": [1, 2]}), [1.0, 2.0, 4.0])


def test_one_vector_can_be_all_of_w():
    f = parse("sum(x**2)", vector="x")
    assert f.dim is None
    assert f(np.arange(4.0)) == 14.0
    assert f(np.ones((2, 3))) == 6.0
    np.testing.assert_array_equal(f.pack({"x": [1, 2]}), [1.0, 2.0])


def test_constants_can_be_arrays_and_shadow_nothing_else():
    f = parse("sum(A @ x) + c", vector="x", constants={"A": [[1, 2], [3, 4]], "c": 1})
    assert f(np.array([1.0, 1.0])) == 11.0
    assert parse("e", ["e"])(np.array([5.0])) == 5.0


def test_it_keeps_float32():
    assert parse("2*x**2 + sin(1)/3")(np.array([3.0], np.float32)).dtype == np.float32


def test_it_can_be_sent_to_another_process():
    f = pickle.loads(pickle.dumps(parse("sin(x)*y + 2**3")))  # noqa: S301 - made one line above
    assert f(np.array([0.5, 2.0])) == np.sin(0.5) * 2 + 8


@pytest.mark.parametrize("method", ["numeric", "dual", "reverse"])
def test_every_gradient_method_works_on_it(method):
    f = parse("x**2*y + y + 2")
    np.testing.assert_allclose(autodiff.gradient(f, [3.0, 4.0], method), [24.0, 10.0], rtol=1e-8)


def reference_expressions():
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"no reference vectors at {VECTORS.parent.name}/"))]
    data = json.loads(VECTORS.read_text())
    cases = [(case, data["constants"]) for case in data["gradients"]]
    return [pytest.param(case | {"constants": constants}, id=case["id"]) for case, constants in cases]


@pytest.mark.parametrize("case", reference_expressions())
def test_it_reads_every_reference_expression(case):
    names = {"vector": "x"} if case["kind"] == "vector" else {"variables": ["a", "b", "c"]}
    f = parse(case["expr"], constants=case["constants"], **names)
    for point in case["points"]:
        assert float(f(np.array(point["x"], float))) == pytest.approx(point["value"], rel=1e-12, abs=1e-12)
        gradient = autodiff.gradient(f, point["x"])
        np.testing.assert_allclose(gradient, point["grad"], rtol=1e-11, atol=1e-11)


REFUSED = [
    # text, column, words of the message
    ("x^2", 2, "write ** for a power"),
    ("x ** 2 ^ y", 8, "write ** for a power"),
    ("x & y", 3, "this operator is not part of a formula"),
    ("~x", 1, "this operator"),
    ("2x", 1, "a product is written with *"),
    ("x y", 1, "a product is written with *"),
    ("2(x)", 1, "a product is written with *"),
    ("y + x(y)", 5, "x*(…)"),
    ("x = 3", 1, "a formula has no ="),
    ("(x := 3)", 2, "an assignment is not part of a formula"),
    ('"a"*10**9', 1, "strings are not part of a formula"),
    ("f'a'", 2, "strings are not part of a formula"),
    ("x # y", 3, "comments are not part of a formula"),
    ("{x}", 1, "write ( and )"),
    ("x; y", 2, "a formula is one expression"),
    ("x²", 2, "write **2"),
    ("2·x", 2, "write * for a product"),
    ("sin x", 1, "write sin(x)"),
    ("1 + cos 2", 5, "write cos(2)"),
    ("|x|", 1, "write abs(x)"),
    ("x₁", 2, "write 1"),
    ("x⁴", 2, "write **4"),
    ("x!", 2, "there is no factorial"),
    ("σ(x)", 1, "write sigmoid(x)"),
    ("x ≤ 2", 3, "write <="),
    ("notfun(x)", 1, "there are abs, sign, sqrt, cbrt and"),
    ("2π", 2, "write pi"),
    ("x\x00", 2, "U+0000"),
    ("x\ud800", 2, "U+D800"),
    ("lambda: x", 1, "'lambda' is a reserved word"),
    ("x and y", 3, "logical_and"),
    ("x if y else 1", 3, "where(condition, a, b)"),
    ("[x for x in y]", 4, "'for' is a reserved word"),
    ("x is y", 3, "'is' is a reserved word"),
    ("[x, y]", 1, "stack((a, b))"),
    ("x, y", 1, "a tuple is not part of a formula"),
    ("x.real", 1, "the attribute .real is not part of a formula"),
    ("().__class__", 1, "the attribute .__class__"),
    ("np.sin(x)", 1, "write sin(…)"),
    ("x.sum()", 1, "write sum(…)"),
    ("sin(x)(y)", 1, "only a function can be called"),
    ("sin", 1, "write sin(x)"),
    ("1 + sn(x)", 5, "did you mean 'sin'?"),
    ("ln(x)", 1, "the natural logarithm is log(x)"),
    ("open(x)", 1, "unknown function 'open'"),
    ("eval(x)", 1, "unknown function 'eval'"),
    ("zeros(10**9)", 1, "unknown function 'zeros'"),
    ("sin()", 1, "takes one value, none given"),
    ("sin(x, y)", 8, "takes one value and no options"),
    ("hypot(x)", 1, "takes 2 values, 1 given"),
    ("sin(*x)", 5, "a star is not part of a formula"),
    ("sum(x, **y)", 8, "takes no ** here"),
    ("sum(x, dtype=3)", 8, "takes no dtype here; it takes the options axis, keepdims"),
    ("sum(x, 0, axis=0)", 11, "takes a second axis here"),
    ("sum(x, y)", 8, "axis of sum must be"),
    ("sum(x, keepdims=1)", 17, "must be True or False"),
    ("max(0, x)", 8, "maximum(a, b) compares two values"),
    ("reshape(x)", 1, "needs shape"),
    ("reshape(x, (2, y))", 12, "shape of reshape must be"),
    ("stack(x)", 7, "write stack((x, y))"),
    ("stack(())", 7, "takes a tuple of values"),
    ("broadcast_to(x, 1000000000)", 17, "at most 10,000,000 elements"),
    ("broadcast_to(x, (100000, 100000))", 17, "at most 10,000,000 elements"),
    ("broadcast_to(1, (1000, 1000)) * broadcast_to(1, (1000, 1, 1))", 1, "1,000,000,000 elements"),
    ("x[y]", 3, "an index is made of whole numbers"),
    ("x[1.0]", 3, "an index is made of whole numbers"),
    ("x[True]", 3, "an index is made of whole numbers"),
    ("x[10**9]", 3, "an index is made of whole numbers"),
    ("x[1000000000]", 3, "at most 10,000,000 elements"),
    ("True", 1, "True is not part of a formula"),
    ("x + 1j", 5, "1j is not part of a formula"),
    ("x + 1e999", 5, "too large"),
    ("x + " + "9" * 400, 5, "too large"),
    ("9**9**9", 1, "this is inf; a constant must be finite"),
    ("10**10**10", 1, "this is inf"),
    ("x + 1/0", 5, "this is inf"),
    ("x + log(-1)", 5, "this is nan"),
    ("x[0", 2, "this [ is never closed"),
    ("x)", 2, "closes no bracket"),
    ("(x]", 3, "( is closed by ]"),
    ("1) + (x", 2, "closes no bracket"),
    ("(" * 51 + "x" + ")" * 51, 51, "brackets are nested more than 50 deep"),
    ("-" * 60 + "x", 51, "nested more than 50 deep"),
    ("θθ + ω.real", 6, "the attribute .real"),
]


@pytest.mark.parametrize(("text", "column", "words"), REFUSED, ids=[repr(case[0])[:40] for case in REFUSED])
def test_what_is_refused_is_named_with_its_column(text, column, words):
    with pytest.raises(ConfigError) as caught:
        parse(text)
    (fault,) = caught.value.faults
    assert words in str(caught.value)
    assert (fault.line, fault.column) == (1, column)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the formula is empty"),
        ("  \n", "the formula is empty"),
        ("x" * 2001, "2,001 characters is too long; at most 2,000"),
        ("x" + "+x" * 250, "501 parts, which is too many; at most 500"),
        ("/".join("x" * 300), "at most 500"),
    ],
)
def test_what_is_too_much_is_refused(text, words):
    with pytest.raises(UsageError, match=words):
        parse(text)


def test_the_caret_stands_below_what_is_wrong():
    with pytest.raises(UsageError) as caught:
        parse("x**2 + y^3", source="--f")
    assert str(caught.value).splitlines() == [
        "--f:1:9: this operator is not part of a formula",
        "  1 | x**2 + y^3",
        "    |         ^ write ** for a power",
    ]


def test_a_long_formula_is_shown_near_the_fault_only():
    with pytest.raises(UsageError) as caught:
        parse("x" + " + x" * 60 + " + y^2")
    assert "near" in str(caught.value)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize("text", ["x" + "+1" * 249, "x" + "*2" * 249, "-" * 49 + "x", "(" * 50 + "x" + ")" * 50])
def test_chains_and_brackets_up_to_the_limits_are_read_and_computed(text):
    assert np.isfinite(parse(text)(np.array([1.0])))


def test_unknown_names_are_refused_once_the_variables_are_given():
    with pytest.raises(
        UsageError, match=r"unknown name 'beta2'.*\n.*\n.*did you mean 'beta1'\? There are: beta1, pi, e"
    ):
        parse("beta1 + beta2", ["beta1"])


@pytest.mark.parametrize("name", ["sin", "a b", "1x", ""])
def test_a_variable_needs_a_name(name):
    with pytest.raises(ParameterError, match="cannot be a name"):
        parse("1", [name])


def test_a_constant_must_be_finite():
    with pytest.raises(ParameterError, match="'c' of a formula must be finite"):
        parse("c", constants={"c": [1.0, np.nan]})


@pytest.mark.parametrize(
    ("text", "w", "words"),
    [
        ("x + y", [1.0], r"2 parameters \(x, y\), but w has the shape \(1,\)"),
        ("x + y", [[1.0, 2.0]], r"has the shape \(1, 2\)"),
        ("1 + x[3]", [1.0], "a single number has no elements"),
        ("x.T @ x", [1.0], "matmul"),
    ],
)
def test_what_does_not_fit_is_named_when_it_is_computed(text, w, words):
    with pytest.raises(UsageError, match=words):
        parse(text)(np.array(w))


def test_shapes_that_do_not_fit_are_shown_where_they_meet():
    f = parse("sum(x) + sum(x[1:] + x[2:])", vector="x")
    with pytest.raises(ConfigError) as caught:
        f(np.arange(5.0))
    (fault,) = caught.value.faults
    assert (fault.column, fault.length, fault.hint) == (14, 13, "shapes here: (4,) and (3,)")


@pytest.mark.parametrize(
    "text",
    [
        "outer(outer(x, x), outer(x, x))",
        "x[:, None]*ravel(outer(x, x))",
        "tensordot(outer(x, x), outer(x, x), 0)",
        "take(take(outer(x, x), (0,)*1, 0), 0)",
        "pad(x, (9000000, 9000000))",
        "outer(x, x)[:, :, None, None] + outer(x, x)",
        "matmul(x[:, None], ravel(outer(x, x))[None, :])",
    ],
)
def test_no_value_grows_beyond_the_limit(text):
    with pytest.raises(UsageError, match=r"elements|whole number"):
        parse(text, vector="x")(np.ones(1000))


def test_what_grows_is_refused_for_traced_values_too():
    with pytest.raises(UsageError, match="elements"):
        autodiff.gradient(parse("sum(outer(outer(x, x), x))", vector="x"), np.ones(1000))


def test_a_point_must_name_every_variable_and_no_other():
    f = parse("x*y")
    for values, words in [
        ({"x": 1}, "'y' of 'x\\*y' has no value"),
        ({"x": 1, "z": 2}, "'z' is not a variable"),
        ({"x": 1, "y": [1, 2]}, "is a number, not"),
    ]:
        with pytest.raises(UsageError, match=words):
            f.pack(values)


ALPHABET = [
    "x",
    "y",
    "e1",
    "pi",
    "1",
    "2.5",
    "9",
    "**",
    "//",
    "+",
    "-",
    "*",
    "/",
    "%",
    "@",
    "<",
    "==",
    "=",
    ":=",
    "^",
    "&",
]
ALPHABET += [
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    ".",
    "...",
    " ",
    "lambda ",
    "for ",
    " if ",
    " else ",
    "None",
    "True",
    "axis=",
    "'",
]
ALPHABET += ["_", "__class__", "\\", "\n", "é", "²", "\0", "{", "}", "#", ";", "!", *FUNCTIONS]


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(), st.text(alphabet=string.printable), st.lists(st.sampled_from(ALPHABET), max_size=60).map("".join)
    )
)
def test_no_text_does_anything_but_parse_or_be_refused(text):
    with contextlib.suppress(UsageError):
        assert isinstance(parse(text), Expression)


def formulas():
    """Formulas that are mostly allowed, of numbers and of vectors of three."""
    leaves = st.sampled_from(["x", "x[0]", "2", "0.5", "pi", "x[1:]", "x[:, None]", "reshape(x, (3, 1))"])

    def grow(inner):
        names = sorted(name for name, function in FUNCTIONS.items() if not function.required and not function.gathers)
        calls = st.tuples(st.sampled_from(names), st.lists(inner, min_size=1, max_size=3))
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "@", "<", "%", "//"]), inner).map(
                lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
            ),
            calls.map(lambda call: f"{call[0]}({', '.join(call[1][: FUNCTIONS[call[0]].values])})"),
            inner.map(lambda a: f"-{a}"),
        )

    return st.recursive(leaves, grow, max_leaves=12)


@settings(max_examples=300, deadline=None)
@given(formulas())
def test_computing_a_formula_ends_in_a_value_or_in_an_error_of_ours(text):
    with contextlib.suppress(GdlabError, np.linalg.LinAlgError), np.errstate(all="ignore"):
        assert isinstance(parse(text, vector="x")(np.array([0.5, -1.5, 2.0])), np.ndarray | np.generic | float)

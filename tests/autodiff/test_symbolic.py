"""Derivatives as formulas: by the rules of a textbook, in normal form, written and read back."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.autodiff.graph import ancestors, constant, evaluate, trace, variable
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.symbolic.elements import by_elements
from gdlab.autodiff.symbolic.formula import latex, text
from gdlab.autodiff.symbolic.partials import partials, second_partials
from gdlab.autodiff.symbolic.simplify import simplify
from gdlab.autodiff.symbolic.textbook import derivative
from gdlab.errors import UsageError
from gdlab.problems.expression import parse
from gdlab.problems.xor import XOR

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "gradient_vectors.json"


def graph(formula, **options):
    """The variables and the result of a formula of numbers."""
    expression = parse(formula, **options)
    variables = {name: variable(name, 0.0) for name in expression.variables}
    return list(variables.values()), constant(expression.at(variables))


def value(nodes, variables, point):
    with np.errstate(all="ignore"):
        return evaluate(nodes, {id(x): np.float64(v) for x, v in zip(variables, point, strict=True)})


@pytest.mark.parametrize(
    ("formula", "by", "expected"),
    [
        ("5 + x*y", "x", "0 + (0·x + y·1)"),
        ("5 + x*y", "y", "0 + (1·x + y·0)"),
        ("7", "x", "0"),
        ("x", "x", "1"),
        ("x**3", "x", "3·x**2·1"),
        ("x - 2", "x", "1 - 0"),
        ("2*x", "x", "1·2 + x·0"),
        ("1/x", "x", "(0·x - 1·1)/x**2"),
        ("sin(x*y)", "x", "cos(x·y)·(0·x + y·1)"),
        ("x**y", "y", "y·x**(y - 1)·0 + x**y·log(x)·1"),
        ("-x", "x", "-1"),
        ("hypot(x, y)", "x", "x/hypot(x, y)·1 + y/hypot(x, y)·0"),
        ("where(x > 0, x, 2)", "x", "where(x > 0, 1, 0)"),
    ],
)
def test_the_textbook_keeps_every_zero_and_one(formula, by, expected):
    variables, out = graph(formula, variables=["x", "y"])
    x = next(v for v in variables if v.name == by)
    assert str(text([derivative(out, x)], times="·")) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("5 + x*y", ["y", "x"]),
        ("x**2*y + y + 2", ["2*x*y", "x**2 + 1"]),
        ("x*x*y + y + 2", ["2*x*y", "x**2 + 1"]),
        ("x - x + 0*y + 5", ["0", "0"]),
        ("x*y/x + y", ["0", "2"]),
        ("(x + y)*(x + y)", ["2*x + 2*y", "2*x + 2*y"]),
        ("(x + y)**5", ["5*(x + y)**4", "5*(x + y)**4"]),
        ("x/y", ["1/y", "-x/y**2"]),
        ("x/3 + y/4", ["1/3", "0.25"]),
        ("sqrt(x*x + y*y)", ["x/sqrt(x**2 + y**2)", "y/sqrt(x**2 + y**2)"]),
        ("tanh(x) - tanh(y)", ["1 - tanh(x)**2", "tanh(y)**2 - 1"]),
        ("exp(x)*cos(y)", ["exp(x)*cos(y)", "-exp(x)*sin(y)"]),
        ("exp(-(x**2 + y**2)/2)", ["-x*exp(-0.5*(x**2 + y**2))", "-y*exp(-0.5*(x**2 + y**2))"]),
        ("x**y", ["y*x**(y - 1)", "x**y*log(x)"]),
        ("cos(2*pi*x) + y", ["-2*pi*sin(2*pi*x)", "1"]),
        ("3*(x + y) + 2*(x - y) - y", ["5", "0"]),
        ("x**2*x**-3*y", ["-y/x**2", "1/x"]),
        ("log(x*y)", ["1/x", "1/y"]),
        ("where(x > y, x*y, x*y)", ["y", "x"]),
        ("where(x > y, x*y, y**2)", ["where(x > y, y, 0)", "where(x > y, x, 2*y)"]),
        ("maximum(x, y)", ["0.5*sign(x - y) + 0.5", "0.5 - 0.5*sign(x - y)"]),
        ("sigmoid(x)*y", ["y*sigmoid(x)*(1 - sigmoid(x))", "sigmoid(x)"]),
    ],
)
def test_the_normal_form_folds_and_collects(formula, expected):
    variables, out = graph(formula, variables=["x", "y"])
    assert [str(text([slope])) for slope in partials(out, variables)] == expected


def test_second_derivatives_of_the_polynomial():
    variables, out = graph("x**2*y + y + 2")
    rows = second_partials(out, variables)
    assert [[str(text([entry])) for entry in row] for row in rows] == [["2*y", "2*x"], ["2*x", "0"]]


def test_square_roots_are_not_collected_because_they_are_not_there_for_negative_numbers():
    (x,), out = graph("x**0.5*x**0.5")
    assert str(text(simplify([out]))) == "(x**0.5)**2"
    assert np.isnan(value(simplify([out]), [x], [-1.0])).all()


def test_coefficients_that_would_overflow_stay_where_they_are():
    (x,), out = graph("(1e200*x)**2*x")
    assert value(simplify([out]), [x], [1e-120])[0] == pytest.approx(1e40)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x**2*y + y + 2", "x^{2} y + y + 2"),
        ("-x/y", r"-\frac{x}{y}"),
        ("sin(x + 1)**2", r"\sin\left(x + 1\right)^{2}"),
        ("abs(x) + sqrt(y)", r"\left|x\right| + \sqrt{y}"),
        ("beta1*w_2", r"\beta_{1} w_{2}"),
        ("theta*(x + 1)", r"\theta \left(x + 1\right)"),
        (
            "where(x <= 1, x, rate)",
            r"\begin{cases} x & \text{if } x \le 1 \\ \mathrm{rate} & \text{otherwise} \end{cases}",
        ),
        ("2*pi*x + 1e-8", r"2 \pi x + 1 \cdot 10^{-8}"),
        ("x/3 + 2**y", r"\frac{x}{3} + 2^{y}"),
        ("x*2", r"x \cdot 2"),
        ("sigmoid(x)", r"\sigma\left(x\right)"),
    ],
)
def test_latex(formula, expected):
    _, out = graph(formula)
    assert str(latex([out])) == expected


def test_latex_of_whole_arrays():
    (w,), out = trace(lambda w: np.sum(w[0:2] * w[1:3]) + w @ w, np.zeros(3))
    assert str(latex([out])) == r"\sum w_{0:2} \odot w_{1:3} + w^{\top} w"
    assert str(latex([w[2]])) == "w_{2}"


# -- reading back what was written ----------------------------------------------------------------------------------


def reference(kind):
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"no reference vectors at {VECTORS.parent.name}/"))]
    data = json.loads(VECTORS.read_text())
    cases = [case | {"constants": data["constants"]} for case in data["gradients"] if case["kind"] == kind]
    return [pytest.param(case, id=case["id"]) for case in cases]


@pytest.mark.parametrize("case", reference("scalar"))
def test_written_partial_derivatives_have_the_reference_values(case):
    names = ["a", "b", "c"]
    variables, out = graph(case["expr"], variables=names)
    for k, slope in enumerate(partials(out, variables)):
        written = parse(str(text([slope])), variables=names)
        for point in case["points"]:
            expected = point["grad"][k]
            assert float(written(np.array(point["x"]))) == pytest.approx(expected, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("case", reference("scalar"))
def test_second_partial_derivatives_have_the_reference_values(case):
    variables, out = graph(case["expr"], variables=["a", "b", "c"])
    rows = second_partials(out, variables)
    for point in case["points"]:
        found = [value(row, variables, point["x"]) for row in rows]
        np.testing.assert_allclose(np.array(found, float), point["hessian"], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", reference("vector"))
def test_written_gradients_of_whole_arrays_have_the_reference_values(case):
    expression = parse(case["expr"], vector="x", constants=case["constants"])
    x = variable("x", np.array(case["points"][0]["x"]))
    formula = text(partials(expression.at({"x": x}), [x]))
    known = dict(formula.constants)
    for point in case["points"]:
        here = np.array(point["x"])
        values = known | {"x": here}
        for name, part in formula.parts:
            values[name] = parse(part, [*values]).at(values)
        gradient = parse(formula.results[0], [*values]).at(values)
        np.testing.assert_allclose(gradient, point["grad"], rtol=1e-11, atol=1e-11)


LEAVES = st.sampled_from(["x", "y", "2", "0.5", "3", "pi"])


def grow(inner):
    unary = st.sampled_from(["sin", "cos", "exp", "tanh", "sigmoid", "softplus", "arctan", "square", "abs", "relu"])
    binary = st.sampled_from(["+", "-", "*", "/"])
    return st.one_of(
        st.tuples(inner, binary, inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(unary, inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, st.sampled_from(["2", "3", "-1", "0", "1"])).map(lambda p: f"({p[0]})**{p[1]}"),
        inner.map(lambda a: f"-{a}"),
        st.tuples(inner, inner, inner).map(lambda p: f"where({p[0]} > {p[1]}, {p[1]}, {p[2]})"),
        st.tuples(st.sampled_from(["maximum", "hypot", "logaddexp"]), inner, inner).map(
            lambda p: f"{p[0]}({p[1]}, {p[2]})"
        ),
    )


FORMULAS = st.recursive(LEAVES, grow, max_leaves=10).filter(lambda f: "x" in f)
POINTS = st.tuples(*[st.floats(0.2, 1.5)] * 2)


def read(formula):
    """The variables x and y and the graph of a formula; None for one with a constant part such as 1/0."""
    try:
        return graph(formula, variables=["x", "y"])
    except UsageError:
        return None


def agree(found, expected):
    """Equal to rounding, as far as the expected value is finite and not so large that digits cancel."""
    for a, b in zip(found, expected, strict=True):
        if np.isfinite(b) and abs(b) < 1e4:
            assert a == pytest.approx(b, rel=1e-6, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(FORMULAS, POINTS)
def test_what_is_written_reads_back_as_the_same_value(formula, point):
    if (found := read(formula)) is None:
        return
    variables, out = found
    written = parse(str(text([out])), ["x", "y"])
    with np.errstate(all="ignore"):
        again = float(written(np.array(point)))
    np.testing.assert_allclose(again, value([out], variables, point)[0], rtol=1e-12)


@settings(max_examples=150, deadline=None)
@given(FORMULAS, POINTS)
def test_simplified_partial_derivatives_agree_with_reverse_mode_and_read_back(formula, point):
    if (found := read(formula)) is None:
        return
    variables, out = found
    slopes = partials(out, variables)
    agree(value(slopes, variables, point), value(gradients(out, variables), variables, point))
    agree(value(slopes, variables, point), value([derivative(out, x) for x in variables], variables, point))
    for slope in slopes:
        formula = text([slope])
        if not formula.parts:
            with np.errstate(all="ignore"):
                again = parse(str(formula), ["x", "y"])(np.array(point))
            agree([float(again)], value([slope], variables, point))


@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_simplifying_twice_changes_nothing(formula):
    if (found := read(formula)) is not None:
        once = simplify([found[1]], found[0])
        assert str(text(simplify(once, found[0]))) == str(text(once))


# -- size -----------------------------------------------------------------------------------------------------------


def test_the_formulas_of_a_network_keep_the_size_of_its_graph():
    problem = XOR()
    (w,), out = trace(problem.loss, problem.initial(np.random.default_rng(0)))
    gradient = partials(out, [w])
    assert len(ancestors(gradient)) <= 3 * len(ancestors([out]))
    formula = text(gradient)
    assert formula.parts[0][0] == "t1"
    assert len(str(formula)) < 4000
    assert max(len(part) for _, part in formula.parts) < 250


def test_doubling_sixty_times_is_one_coefficient():
    (x,), out = graph("x")
    for _ in range(60):
        out = out + out
    assert str(text(simplify([out]))) == "1.152921504606847e+18*x"
    assert str(text(partials(out, [x]))) == "1.152921504606847e+18"


def test_nested_functions_share_their_parts():
    (x,), out = graph("x")
    for _ in range(40):
        out = np.tanh(np.sin(out) * out)
    (slope,) = partials(out, [x])
    assert len(ancestors([slope])) < 1000
    formula = text([slope])
    assert len(str(formula)) < 20000
    known = {"x": np.float64(0.7)}
    for name, part in formula.parts:
        known[name] = parse(part, [*known]).at(known)
    assert parse(formula.results[0], [*known]).at(known) == pytest.approx(value([slope], [x], [0.7])[0], rel=1e-12)


def test_a_long_chain_needs_no_recursion_and_no_quadratic_time():
    (x, y), out = graph("x + y")
    for _ in range(20_000):
        out = out + y
    assert str(text(simplify([out], [x, y]))) == "x + 20001*y"
    product = x
    for _ in range(900):
        product = product * y
    assert str(text(simplify([product], [x, y]))) == "x*y**900"


def test_parts_never_take_the_name_of_a_variable():
    (t1, x), out = graph("t1*x")
    for _ in range(12):
        out = np.sin(out) * out
    names = {name for name, _ in text([out]).parts}
    assert names
    assert not names & {t1.name, x.name}


def test_large_constants_get_a_name():
    formula = text([np.sum(variable("w", np.zeros(9)) * np.arange(9.0))])
    assert str(formula) == "sum(w*c1)"
    np.testing.assert_array_equal(formula.constants["c1"], np.arange(9.0))


# -- elements -------------------------------------------------------------------------------------------------------


def test_a_vector_whose_elements_are_picked_becomes_numbers():
    (w,), out = trace(lambda w: w[0] ** 2 * w[-1] + w[1] + 2, np.zeros(2))
    elements, (result,) = by_elements([out], w)
    assert [x.name for x in elements] == ["w[0]", "w[1]"]
    assert [str(text([slope])) for slope in partials(result, elements)] == ["2*w[0]*w[1]", "w[0]**2 + 1"]
    assert str(latex([result])) == "w_{0}^{2} w_{1} + w_{1} + 2"
    named, _ = by_elements([out], w, ["x", "y"])
    assert [x.name for x in named] == ["x", "y"]


def test_elements_may_be_picked_from_slices():
    (w,), out = trace(lambda w: w[1:][0] * w[::-1][0] + w[np.array([2, 0])][1], np.zeros(3))
    _, (result,) = by_elements([out], w)
    assert str(text([result])) == "w[1]*w[2] + w[0]"


@pytest.mark.parametrize("f", [np.sum, lambda w: w[0] + np.sum(w[1:]), lambda w: np.sin(w)[0]])
def test_a_vector_that_is_used_as_a_whole_stays_one(f):
    (w,), out = trace(f, np.zeros(3))
    assert by_elements([out], w) is None


def test_no_part_has_two_names():
    (w,), out = trace(
        lambda w: np.sin(w[0] * w[1]) * np.exp(w[0] * w[1]) + np.log(w[0] ** 2 + w[1] ** 2) / w[0], np.ones(2)
    )
    elements = by_elements([out], w, ("x", "y"))
    assert elements is not None
    variables, (f,) = elements
    outputs = [*partials(f, variables), *(node for row in second_partials(f, variables) for node in row)]
    formula = text(outputs)
    written = [right for _, right in formula.parts]
    assert len(written) == len(set(written)) > 0

"""The walk through a formula: numbering, values, adjoints as sums over paths, and the dual passes."""

import json
from pathlib import Path

import numpy as np
import pytest

from gdlab.autodiff import gradient
from gdlab.autodiff.graph import constant, trace, variable
from gdlab.autodiff.walk import walk
from gdlab.config.target import find_target
from gdlab.problems.expression import parse
from gdlab.problems.xor import XOR

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "gradient_vectors.json"


def walked(formula, *values, variables=None):
    expression = parse(formula, variables)
    nodes = {name: variable(name, 0.0) for name in expression.variables}
    return walk(constant(expression.at(nodes)), list(nodes.values()), values)


def paths(step):
    return " + ".join(f"{use.partial:g}·{use.adjoint:g}" for use in step.uses)


@pytest.mark.parametrize("formula", ["x**2*y + y + 2", "x*x*y + y + 2", "x*x*y + (y + 2)"])
def test_the_polynomial_at_3_4(formula):
    """Géron 2017, appendix D; Dillon 2019, topic 6."""
    steps = walked(formula, 3, 4).steps
    assert [(s.name, s.text, s.value, s.adjoint) for s in steps] == [
        ("n1", "x", 3.0, 24.0),
        ("n2", "y", 4.0, 10.0),
        ("n3", "2", 2.0, 1.0),
        ("n4", "n1·n1", 9.0, 4.0),
        ("n5", "n4·n2", 36.0, 1.0),
        ("n6", "n2 + n3", 6.0, 1.0),
        ("n7", "n5 + n6", 42.0, 1.0),
    ]
    assert [paths(s) for s in steps] == ["3·4 + 3·4", "9·1 + 1·1", "1·1", "4·1", "1·1", "1·1", ""]
    assert [[use.by for use in s.uses] for s in steps[:2]] == [["n4", "n4"], ["n5", "n6"]]
    assert [s.kind for s in steps] == ["input"] * 2 + ["constant"] + ["operation"] * 4


def test_the_dual_passes_beside_it():
    found = walked("x**2*y + y + 2", 3, 4)
    assert found.passes == ("x", "y")
    assert [s.tangents for s in found.steps] == [(1, 0), (0, 1), (0, 0), (6, 0), (24, 9), (0, 1), (24, 10)]


def test_sums_are_grouped_from_the_right_unless_something_else_uses_their_parts():
    texts = [s.text for s in walked("a + b + c", 1, 2, 3).steps]
    assert texts == ["a", "b", "c", "n2 + n3", "n1 + n4"]
    x, y = variable("x", 0.0), variable("y", 0.0)
    shared = x + y
    steps = walk((shared + 1) * shared, [x, y], [1, 2]).steps
    assert [s.text for s in steps] == ["x", "y", "1", "n1 + n2", "n4 + n3", "n5·n4"]


def test_exponents_are_written_where_they_stand():
    texts = [s.text for s in walked("x**3 + 3*y**-2", 2, 1).steps]
    assert texts == ["x", "y", "3", "n1**3", "n2**-2", "n3·n5", "n4 + n6"]


def test_a_variable_that_is_not_used_has_the_adjoint_zero():
    unused = walked("x", 1, 2, variables=["x", "unused"]).steps[1]
    assert (unused.adjoint, unused.uses, unused.tangents) == (0.0, (), (0.0, 1.0))


def test_each_step_is_visited_once_however_many_paths_lead_to_it():
    x = variable("x", 0.0)
    e = x
    for _ in range(18):
        e = e + e
    steps = walk(e, [x], [1.0]).steps
    assert len(steps) == 19
    assert sum(len(s.uses) for s in steps) == 36
    assert (steps[-1].value, steps[0].adjoint) == (2.0**18, 2.0**18)


def test_a_walk_through_whole_arrays():
    problem = XOR()
    w = problem.initial(np.random.default_rng(0))
    (x,), out = trace(problem.loss, w)
    found = walk(out, [x], [w])
    np.testing.assert_allclose(found.steps[0].adjoint, gradient(problem.loss, w), rtol=1e-12)
    assert found.steps[-1].value == pytest.approx(float(problem.loss(w)))
    assert found.passes == ()
    assert all(np.shape(s.adjoint) == np.shape(s.value) for s in found.steps)


def reference():
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason=f"no reference vectors at {VECTORS.parent.name}/"))]
    cases = json.loads(VECTORS.read_text())["gradients"]
    return [pytest.param(case, id=case["id"]) for case in cases if case["kind"] == "scalar"]


@pytest.mark.parametrize("case", reference())
def test_adjoints_and_tangents_of_the_reference_expressions(case):
    for point in case["points"]:
        steps = walked(case["expr"], *point["x"], variables=["a", "b", "c"]).steps
        np.testing.assert_allclose([s.adjoint for s in steps[:3]], point["grad"], rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(steps[-1].tangents, point["grad"], rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(steps[-1].value, point["value"], rtol=1e-11, atol=1e-11)
        for step in steps[:-1]:
            assert step.adjoint == pytest.approx(sum(use.share for use in step.uses))


def test_what_is_written_twice_is_one_step():
    found = walk(*find_target("sin(x*y)*exp(x*y) + 2*x + 2*x", "1.5,2.25").graph())
    texts = [step.text for step in found.steps]
    assert texts.count("n1·n2") == 1
    product = found.steps[texts.index("n1·n2")]
    assert len(product.uses) == 2
    (doubled,) = [step for step in found.steps if len(step.uses) == 2 and step.uses[0].by == step.uses[1].by]
    assert doubled.adjoint == 2.0

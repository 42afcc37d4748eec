"""Items 12, 16 to 20 and 29 to 36: the Hessian, differences, formulas, dual numbers and graphs."""

from typing import Any

import numpy as np

from gdlab.autodiff import Dual, primitive
from gdlab.autodiff.graph import constant, evaluate, variable
from gdlab.autodiff.methods import METHODS, DualNumbers, Numeric, Reverse, Symbolic
from gdlab.autodiff.primitive import Primitive, Traced
from gdlab.autodiff.reverse import gradients
from gdlab.autodiff.step_errors import step_errors
from gdlab.autodiff.symbolic.formula import text
from gdlab.autodiff.symbolic.partials import partials
from gdlab.autodiff.symbolic.textbook import derivative
from gdlab.autodiff.terms import Const, Term, Var
from gdlab.autodiff.walk import walk
from gdlab.experiment.lecture.functions import AT, f
from gdlab.experiment.lecture.item import Item
from gdlab.experiment.lecture.training import sweep
from gdlab.problems.expression import parse

Make = Any
POINT = np.array(AT)
FORWARD = "error of forward ∂f/∂x at 1e-4, 1e-7, 1e-8, 1e-12"


def items(line: Make) -> tuple[Item, ...]:
    """The items, with what they expect.

    Args:
        line: makes a line of an item from what it is and how it is obtained.
    """
    return (
        Item(
            12,
            "the Hessian of f at (3, 4)",
            (
                *(line(12, name, lambda name=name: _hessian(name)) for name in ("symbolic", "dual", "reverse")),
                line(12, "signs of the eigenvalues", lambda: tuple(np.sign(np.linalg.eigvalsh(_hessian("reverse"))))),
            ),
            see="gdlab grad 'x**2*y + y + 2' --at x=3,y=4",
        ),
        Item(
            16,
            "what a gradient costs",
            (
                line(16, "coordinate search, n = 5", lambda: sweep(_bowl, np.ones(5))),
                line(16, "forward differences, n = 5", lambda: _cost(Numeric(scheme="forward")).evaluations),
                line(16, "central differences, n = 5", lambda: _cost(Numeric(scheme="central")).evaluations),
                line(16, "dual passes, n = 5", lambda: _cost(DualNumbers()).dual_passes),
                line(16, "reverse mode, n = 5: forward, back", _reverse_passes),
            ),
            errs="It asks and does not answer.",
        ),
        Item(
            17,
            "numeric gradient of f at (3, 4)",
            (line(17, "forward differences, eps 1e-4", lambda: tuple(_forward(1e-4).gradient(POINT))),),
        ),
        Item(
            18,
            "numeric Hessian of f at (3, 4)",
            (
                line(
                    18,
                    "forward differences of forward differences, eps 1e-4",
                    lambda: tuple(map(tuple, _forward(1e-4).hessian(POINT))),
                ),
            ),
            errs="Its function for it ignores its own arguments.",
        ),
        Item(
            19,
            "numeric gradient with a smaller step",
            (line(19, "forward differences, eps 1e-5", lambda: tuple(_forward(1e-5).gradient(POINT))),),
        ),
        Item(
            20,
            "the error over eps",
            (
                line(20, FORWARD, _forward_errors),
                line(20, "central ∂f/∂x at 1e-4", lambda: Numeric(eps=1e-4).bind(f, POINT).gradient(POINT)[0]),
            ),
            errs="It does not discuss the error, which grows on both sides of a best step.",
            see="gdlab check 'x**2*y + y + 2' --at x=3,y=4 --plot",
        ),
        Item(
            29,
            "rules of differentiation",
            tuple(line(29, what, lambda what=what: _rule(what)) for what in _RULES),
            errs="Its list lacks the product, quotient and chain rules, which its own examples need.",
        ),
        Item(
            30,
            "the derivative of g = 5 + x y by x, as a graph",
            (
                line(30, "as it is drawn", lambda: _derivative("5 + x*y", textbook=True)),
                line(30, "simplified", lambda: _derivative("5 + x*y")),
            ),
            errs="The drawing itself is missing.",
            see="gdlab grad '5 + x*y' --at x=3,y=4 --textbook",
        ),
        Item(
            31,
            "dual numbers",
            (
                line(31, "3 + (3 + 4ε)", lambda: repr(3 + Dual(3, 4))),
                line(31, "(3 + 4ε)(5 + 7ε)", lambda: repr(Dual(3, 4) * Dual(5, 7))),
                line(31, "(3 + 4ε)/(5 + 7ε)", lambda: _pair(Dual(3.0, 4.0) / Dual(5.0, 7.0))),
                line(31, "(2 + 5ε)^3", lambda: _pair(Dual(2.0, 5.0) ** 3)),
                line(31, "42 without ε", lambda: repr(Dual(42))),
            ),
            errs="The last line of its division has the sign of the ε part flipped, and one decimal hides -0.04.",
        ),
        Item(
            32,
            "f and its partial derivatives by dual numbers",
            (
                line(32, "f", lambda: float(f(POINT))),
                line(32, "∂f/∂x", lambda: _dual_pass(0)),
                line(32, "∂f/∂y", lambda: _dual_pass(1)),
            ),
        ),
        Item(
            33,
            "variables, constants, sums and products as objects",
            (
                line(33, "printed", lambda: str(_terms()[2])),
                line(33, "value", lambda: _terms()[2].evaluate()),
                line(33, "gradient", lambda: _twice()[0]),
                line(33, "gradient again", lambda: _twice()[1]),
                line(33, "visits of 18 doublings", _visits),
            ),
            errs="Its gradients pile up on a second call, and it visits a shared node once for each path: "
            "18 doublings cost it 262,144 visits.",
        ),
        Item(
            34,
            "the walk through n1 to n7",
            (
                line(34, "n1 to n7", lambda: tuple(step.text for step in _walk())),
                line(34, "values", lambda: tuple(step.value for step in _walk())),
                line(34, "adjoints", lambda: tuple(step.adjoint for step in _walk())),
            ),
            errs="The rule as it is printed lacks the sum over paths.",
            see="gdlab explain 'x**2*y + y + 2' --at x=3,y=4",
        ),
        Item(
            35,
            "adding a function",
            (
                line(35, "slope of a new cube at 2: dual, reverse, symbolic", lambda: _cubes(order=1)),
                line(35, "its curvature", lambda: _cubes(order=2)),
            ),
            errs="It announces this and does not do it.",
        ),
        Item(
            36,
            "second order and beyond",
            (
                line(36, "∂²f/∂x²", lambda: _higher("x", "x")),
                line(36, "∂³f/∂x²∂y", lambda: _higher("x", "x", "y")),
                line(36, "fourth derivative of exp at 0, by reverse mode", _fourth),
            ),
            errs="It announces a backward pass that returns expressions and stops there.",
        ),
    )


def _hessian(method: str) -> Any:
    return METHODS[method]().bind(f, POINT).hessian(POINT)


def _forward(eps: float) -> Any:
    return Numeric(scheme="forward", eps=eps).bind(f, POINT)


def _bowl(w: Any) -> Any:
    return np.sum(w * w)


def _cost(method: Any) -> Any:
    return method.bind(_bowl, np.ones(5)).cost_of_gradient


def _reverse_passes() -> tuple[int, int]:
    cost = _cost(Reverse())
    return cost.evaluations, cost.reverse_passes


def _forward_errors() -> tuple[float, ...]:
    errors = step_errors(f, POINT, np.array([24.0, 10.0]), [1e-4, 1e-7, 1e-8, 1e-12])
    return tuple(errors.errors["forward"][:, 0])


_RULES = (
    "constant: (5)'",
    "variable: (x)'",
    "power: (x**3)'",
    "sum: (x**2 + x)'",
    "scalar multiple: (7*x)'",
    "product: (x*sin(x))'",
    "quotient: (x/(x + 1))'",
    "chain: (sin(x**2))'",
)


def _rule(what: str) -> str:
    return _derivative(what.partition(": ")[2].removesuffix("'").removeprefix("(").removesuffix(")"))


def _derivative(formula: str, textbook: bool = False) -> str:
    """The derivative of a formula by x, as text."""
    expression = parse(formula, ["x", "y"])
    variables = {name: variable(name, 0.0) for name in ("x", "y")}
    out, x = constant(expression.at(variables)), variables["x"]
    if textbook:
        return str(text([derivative(out, x)], times="·"))
    return str(text([partials(out, [*variables.values()])[0]]))


def _pair(dual: Dual) -> tuple[float, float]:
    return float(dual.value), float(dual.tangent)


def _dual_pass(k: int) -> float:
    return float(f([Dual(x, float(i == k)) for i, x in enumerate(AT)]).tangent)


def _terms() -> tuple[Var, Var, Any]:
    x, y = Var("x", 3), Var("y", 4)
    return x, y, x * x * y + (y + Const(2))


def _twice() -> list[tuple[float, ...]]:
    x, y, term = _terms()
    return [tuple(part.evaluate() for part in term.gradient(x, y)) for _ in range(2)]


class _Tally(Traced):
    """A value that only counts what is computed from it."""

    level = 1

    def __init__(self) -> None:
        self.count = 0

    def interpret(self, primitive: Primitive, args: Any, params: dict[str, Any]) -> "_Tally":
        self.count += 1
        return self


def _visits() -> int:
    x, tally = Var("x", 1.0), _Tally()
    e: Any = x
    for _ in range(18):
        e = e + e
    evaluate([e], {id(x): tally})
    return tally.count


def _walk() -> Any:
    x, y, term = _terms()
    return walk(term, [x, y], AT).steps


def _cubes(order: int) -> tuple[float, ...]:
    """The first or second derivative of a function declared in one line, by three methods."""
    cube, at = primitive("cube", lambda x: x**3, lambda z, x: 3 * x * x), np.array([2.0])
    found = [method.bind(lambda w: cube(w[0]), at) for method in (DualNumbers(), Reverse(), Symbolic())]
    return tuple(float(np.ravel(d.gradient(at) if order == 1 else d.hessian(at))[0]) for d in found)


def _higher(*names: str) -> str:
    """A derivative of f of any order: each backward pass gives a formula that the next one differentiates."""
    x, y, term = _terms()
    for name in names:
        (term,) = term.gradient({"x": x, "y": y}[name])
    simple: Term = term.simplified()
    return str(text([simple]))


def _fourth() -> float:
    x = variable("x", 0.0)
    slope = constant(np.exp(x))
    for _ in range(4):
        (slope,) = gradients(slope, [x])
    return float(evaluate([slope], {id(x): 0.0})[0])

"""The gradient methods: immutable records that name how a derivative is obtained, and bind it to a function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from gdlab.autodiff.complex_step import ComplexStepDerivatives
from gdlab.autodiff.derivatives import Derivatives, DualDerivatives, RetracedDerivatives, ReverseDerivatives
from gdlab.autodiff.numeric import NumericDerivatives
from gdlab.autodiff.richardson import RichardsonDerivatives
from gdlab.autodiff.symbolic.derivatives import SymbolicDerivatives
from gdlab.record import Positive, Record


@dataclass(frozen=True)
class Method(Record):
    """A gradient method: an immutable record of options.

    Class attributes:
        formula: the derivative in one line.
        source: author, year and title or equation.
        cost: of one gradient of n parameters, in words.
    """

    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""
    cost: ClassVar[str] = ""

    def bind(self, f: Callable[..., Any], w: Any, rows: Any = None) -> Derivatives:
        """The derivatives of f, by this method.

        Args:
            f: a function written with NumPy, `f(w)`, or `f(w, rows)` if rows are given; returns a scalar.
            w: a point, shape (n,); it fixes shape and dtype.
            rows: row numbers of a minibatch, an int array; it fixes their count.
        """
        raise NotImplementedError(f"gradient method {self.name!r} must define bind(f, w, rows)")


@dataclass(frozen=True)
class Numeric(Method):
    """Differences of function values."""

    name = "numeric"
    formula = (
        "∂f/∂wᵢ ≈ (f(w + ε·eᵢ) − f(w − ε·eᵢ))/2ε central, (f(w + ε·eᵢ) − f(w))/ε forward, Im f(w + i·ε·eᵢ)/ε complex; "
        "richardson extrapolates central ones to ε = 0"
    )
    source = (
        "Press, Teukolsky, Vetterling & Flannery 2007, Numerical Recipes, 3rd ed., section 5.7; "
        "Squire & Trapp 1998, SIAM Review 40(1), pp. 110-112 (complex); "
        "Ridders 1982, Advances in Engineering Software 4(2), pp. 75-76 (richardson)"
    )
    cost = "forward n + 1 evaluations, central 2n, complex n, richardson 16n"

    scheme: Annotated[Literal["forward", "central", "complex", "richardson"], "which differences"] = "central"
    eps: Annotated[
        Positive | None,
        "the step ε, taken as it is (richardson: the longest); unset: √u (forward), ∛u (central) or 0.1 (richardson) "
        "times max(1, |wᵢ|^¾), 1e-20 (complex)",
    ] = None

    def bind(self, f: Callable[..., Any], w: Any, rows: Any = None) -> Derivatives:
        """The derivatives of f by differences; f may branch on its values, but not under complex steps."""
        match self.scheme:
            case "complex":
                return ComplexStepDerivatives(f, w, rows, eps=self.eps)
            case "richardson":
                return RichardsonDerivatives(f, w, rows, eps=self.eps)
            case _:
                return NumericDerivatives(f, w, rows, scheme=self.scheme, eps=self.eps)


@dataclass(frozen=True)
class DualNumbers(Method):
    """Forward mode by dual numbers a + bε with ε² = 0: one pass for each parameter, exact to rounding."""

    name = "dual"
    formula = "f(w + eᵢ·ε) = f(w) + ∂f/∂wᵢ·ε"
    source = "Wengert 1964, A simple automatic derivative evaluation program, CACM 7(8), pp. 463-464"
    cost = "n dual passes"

    def bind(self, f: Callable[..., Any], w: Any, rows: Any = None) -> DualDerivatives:
        """The derivatives of f by dual numbers; f may branch on its values."""
        return DualDerivatives(f, w, rows)


@dataclass(frozen=True)
class Reverse(Method):
    """Reverse mode, or backpropagation: one pass forward and one back, whatever the number of parameters."""

    name = "reverse"
    formula = "n̄ᵢ = Σⱼ n̄ⱼ·∂nⱼ/∂nᵢ over all nⱼ that use nᵢ"
    source = "Linnainmaa 1976, Taylor expansion of the accumulated rounding error, BIT 16, pp. 146-160"
    cost = "1 evaluation and 1 reverse pass"

    retrace: Annotated[bool, "trace f afresh at every point, so that it may branch on its values; slow"] = False

    def bind(self, f: Callable[..., Any], w: Any, rows: Any = None) -> ReverseDerivatives:
        """The derivatives of f by reverse mode: compiled once, or traced anew at every point."""
        return RetracedDerivatives(f, w, rows) if self.retrace else ReverseDerivatives(f, w, rows)


@dataclass(frozen=True)
class Symbolic(Method):
    """Derivatives as formulas in normal form, shared with the function's own graph and compiled, exact to rounding."""

    name = "symbolic"
    formula = "(u·v)′ = v′·u + v·u′, h(u)′ = h′(u)·u′, …, then constants folded, like terms and powers collected"
    source = (
        "Nolan 1953, Analytical differentiation on a digital computer (MIT); "
        "Kahrimanian 1953, Analytical differentiation by a digital computer (Temple University)"
    )
    cost = "as many evaluations as make the operations of the formulas"

    def bind(self, f: Callable[..., Any], w: Any, rows: Any = None) -> SymbolicDerivatives:
        """The derivatives of f as formulas, compiled once; f must not branch on its values."""
        return SymbolicDerivatives(f, w, rows)


METHODS: dict[str, type[Method]] = {
    "numeric": Numeric,
    "dual": DualNumbers,
    "reverse": Reverse,
    "symbolic": Symbolic,
}

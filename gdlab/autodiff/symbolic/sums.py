"""Sums of products in normal form: coefficients of monomials, with like terms and powers collected.

A monomial is a tuple of factors with their exponents; factors are known by number, in the order in which they are to be
written. Only whole exponents are collected: √x·√x is not x where x is negative.
"""

import math
from dataclasses import dataclass, field

Monomial = tuple[tuple[int, int], ...]


@dataclass
class Sum:
    """constant + Σ coefficient·monomial."""

    constant: float = 0.0
    terms: dict[Monomial, float] = field(default_factory=dict)

    def add(self, monomial: Monomial, coefficient: float) -> None:
        """Add a term; the empty monomial is the constant. What cancels is gone."""
        if not monomial:
            self.constant += coefficient
            return
        total = self.terms.get(monomial, 0.0) + coefficient
        if total == 0:
            self.terms.pop(monomial, None)
        else:
            self.terms[monomial] = total

    def add_scaled(self, other: "Sum", factor: float) -> None:
        """Add factor·other."""
        self.constant += factor * other.constant
        for monomial, coefficient in other.terms.items():
            self.add(monomial, factor * coefficient)

    @property
    def single(self) -> tuple[Monomial, float] | None:
        """The only term and its coefficient, if there is one and no constant."""
        if self.constant == 0 and len(self.terms) == 1:
            return next(iter(self.terms.items()))
        return None

    def scaled(self, factor: float) -> "Sum":
        """factor times the sum."""
        return Sum(self.constant * factor, {monomial: value * factor for monomial, value in self.terms.items()})

    def over_common(self) -> tuple["Sum", float]:
        """The sum divided by the coefficient that all its terms share up to sign, and that coefficient.

        It is ±1 if they share none, and negative if all terms are.
        """
        values = [*self.terms.values(), *([self.constant] if self.constant else [])]
        sign = -1.0 if all(value < 0 for value in values) else 1.0
        size = abs(values[0])
        if any(abs(value) != size for value in values):
            return self.scaled(sign), sign
        ones = {monomial: sign * math.copysign(1, value) for monomial, value in self.terms.items()}
        return Sum(sign * math.copysign(1, self.constant) if self.constant else 0.0, ones), sign * size

    def in_writing_order(self) -> list[tuple[Monomial, float]]:
        """The terms as they appeared, the constant last; the first one with a plus goes to the front."""
        terms = [*self.terms.items(), *([((), self.constant)] if self.constant != 0 else [])]
        first = next((k for k, (_, coefficient) in enumerate(terms) if coefficient > 0), 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]


@dataclass
class Product:
    """coefficient·Π factor^exponent."""

    coefficient: float = 1.0
    exponents: dict[int, int] = field(default_factory=dict)

    def multiply(self, monomial: Monomial, coefficient: float, power: int) -> None:
        """Multiply by (coefficient·monomial)^power."""
        self.coefficient *= coefficient**power
        for factor, exponent in monomial:
            total = self.exponents.get(factor, 0) + exponent * power
            if total == 0:
                del self.exponents[factor]
            else:
                self.exponents[factor] = total

    @property
    def monomial(self) -> Monomial:
        """The factors in writing order."""
        return tuple(sorted(self.exponents.items()))

import pytest

from gdlab.report.statistics.rates import wilson


# Newcombe 1998, Table I, method 3.
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_as_published(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("successes", "n"), [(s, n) for n in (1, 2, 7, 50) for s in range(n + 1)])
def test_as_in_scipy(successes, n):
    stats = pytest.importorskip("scipy.stats")
    interval = stats.binomtest(successes, n).proportion_ci(0.9, method="wilson")
    assert wilson(successes, n, 0.9) == pytest.approx((interval.low, interval.high), abs=1e-12)


@pytest.mark.parametrize(("successes", "n"), [(0, 3), (2, 3), (3, 3)])
def test_failures_mirror_successes(successes, n):
    low, high = wilson(successes, n)
    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low))
    assert 0 <= low <= successes / n <= high <= 1


def test_nothing_is_known_without_runs():
    assert wilson(0, 0) == (0, 1)

import pytest

from gdlab.report.statistics.normal import two_sided


# From the tables of the normal distribution: 1.96 leaves 5 %, 2.5758 leaves 1 %.
@pytest.mark.parametrize(("statistic", "p"), [(11.96, 0.05), (8.04, 0.05), (12.5758, 0.01), (10, 1)])
def test_as_in_the_tables(statistic, p):
    assert two_sided(statistic, 10, 1, step=0) == pytest.approx(p, rel=1e-3)


def test_half_a_step_is_taken_off():
    assert two_sided(12.46, 10, 1, step=1) == pytest.approx(0.05, rel=1e-3)
    assert two_sided(10.4, 10, 1, step=1) == 1


def test_what_cannot_vary_proves_nothing():
    assert two_sided(10, 10, 0, step=1) == 1

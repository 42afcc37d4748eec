"""Means over rows: what minibatches are known to do on them."""

import numpy as np
import pytest

from gdlab.autodiff.methods import Reverse
from gdlab.experiment.spec import Batch, Experiment
from gdlab.experiment.train import train
from gdlab.optimizers import GD, Adam, AMSGrad
from gdlab.problems.functions.stochastic import NoisyQuadratic, Reddi


def test_the_noise_of_a_row_has_the_variance_of_its_curvature():
    problem = NoisyQuadratic(dim=3, rows=20_000, noise=2.0)
    w = np.array([1.0, -2.0, 3.0])
    h = problem.curvatures
    assert list(h) == pytest.approx([1, 0.1, 0.01])
    gradients = h * (w - problem.offsets)
    np.testing.assert_allclose(gradients.mean(0), h * w, rtol=1e-9)
    np.testing.assert_allclose(gradients.var(0), 4 * h, rtol=0.05)


def test_a_batch_is_the_mean_of_its_rows():
    problem = NoisyQuadratic(rows=50)
    w = np.ones(10)
    each = [problem.loss(w, np.array([row])) for row in range(50)]
    assert problem.loss(w) == pytest.approx(np.mean(each), rel=1e-12)
    assert problem.loss(w, np.array([3, 7])) == pytest.approx((each[3] + each[7]) / 2, rel=1e-12)


def test_a_constant_lr_ends_in_a_ball_of_noise():
    """In the limit the variance of a coordinate is lr·noise²/(2 − lr·h), from w ← (1 − lr·h)w + lr·√h·noise·ξ."""
    problem = NoisyQuadratic(dim=2, condition=2, rows=400)
    batch = Batch(size=1, sampling="replacement")
    result = train(Experiment(problem, Reverse(), GD(lr=0.5), steps=30_000, batch=batch), record_points=True)
    variance = (problem.curvatures * problem.offsets**2).mean(0)  # of the 400 that were drawn; 1 in the limit
    expected = variance * 0.5 / (2 - 0.5 * problem.curvatures)
    np.testing.assert_allclose(result.points[1000:].var(0), expected, rtol=0.1)


def test_the_mean_slope_of_a_period():
    problem = Reddi()
    assert problem.slopes.sum() == 10  # 1010 − 100·10
    assert problem.loss(np.array([1.0])) == pytest.approx(10 / 101)
    assert problem.infimum == pytest.approx(-10 / 101 - (10 / 101) ** 2 / 2000, rel=1e-12)


@pytest.mark.parametrize(
    ("optimizer", "end"), [(Adam(lr=0.02, beta2=0.99), 1), (AMSGrad(lr=0.1, beta2=0.99), -1), (GD(lr=1e-4), -1)]
)
def test_adam_ends_at_the_wrong_end(optimizer, end):
    """Figure 1 of Reddi, Kale & Kumar 2018: Adam goes to +1, AMSGrad to −1."""
    batch = Batch(size=1, shuffle=False)
    result = train(Experiment(Reddi(), Reverse(), optimizer, steps=100_000, batch=batch))
    assert result.w == pytest.approx(end, abs=0.2)

"""`minimize`: what it takes, and what it refuses in words."""

from typing import Any

import numpy as np
import pytest

import gdlab
from gdlab.errors import UsageError
from gdlab.experiment.spec import Batch
from gdlab.problems import PROBLEMS


def parabola(w: Any) -> Any:
    return np.sum((w - 1) ** 2)


def test_the_example_of_the_design() -> None:
    result = gdlab.minimize(
        parabola, [3.0, 4.0], optimizer={"name": "adam", "lr": 0.1}, gradient="reverse", steps=200, record_points=True
    )
    assert result.points.shape == (201, 2)
    assert result.losses.shape == (201,)
    assert result.outcome.status == "max_steps"
    assert result.cost == gdlab.Cost(evaluations=200, reverse_passes=200)
    np.testing.assert_allclose(result.w, [1, 1], atol=0.05)


@pytest.mark.parametrize("optimizer", ["adam", {"name": "adam"}, gdlab.Adam()], ids=["name", "mapping", "instance"])
@pytest.mark.parametrize("gradient", ["dual", {"name": "dual"}], ids=["name", "mapping"])
def test_ways_to_name_the_same(optimizer: Any, gradient: Any) -> None:
    result = gdlab.minimize(parabola, [3.0], optimizer, gradient, steps=5)
    np.testing.assert_array_equal(result.w, gdlab.minimize(parabola, [3.0], "adam", "dual", steps=5).w)


def test_a_problem_brings_its_start() -> None:
    assert gdlab.minimize(PROBLEMS["rosenbrock"](), steps=0).losses[0] == pytest.approx(24.2)
    assert gdlab.minimize(PROBLEMS["rosenbrock"](), [1.0, 1.0], steps=0).losses[0] == 0


def test_the_start_is_not_written_to() -> None:
    start = np.array([3.0, 4.0])
    gdlab.minimize(parabola, start, steps=5)
    np.testing.assert_array_equal(start, [3, 4])


def test_float32_stays_float32() -> None:
    result = gdlab.minimize(parabola, np.array([3, 4], np.float32), "adam", steps=50, record_points=True)
    assert result.w.dtype == result.points.dtype == np.float32


REFUSED = [
    ((parabola,), {}, "needs a start"),
    ((parabola, [[1.0]]), {}, "shape (1, 1)"),
    ((parabola, []), {}, "shape (0,)"),
    ((parabola, [float("nan")]), {}, "not finite"),
    ((parabola, ["a"]), {}, "not a vector of numbers"),
    ((PROBLEMS["rosenbrock"](), [1.0, 2.0, 3.0]), {}, "rosenbrock takes one of shape (2,)"),
    (("adam", [1.0]), {}, "a function or a problem, not str"),
    ((parabola, [1.0], "adma"), {}, "did you mean 'adam'?"),
    ((parabola, [1.0], gdlab.Adam), {}, "or the record itself"),
    ((parabola, [1.0], 5), {}, "the optimizer is 5"),
    ((parabola, [1.0], PROBLEMS["xor"]()), {}, "the optimizer is XOR"),
    ((parabola, [1.0], {"name": "adam", "betta": 0.9}), {}, "did you mean 'beta1'?"),
    ((parabola, [1.0], {"lr": 0.1}), {}, "the optimizer has no name; write one, as in {'name': 'gd', …}"),
    ((parabola, [1.0], "gd", {"epsilon": 0.1}), {}, "the gradient method has no name"),
    ((parabola, [1.0], "gd", "revers"), {}, "did you mean 'reverse'?"),
    ((parabola, [1.0]), {"steps": -1}, "steps = -1"),
    ((parabola, [1.0]), {"steps": 2.5}, "steps = 2.5"),
    ((parabola, [1.0]), {"steps": "10"}, "steps = '10'"),
    ((parabola, [1.0]), {"seed": -1}, "seed = -1"),
    ((parabola, [1.0]), {"grad_tol": -1.0}, "grad_tol = -1.0"),
    ((parabola, [1.0], {"name": "adam", "lr": 0}), {}, "lr = 0"),
]


@pytest.mark.parametrize(("args", "options", "text"), REFUSED, ids=[case[2] for case in REFUSED])
def test_refused_in_words(args: Any, options: Any, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        gdlab.minimize(*args, **options)
    assert text in str(caught.value)


def _rosenbrock_residuals(w):
    return np.stack([10 * (w[1] - w[0] ** 2), 1 - w[0]])


@pytest.mark.parametrize("rule", ["gauss_newton", "levenberg_marquardt"])
@pytest.mark.parametrize("f", [None, lambda w: 3 * np.sum(_rosenbrock_residuals(w) ** 2)], ids=["none", "function"])
def test_residuals_of_ones_own(rule, f):
    result = gdlab.minimize(f, [-1.2, 1.0], rule, residuals=_rosenbrock_residuals)
    np.testing.assert_allclose(result.w, [1, 1], rtol=1e-6)
    assert result.losses[0] == pytest.approx(12.1 if f is None else 72.6)  # f = 24.2 there


def test_a_function_that_is_no_sum_of_its_residuals_is_refused():
    with pytest.raises(UsageError, match="no constant times the sum of the squares"):
        gdlab.minimize(lambda w: np.sum(w**2) + 1, [1.0], "gauss_newton", residuals=lambda w: w)
    with pytest.raises(UsageError, match="residuals go with a function"):
        gdlab.minimize(gdlab.Rosenbrock(), None, "gauss_newton", residuals=lambda w: w)
    with pytest.raises(UsageError, match="takes a function or a problem, not NoneType"):
        gdlab.minimize(None, [1.0])


def test_a_batch_of_a_problem_with_rows():
    one, whole = (gdlab.minimize(gdlab.XOR(), None, "gd", batch=batch, steps=8) for batch in ({"size": 1}, None))
    assert one.cost.evaluations == whole.cost.evaluations / 4
    assert gdlab.minimize(gdlab.XOR(), None, "gd", batch=Batch(size=1), steps=8).losses[-1] == one.losses[-1]
    with pytest.raises(UsageError, match="unknown parameter of batch 'sise': did you mean 'size'"):
        gdlab.minimize(gdlab.XOR(), None, "gd", batch={"sise": 1})


def test_a_result_is_shown_in_one_line_and_has_what_the_rule_said():
    result = gdlab.minimize(gdlab.Himmelblau(), [0.0, 0.0], "newton", steps=5)
    assert repr(result).startswith("Result(max_steps at step 5: loss ")
    assert len(repr(result)) < 100
    step, said = result.remarks[0]
    assert step == 1
    assert "not positive definite" in said


def test_a_keyword_that_is_none_of_a_rule_is_told():
    with pytest.raises(TypeError, match=r"It goes around the optimizer: gdlab\.Around\(gdlab\.Adam\(\), clip_norm=…\)"):
        gdlab.Adam(lr=0.1, clip_norm=1)
    with pytest.raises(TypeError, match="unknown parameter of Adam 'beta': did you mean 'beta1'"):
        gdlab.Adam(beta=0.1)


def test_gdlab_lists_its_own_names():
    names = [name for name in dir(gdlab) if not name.startswith("__")]
    assert not {"Any", "TYPE_CHECKING", "importlib", "_HOME", "_ROOMS"} & set(names)
    assert {"Around", "Formula", "Noise", "minimize", "load_runs", "schedules"} <= set(names)
    assert all(hasattr(gdlab, name) for name in names)

import json

import pytest

TABLE = [
    # arguments, exit code, what stands on standard output, and on standard error
    (["x**2*y + y + 2", "--at", "x=3,y=4"], 0, ["value 42", "2*x*y", "2 dual passes", "saddle"], ""),
    (["x**2*y + y + 2", "--at", "3,4", "--textbook"], 0, ["y·(2·x**1·1)"], ""),
    (["x/y", "--at", "3,4", "--latex"], 0, [r"\frac{1}{y}"], ""),
    (["rosenbrock"], 0, ["problem rosenbrock", "-215.6", "-88"], ""),
    (["rosenbrock", "--at", "1,1"], 0, ["strict local minimum"], ""),
    (["x*y", "--at", "x=3", "--at", "y=4"], 0, ["at x = 3, y = 4", "value 12"], ""),
    (["--help"], 0, ["order in which the variables appear"], ""),
    (["x*y"], 2, [], "say where: --at x=…,y=…"),
    (["x^2", "--at", "x=1"], 2, [], "write ** for a power"),
    (["9**9**9"], 2, [], "this is inf; a constant must be finite"),
    (["rosenbrok"], 2, [], "did you mean 'rosenbrock'?"),
    (["x>0", "--at", "1"], 2, [], "x>0 is true or false, not a number; write where(x>0, a, b)"),
    (["-x**2", "--at", "3"], 2, [], "write '(-x**2)', or put it behind all options and --"),
    (["--at", "3", "--", "-x**2"], 0, ["value -9"], ""),
    (["(-x**2)", "--at", "-3"], 0, ["value -9"], ""),
    (["--", "-x**2", "--at", "3"], 2, [], "--at stands behind --, where nothing is an option"),
    (["x", "--at", "y=1"], 2, [], "y is no variable"),
    (["x", "--at", "x=1", "--latex", "--textbook"], 2, [], "exclude each other"),
    (["__import__('os').system('true')"], 2, [], "strings are not part of a formula"),
]


@pytest.mark.parametrize(("args", "code", "out", "err"), TABLE, ids=[" ".join(case[0]) for case in TABLE])
def test_grad(gdlab, args, code, out, err):
    result = gdlab("grad", *args)
    assert result.code == code
    assert all(text in result.out for text in out)
    assert err in result.err
    assert bool(result.err) == bool(err)


def test_json(gdlab):
    data = json.loads(gdlab("grad", "x**2*y + y + 2", "--at", "x=3,y=4", "--json").out)
    assert data["value"] == 42.0
    assert data["hessian"] == [[8.0, 6.0], [6.0, 0.0]]


def test_derivatives_that_are_not_finite_are_json_too(gdlab):
    data = json.loads(gdlab("grad", "sqrt(x)", "--at", "0", "--json").out)
    assert data["methods"][-1]["gradient"] in ([None], ["inf"], ["Infinity"], [float("inf")])


def test_a_function_of_the_user(gdlab, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import numpy as np\n\ndef f(w):\n    return np.exp(w).sum()\n\ndef g(w):\n    return w.nothing()\n"
    )
    assert "value 2" in gdlab("grad", f"{path}:f", "--at", "0,0").out
    result = gdlab("grad", f"{path}:g", "--at", "0,0")
    assert result.code == 2
    assert "nothing" in result.err
    assert "Traceback" not in result.err

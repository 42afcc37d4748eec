"""Many cells of XOR 2-4-1 with tanh, squared loss and Adam at once: gdlab beside jax's vmap and scan, in one run.

    PYTHONPATH=. OPENBLAS_NUM_THREADS=1 taskset -c 0 pytest tests/benchmarks/test_lanes.py -s

Each side runs in processes of its own, in turns, on one core; the best of a few rounds counts. Ratios are of gdlab to
jax: of the wall time of the whole process (less is better), and of replica-steps per second (more is better).
"""

import json
import os
import subprocess
import sys
import textwrap
import time

import pytest

CELLS, STEPS, ROUNDS = 1024, 2000, 3
ONE_CORE = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
}

GDLAB = f"""
    import json, time
    import numpy as np
    from gdlab.autodiff.methods import Reverse
    from gdlab.experiment.lanes import train_lanes
    from gdlab.experiment.spec import Experiment, Log
    from gdlab.optimizers import Adam
    from gdlab.problems.xor import XOR

    problem, rules = XOR(), [Adam(lr=lr) for lr in np.geomspace(1e-4, 0.1, 8).tolist()]
    cells = [
        Experiment(problem, Reverse(), rule, steps={STEPS}, seed=seed, log=Log(every={STEPS // 20}))
        for seed in range({CELLS} // 8)
        for rule in rules
    ]
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        found = train_lanes(cells)
        times.append(time.perf_counter() - begin)
        if "--once" in __import__("sys").argv:
            break
    assert (found.steps == {STEPS}).all()
    print(json.dumps([{CELLS * STEPS} / min(times), {CELLS * STEPS} / float(found.summary["seconds"].sum())]))
"""

JAX = f"""
    import json, sys, time
    import numpy as np
    import jax, jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    inputs = jnp.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = jnp.array([[0.0], [1.0], [1.0], [0.0]])

    def loss(w):
        h = jnp.tanh(inputs @ w[:8].reshape(2, 4) + w[8:12])
        return jnp.mean((jax.nn.sigmoid(h @ w[12:16].reshape(4, 1) + w[16:]) - targets) ** 2)

    def run(w, lr):
        def step(carry, k):
            w, m, v = carry
            value, g = jax.value_and_grad(loss)(w)
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            w = w - lr * (m / (1 - 0.9**k)) / (jnp.sqrt(v / (1 - 0.999**k)) + 1e-8)
            return (w, m, v), value

        zeros = jnp.zeros(17)
        return jax.lax.scan(step, (w, zeros, zeros), jnp.arange(1.0, {STEPS} + 1))

    starts = np.random.default_rng(0).normal(size=({CELLS}, 17))
    lrs = np.tile(np.geomspace(1e-4, 0.1, 8), {CELLS} // 8)
    compiled = jax.jit(jax.vmap(run))
    times = []
    for _ in range(4):
        begin = time.perf_counter()
        jax.block_until_ready(compiled(starts, lrs))
        times.append(time.perf_counter() - begin)
        if "--once" in sys.argv:
            break
    print(json.dumps([{CELLS * STEPS} / min(times)] * 2))
"""


def _timed(program: str, *arguments: str) -> tuple[float, list[float]]:
    """The wall time of a process, and what it printed."""
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        env=os.environ | ONE_CORE,
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - begin, json.loads(done.stdout.splitlines()[-1])


def test_whole_process_and_loop_beside_jax() -> None:
    pytest.importorskip("jax")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    walls: dict[str, list[float]] = {"gdlab": [], "jax": []}
    rates: dict[str, list[list[float]]] = {"gdlab": [], "jax": []}
    for _ in range(ROUNDS):
        for name, program in (("gdlab", GDLAB), ("jax", JAX)):
            walls[name].append(_timed(program, "--once")[0])
            rates[name].append(_timed(program)[1])
    wall = {name: min(times) for name, times in walls.items()}
    whole, loop = ({name: max(rate[i] for rate in found) for name, found in rates.items()} for i in (0, 1))
    print(f"\nwhole process: gdlab {wall['gdlab']:.2f} s, jax {wall['jax']:.2f} s: {wall['gdlab'] / wall['jax']:.2f}")
    for what, rate in (("steps", loop), ("with judging, logging and set-up", whole)):
        ratio = rate["gdlab"] / rate["jax"]
        print(f"{what}: gdlab {rate['gdlab'] / 1e6:.2f}, jax {rate['jax'] / 1e6:.2f} million a second: {ratio:.2f}")
    assert wall["gdlab"] < 0.75 * wall["jax"]
    assert loop["gdlab"] > 0.9 * loop["jax"]


@pytest.mark.parametrize("lanes", [64, 128, 256, 512, 1024, 2048, 4096])
def test_lanes_of_one_program(benchmark: object, lanes: int) -> None:
    from gdlab.autodiff.methods import Reverse
    from gdlab.experiment.lanes import train_lanes
    from gdlab.experiment.spec import Experiment, Log
    from gdlab.optimizers import Adam
    from gdlab.problems.xor import XOR

    problem, rule, steps = XOR(), Adam(lr=0.01), 200
    cells = [Experiment(problem, Reverse(), rule, steps=steps, seed=i % 64, log=Log(every=100)) for i in range(lanes)]
    found = benchmark(lambda: train_lanes(cells, block=lanes))  # type: ignore[operator]
    benchmark.extra_info["million a second"] = lanes * steps / float(found.summary["seconds"].sum()) / 1e6  # type: ignore[attr-defined]

"""Two processes against one: 8,192 cells of XOR 2-4-1 with Adam, from the cells to stored chunks, in turns in one run.

    pytest tests/benchmarks/test_sweep_processes.py -s

One is what `-j 1` does: the work in the driver itself, without starting any process. The best of a few rounds of each
counts, since both need the machine for themselves; the load of the machine is printed with the result.
"""

import json
import os
import subprocess
import sys
import textwrap

import pytest

CELLS, STEPS, ROUNDS, AT_LEAST = 8192, 2000, 3, 1.8

SWEEP = """
    import json, sys, tempfile, time
    import numpy as np
    from pathlib import Path
    from gdlab.autodiff.methods import Reverse
    from gdlab.experiment.spec import Experiment
    from gdlab.experiment.sweep.drive import Drive
    from gdlab.experiment.sweep.engines import engine
    from gdlab.experiment.sweep.plan import Job, plan
    from gdlab.optimizers import Adam
    from gdlab.problems import XOR

    def main(workers, cells, steps):
        problem, rules = XOR(), [Adam(lr=lr) for lr in np.geomspace(1e-4, 0.1, 8).tolist()]
        jobs = [
            Job(i, Experiment(problem, Reverse(), rules[i % 8], steps=steps, seed=i // 8)) for i in range(cells)
        ]
        chunks, begin = [], time.perf_counter()
        place = engine("processes", workers) if workers > 1 else engine("here")
        assert Drive(place, chunks.append).run(plan(jobs, workers).pieces)
        took = time.perf_counter() - begin
        assert sum(map(len, chunks)) == cells
        print(json.dumps([took, sum(chunk.seconds for chunk in chunks)]))

    if __name__ == "__main__":
        main(*map(int, sys.argv[1:]))
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="it takes two cores")
def test_two_processes_against_one(tmp_path):
    script = tmp_path / "sweep.py"
    script.write_text(textwrap.dedent(SWEEP))
    took = {1: [], 2: []}
    for _ in range(ROUNDS):
        for workers, times in took.items():
            numbers = map(str, (workers, CELLS, STEPS))
            one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            ended = subprocess.run(
                [sys.executable, script, *numbers], env=one_thread, capture_output=True, text=True, check=True
            )
            times.append(json.loads(ended.stdout)[0])
    ratio = min(took[1]) / min(took[2])
    print(f"\none {took[1]} s, two {took[2]} s: {ratio:.2f} ×, load {os.getloadavg()[0]:.1f}")
    assert ratio >= AT_LEAST

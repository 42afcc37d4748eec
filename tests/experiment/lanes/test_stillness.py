"""Rest of many lanes against that of each."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab.experiment.lanes.stillness import StillnessOfLanes
from gdlab.experiment.stillness import Stillness

LANES = 3
moves = st.lists(st.tuples(*[st.sampled_from([0, 0, 0, 1, -1])] * (2 * LANES)), min_size=1, max_size=40)


@given(moves, st.sampled_from([2, 5, 100]), st.lists(st.integers(0, 2), max_size=40))
@settings(deadline=None)
def test_each_lane_rests_as_it_would_by_itself(walk: list[tuple[int, ...]], patience: int, extra: list[int]) -> None:
    """Lanes and their states move or not; each is looked at when it is due, and now and then in between."""
    together = StillnessOfLanes(patience, LANES, {"state_v": 1, "state_k": 0})
    alone = [Stillness(patience) for _ in range(LANES)]
    w, v = np.zeros((2, LANES)), np.zeros((2, LANES))
    for step, move in enumerate(walk):
        w, v, k = w + move[:LANES], v + move[LANES:], np.asarray(float(step // 4))
        due = {lane for lane in range(LANES) if step >= together.next_look[lane]}
        at = np.array(sorted(due | set(extra[step : step + 1])), int)
        if not at.size:
            continue
        leaves = {"state_v": v, "state_k": k}
        rests = together.look(step, at, w, leaves)
        for i, lane in enumerate(at.tolist()):
            kept = Stillness(patience)
            kept.restore(together.of(lane))
            assert rests[i] == alone[lane].look(step, w[:, lane], (v[:, lane], k))
            assert rests[i] == kept.look(step, w[:, lane], (v[:, lane], k))
        together.take(step, at, w, leaves)
        for lane in at.tolist():
            assert together.next_look[lane] == alone[lane].next_look
            assert together.since[lane] == (-1 if alone[lane].since is None else alone[lane].since)


def test_lanes_change_places() -> None:
    together = StillnessOfLanes(100, 2, {"state": 1})
    w, state = np.array([[1.0, 2.0]]), {"state": np.array([[3.0, 4.0]])}
    everywhere = np.arange(2)
    for step, points in enumerate((w, np.array([[1.0, 3.0]]))):
        together.look(step, everywhere, points, state)
        together.take(step, everywhere, points, state)
    assert together.since.tolist() == [0, -1]
    together.rearrange(np.array([1, 0, 0]))
    assert together.since.tolist() == [-1, 0, 0]
    assert together.of(0)["w"].tolist() == [3.0]
    assert together.of(2)["state"][0].tolist() == [3.0]

"""The layout of graphs."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.plots.layers import lay_out


def test_the_polynomial_has_its_result_on_top_and_inputs_just_below_their_users():
    edges = [("x", "xx"), ("x", "xx"), ("xx", "p"), ("y", "p"), ("y", "s"), ("two", "s"), ("p", "f"), ("s", "f")]
    layout = lay_out(["x", "y", "two", "xx", "p", "s", "f"], edges)
    heights = {name: y for name, (_, y) in layout.places.items()}
    assert heights == {"x": 0, "y": 0, "two": 0, "xx": 1, "s": 1, "p": 2, "f": 3}
    (x, y), (x2, y2) = layout.routes["s", "f"]
    assert x == x2  # straight up beside the row of p
    assert 1 < y < 2 < y2 < 3
    assert layout.routes["x", "xx"] == []


@st.composite
def graphs(draw):
    size = draw(st.integers(1, 12))
    names = [f"n{k}" for k in range(size)]
    pairs = [(a, b) for k, b in enumerate(names) for a in names[:k]]
    return names, draw(st.lists(st.sampled_from(pairs), max_size=25)) if pairs else []


@given(graphs())
def test_edges_point_up_and_nothing_lies_on_top_of_another(graph):
    names, edges = graph
    layout = lay_out(names, edges)
    for low, high in edges:
        points = [layout.places[low], *layout.routes[low, high], layout.places[high]]
        assert all(y < y2 for (_, y), (_, y2) in pairwise(points))
        assert len(points) == 2 * (points[-1][1] - points[0][1])
    boxes = sorted((y, x) for x, y in layout.places.values())
    for (y, x), (y2, x2) in pairwise(boxes):
        assert y != y2 or x2 - x > 0.99

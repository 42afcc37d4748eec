"""Which cells a sweep has."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from gdlab.config.data import node_of
from gdlab.config.sweep.plan import SEED, Axis, Exclusion, Plan
from gdlab.store.key import canonical

KEYS = ["a", "b.x", "b.y", "c"]
numbers = st.integers(0, 4)


def plan_of(columns, seeds, excluded=()):
    axes = tuple(Axis((key,), tuple((node_of(value, "here"),) for value in values)) for key, values in columns.items())
    exclusions = tuple(
        Exclusion({key: frozenset(map(canonical, values)) for key, values in entry.items()}) for entry in excluded
    )
    return Plan(axes, seeds, exclusions)


def cells_of(plan):
    return [
        (*(axis.rows[row][0].plain() for axis, row in zip(plan.axes, rows, strict=True)), seed)
        for rows, seeds in plan.combinations()
        for seed in seeds
    ]


@st.composite
def sweeps(draw):
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=3))
    columns = {key: draw(st.lists(numbers, min_size=1, max_size=4, unique=True)) for key in keys}
    seeds = draw(st.lists(numbers, min_size=1, max_size=4, unique=True))
    entry = st.dictionaries(st.sampled_from([*keys, SEED]), st.lists(numbers, min_size=1, max_size=3), min_size=1)
    return columns, seeds, draw(st.lists(entry, max_size=4))


@given(sweeps())
def test_the_cells_are_the_product_without_exactly_what_is_excluded(drawn):
    columns, seeds, excluded = drawn
    plan = plan_of(columns, seeds, excluded)
    names = [*columns, SEED]
    product = list(itertools.product(*columns.values(), seeds))
    expected = [
        cell
        for cell in product
        if not any(all(cell[names.index(key)] in values for key, values in entry.items()) for entry in excluded)
    ]
    assert cells_of(plan) == expected
    assert plan.count == len(expected)
    assert len(set(expected)) == len(expected)


def test_the_last_axis_changes_fastest_and_the_seed_faster():
    plan = plan_of({"a": [1, 2], "c": [3, 4]}, [0, 1])
    assert cells_of(plan) == [
        (1, 3, 0), (1, 3, 1), (1, 4, 0), (1, 4, 1), (2, 3, 0), (2, 3, 1), (2, 4, 0), (2, 4, 1)
    ]  # fmt: skip


def test_excludes_by_what_stands_inside_of_a_value():
    optimizers = [{"name": "gd", "lr": 1}, {"name": "adam"}, "lbfgs"]
    for key, value, left in [
        ("optimizer.name", "gd", optimizers[1:]),
        ("optimizer.name", "lbfgs", optimizers[:2]),
        ("optimizer.lr", 1.0, optimizers[1:]),
        ("optimizer", "lbfgs", optimizers[:2]),
    ]:
        plan = plan_of({"optimizer": optimizers}, [0], [{key: [value]}])
        assert [cell[0] for cell in cells_of(plan)] == left
        assert plan.count == 2


def test_counts_what_nobody_could_spell_out():
    columns = {f"k{i}": [*range(100)] for i in range(10)}
    assert plan_of(columns, range(10**9)).count == 100**10 * 10**9
    assert plan_of(columns, range(10), [{"k0": [1], "k9": [1, 2]}]).count == 10 * (100**10 - 2 * 100**8)

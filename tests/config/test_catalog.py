"""What is said of a record is what the record itself says."""

import pytest

from gdlab.config.catalog import entries
from gdlab.config.models import CHOICES
from gdlab.config.resolve import resolve, resolve_text
from gdlab.problems.data import DATA

ALL = [
    (kind, record, entry)
    for kind in CHOICES
    for record, entry in zip(CHOICES[kind].values(), entries(kind), strict=False)
]


@pytest.mark.parametrize(("kind", "record", "entry"), ALL, ids=[f"{kind} {entry.name}" for kind, _, entry in ALL])
def test_describes(kind, record, entry):
    assert (entry.kind, entry.name, entry.summary) == (kind, record.name, record.summary())
    assert [setting.name for setting in entry.settings] == [parameter.name for parameter in record.parameters()]
    assert all(setting.default and setting.allowed and setting.doc for setting in entry.settings)
    assert entry.formula
    assert entry.source
    assert set(entry.variants) == set(next((p.choices for p in record.parameters() if p.name == "variant"), ()))
    assert all("Source:" not in paragraph and "\n" not in paragraph for paragraph in entry.details)
    assert getattr(resolve_text(entry.sample).experiment, kind) == record()


def test_knows_the_minimum_of_a_problem():
    quadratic, polynomial = entries("problem")[:2]
    assert {"parameters": "1 by default", "infimum": "4 at [1.0]", "start": "[0.0]"}.items() <= quadratic.facts.items()
    assert polynomial.facts["infimum"] == "none, it falls for ever"


def test_describes_what_a_problem_may_be_besides_one_by_name(tmp_path):
    _, formula, file = [*entries("problem")][len(CHOICES["problem"]) - 1 :]
    assert (formula.name, file.name) == ("formula", "file")
    assert resolve_text(formula.sample).experiment.problem.dim == 2
    assert [setting.name for setting in formula.settings] == ["formula", "start", "constants", "infimum"]
    path = tmp_path / "a.yaml"
    path.write_text(file.sample)
    (tmp_path / "my_problem.py").write_text("def my_loss(w):\n    return w @ w\n")
    assert resolve(path).experiment.problem.name == "my_loss"


@pytest.mark.parametrize("entry", entries("data"), ids=[entry.name for entry in entries("data")])
def test_describes_data_sets(entry):
    record = DATA[entry.name]
    assert [setting.name for setting in entry.settings] == [parameter.name for parameter in record.parameters()]
    assert entry.source
    assert entry.facts.get("licence", "") == record.licence
    if entry.name != "file":
        assert resolve_text(entry.sample).experiment.problem.data == record()

"""Records become models; the schema of a whole config is made of the same ones."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
from annotated_types import Ge, Le
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gdlab.config.models import CHOICES, json_schema, parameter_schemas, record_model, settings_model
from gdlab.experiment.spec import Experiment
from gdlab.optimizers.around import KEYS, offered_around
from gdlab.problems.data import DATA
from gdlab.record import Count, Fraction, Positive, Record


@dataclass(frozen=True)
class Sample(Record):
    """A record with a field of every kind. More is not said of it."""

    name = "sample"

    lr: Annotated[Positive, "a step"]
    beta: Fraction = 0.9
    every: Annotated[Count | None, "or never"] = None
    hidden: Annotated[tuple[Count, ...], "sizes"] = (4,)
    span: tuple[float, float] = (0.0, 1.0)
    scheme: Literal["forward", "central"] = "central"
    nesterov: bool = False
    tag: str | None = None
    size: Annotated[int, Ge(0), Le(9)] | Literal["auto"] = "auto"


GOOD = [
    ("lr", 1, 1.0),
    ("lr", 1e-300, 1e-300),
    ("beta", 0, 0.0),
    ("every", None, None),
    ("every", 3, 3),
    ("every", 2e4, 20_000),
    ("hidden", (), ()),
    ("hidden", (1, 2e1), (1, 20)),
    ("span", (1, 2.5), (1.0, 2.5)),
    ("scheme", "forward", "forward"),
    ("nesterov", True, True),
    ("tag", "x", "x"),
    ("size", 9, 9),
    ("size", "auto", "auto"),
]


@pytest.mark.parametrize(("field", "value", "read"), GOOD)
def test_takes(field, value, read):
    found = getattr(record_model(Sample).model_validate({"lr": 1.0, field: value}), field)
    assert found == read
    assert type(found) is type(read)


BAD = [
    ("lr", [0, -1, True, "1", None, math.nan, math.inf, 10**400, (1,), {}]),
    ("beta", [1, 1.5, -0.1, False]),
    ("every", [0, 1.5, True, "5", math.inf, 2.0**60, (1,)]),
    ("hidden", [4, "4", (0,), (1.5,), (True,), ("4",), (None,), {}]),
    ("span", [(1,), (1, 2, 3), (1, math.nan), 1]),
    ("scheme", ["Forward", "", None, 1, True]),
    ("nesterov", [0, 1, "true", None]),
    ("tag", [1, True, ()]),
    ("size", [10, -1, "Auto", True, 0.5]),
    ("unknown", [1]),
]


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD for value in values])
def test_refuses(field, value):
    with pytest.raises(ValidationError) as caught:
        record_model(Sample).model_validate({"lr": 1.0, field: value})
    assert all(error["loc"][0] == field for error in caught.value.errors())


def test_asks_for_what_has_no_default():
    with pytest.raises(ValidationError, match="lr"):
        record_model(Sample).model_validate({})


@given(st.floats() | st.integers() | st.booleans() | st.text(max_size=5) | st.none())
@pytest.mark.parametrize("field", ["lr", "beta"])
def test_a_model_allows_what_its_record_allows(field, value):
    (parameter,) = (parameter for parameter in Sample.parameters() if parameter.name == field)
    try:
        record_model(Sample).model_validate({"lr": 1.0, field: value})
    except ValidationError:
        assert not parameter.allows(value)
    else:
        assert parameter.allows(value)


def test_the_schema_of_a_record_has_its_ranges_and_explanations():
    schemas = parameter_schemas(record_model(Sample))
    assert list(schemas) == [field.name for field in dataclasses.fields(Sample)]
    assert schemas["lr"] == {"title": "lr", "type": "number", "exclusiveMinimum": 0, "description": "a step"}
    assert schemas["hidden"]["items"] == {"type": "integer", "minimum": 1}
    assert schemas["scheme"]["enum"] == ["forward", "central"]


def test_the_keys_of_a_config_are_the_fields_of_an_experiment():
    keys = [field.name for field in dataclasses.fields(Experiment)]
    schema = json_schema()
    assert list(settings_model().model_fields) == keys
    assert list(schema["properties"]) == keys
    assert schema["required"] == ["problem", "optimizer"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("key", CHOICES)
def test_the_schema_of_a_choice_takes_a_name_or_a_mapping(key):
    schema = json_schema()
    names, *mappings = schema["properties"][key]["anyOf"]
    if key != "gradient":  # or one's own
        assert mappings.pop() == {"$ref": f"#/$defs/Own{key.title()}"}
    if key == "problem":
        assert mappings.pop() == {"$ref": "#/$defs/Formula"}
    assert names["enum"] == list(CHOICES[key])
    for (name, record), mapping in zip(CHOICES[key].items(), mappings, strict=True):
        model = schema["$defs"][mapping["$ref"].rsplit("/", 1)[-1]]
        assert model["properties"]["name"]["const"] == name
        own = [parameter.name for parameter in record.parameters()]
        around = [name for name in KEYS if name in offered_around(record)] if key == "optimizer" else []
        assert list(model["properties"]) == ["name", *own, *around]
        assert model["additionalProperties"] is False


@pytest.mark.parametrize("key", CHOICES)
def test_records_are_listed_under_their_names(key):
    assert [record.name for record in CHOICES[key].values()] == list(CHOICES[key])


def test_the_schema_of_data_takes_a_name_or_any_data_set():
    schema = json_schema()
    data = schema["$defs"]["MLP"]["properties"]["data"]
    assert data["anyOf"][0]["enum"] == list(DATA)
    kinds = schema["$defs"]["Data"]["anyOf"]
    for (name, record), kind in zip(DATA.items(), kinds, strict=True):
        model = schema["$defs"][kind["$ref"].rsplit("/", 1)[-1]]
        assert model["properties"]["name"]["const"] == name
        assert list(model["properties"]) == ["name", *(parameter.name for parameter in record.parameters())]
        assert ("name" in model.get("required", [])) is (name != "file")


def test_every_key_and_parameter_is_explained():
    schema = json_schema()
    assert all(part.get("description") for part in schema["properties"].values())
    for records in CHOICES.values():
        for record in records.values():
            assert all(parameter.doc for parameter in record.parameters()), record

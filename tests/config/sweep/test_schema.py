"""The JSON schema of config files with `extends` and `sweep`."""

import json

from gdlab.config.models import json_schema
from gdlab.config.sweep.schema import sweep_schema


def test_a_config_by_itself_is_held_to_the_schema_it_had():
    schema, alone = sweep_schema(), json_schema()
    assert schema["else"]["required"] == ["problem", "optimizer"]
    assert schema["else"]["properties"] == alone["properties"]
    assert schema["$defs"] == alone["$defs"]
    assert "properties" not in schema


def test_one_that_extends_or_sweeps_takes_the_same_keys_and_two_more():
    schema = sweep_schema()
    assert set(schema["then"]["properties"]) == {*json_schema()["properties"], "extends", "sweep"}
    assert schema["if"] == {"anyOf": [{"required": ["extends"]}, {"required": ["sweep"]}]}
    section, _ = schema["then"]["properties"]["sweep"]["anyOf"]
    assert set(section["properties"]) == {"grid", "zip", "random", "seeds", "exclude"}
    assert json.loads(json.dumps(schema)) == schema

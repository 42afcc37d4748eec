import json

from gdlab.config.sweep.schema import sweep_schema


def test_prints_the_schema_of_a_config_and_nothing_else(gdlab):
    result = gdlab("schema")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == sweep_schema()


def test_can_be_written_in_any_encoding(process):
    result = process("schema", env={"PYTHONIOENCODING": "ascii"})
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == sweep_schema()

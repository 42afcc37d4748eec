import pytest

from gdlab.config.words import allowed, offer, quote, show

SCHEMAS = [
    ({"type": "number", "exclusiveMinimum": 0}, "a number > 0"),
    ({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "a number ≥ 0 and < 1"),
    ({"type": "integer", "minimum": 1, "maximum": 9}, "a whole number ≥ 1 and ≤ 9"),
    ({"type": "boolean"}, "true or false"),
    ({"type": "string"}, "text"),
    ({"enum": ["a", "b", "c"]}, "a, b or c"),
    ({"const": "a"}, "a"),
    ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "a number"),
    ({"anyOf": [{"type": "integer"}, {"enum": ["auto", "all"]}, {"type": "null"}]}, "a whole number or auto or all"),
    ({"type": "array", "items": {"type": "integer", "minimum": 1}}, "a list of whole numbers ≥ 1"),
    ({"type": "array", "items": {"type": "number"}}, "a list of numbers"),
    ({"type": "array", "items": {"enum": ["a", "b"]}}, "a list of a or b"),
    ({"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}]}, "a list of a number and text"),
    ({"type": "object", "properties": {"a": {}, "b": {}}}, "a mapping of a, b"),
    ({}, "a value"),
]


@pytest.mark.parametrize(("schema", "words"), SCHEMAS)
def test_says_what_is_allowed(schema, words):
    assert allowed(schema) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "true"),
        (None, "null"),
        ("true", "'true'"),
        (1e-5, "1e-5"),
        (float("nan"), ".nan"),
        ((1, "a", None), "[1, 'a', null]"),
        ((1,) * 7, "a list"),
        (((1,), 2), "a list"),
        ({"a": 1}, "a mapping"),
        ("\x1b[31m", r"'\x1b[31m'"),
    ],
)
def test_shows_values_as_yaml_writes_them(value, words):
    assert show(value) == words


def test_cuts_what_is_long():
    assert len(quote("x" * 10_000)) == 60
    assert len(show(10**290)) == 60


@pytest.mark.parametrize(
    ("word", "names", "said"),
    [
        ("bta", ["beta", "lr"], "did you mean 'beta'? There are: beta, lr"),
        ("momentous", ["beta", "lr"], "There are: beta, lr"),
        ("", ["a", "b"], "There are: a, b"),
        ("x", [], "There are: none"),
    ],
)
def test_offers_the_nearest_first(word, names, said):
    assert offer(word, names) == said

"""Faults are told with line and column; what is not refused is read with the values of YAML 1.2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.config.loader import DEEPEST, MOST_VALUES, load

READ = [
    ("a: 1e-3\nb: no", {"a": 0.001, "b": "no"}),
    ("a: {b: [1, .5, '5'], c: }", {"a": {"b": (1, 0.5, "5"), "c": None}}),
    ('a: "\\u00e9 \\t #"', {"a": "é \t #"}),
    ("a: |\n  two\n  lines\nb: >\n  one\n  line\n", {"a": "two\nlines\n", "b": "one line\n"}),
    ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
    ("\ufeffa: 1", {"a": 1}),
    ("a: 1\rb: 2\r\nc: 3\x85d: 4\u2028e: 5", {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}),
    ("true: 1\nnull: 2\n1: 3", {"true": 1, "null": 2, "1": 3}),
    ("a: 1 # \ta comment may hold a tab", {"a": 1}),
    ("a: '#' # b", {"a": "#"}),
    ("'<<': 1", {"<<": 1}),
]


@pytest.mark.parametrize(("text", "plain"), READ)
def test_reads(text, plain):
    document = load(text, "x.yaml")
    assert document.faults == ()
    assert document.root.plain() == plain


# text, and the line, column and message of each fault
REFUSED = [
    ("", [(None, None, "is empty")]),
    ("# nothing\n", [(None, None, "is empty")]),
    ("---\n", [(None, None, "is empty")]),
    ("~", [(None, None, "is empty")]),
    ("- a", [(1, 1, "a config is a mapping of keys, not a list")]),
    ("\n just words", [(2, 2, "a config is a mapping of keys, not a single value")]),
    ("a: 1\nb: 2\na: 3", [(3, 1, "repeated key 'a', already set on line 1")]),
    ("a: {b: 1,\n  b: 2, 'b': 3}", [(2, 3, "repeated key 'b', already set on line 1"), (2, 9, "repeated key 'b'")]),
    ("a: &x 1", [(1, 4, "the anchor '&x' is not allowed")]),
    ("a: &x [1]\nb: *x", [(1, 4, "the anchor '&x'"), (2, 4, "the alias '*x' is not allowed")]),
    ("*x : 1", [(1, 1, "the alias '*x' is not allowed")]),
    ("a:\n  <<: {b: 1}", [(2, 3, "the merge key << is not allowed")]),
    ("a: !!str 5", [(1, 4, "the tag '!!str' is not allowed")]),
    ("a: ! 5", [(1, 4, "the tag '!' is not allowed")]),
    ("a: !!python/object/apply:os.system ['true']", [(1, 4, "the tag '!!python/object/apply:os.system'")]),
    ("!!map\na: 1", [(1, 1, "the tag '!!map' is not allowed")]),
    ("a: 1\n---\nb: 2", [(2, 1, "a second document begins")]),
    ("a: 1\n...\n---\n", [(3, 1, "a second document begins")]),
    ("a:\t1", [(1, 3, "a tab is not allowed")]),
    ("a:\n\tb: 1\n\tc: 2", [(2, 1, "a tab"), (3, 1, "a tab")]),
    ("a: 1\t# comment", [(1, 5, "a tab is not allowed")]),
    ("a: b\x07", [(1, 5, "the control character U+0007 is not allowed")]),
    ("a: 1\nb: \x1b[31m", [(2, 4, "the control character U+001B is not allowed")]),
    ("? [a]\n: 1", [(1, 3, "a key must be a word")]),
    ("{{a: 1}: 2}", [(1, 2, "a key must be a word")]),
    ("a: " + "9" * 301, [(1, 4, "a number of 301 characters is too long")]),
    ("a: [1, 2\nb: 3", [(2, 2, "not YAML: expected ',' or ']', but got ':'")]),
    ("a: b: c", [(1, 5, "not YAML: mapping values are not allowed here")]),
    ("a: 'b", [(1, 6, "not YAML: found unexpected end of stream")]),
    ("a: @b", [(1, 4, "not YAML: found character '@' that cannot start any token")]),
    ("a: 1\n b: 2", [(2, 3, "not YAML: mapping values are not allowed here")]),
    ("%YAML 2.0\n---\na: 1", [(1, 1, "not YAML: found incompatible YAML document")]),
    ("a: &x 1\na: 2\nb: [", [(1, 4, "the anchor"), (2, 1, "repeated key 'a'"), (3, 5, "not YAML: expected")]),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_refuses(text, expected):
    faults = load(text, "x.yaml").faults
    assert [(fault.line, fault.column) for fault in faults] == [(line, column) for line, column, _ in expected]
    for fault, (_, _, message) in zip(faults, expected, strict=True):
        assert fault.message.startswith(message)
        assert fault.source == "x.yaml"


SHOWN = """\
x.yaml:2:12: the tag '!!int' is not allowed
  2 | lr: [0.1,  !!int 1]
    |            ^^^^^^^ write the value without it"""


def test_shows_the_line():
    assert str(load("a: 1\nlr: [0.1,  !!int 1]", "x.yaml").faults[0]) == SHOWN


def test_a_long_line_is_cut_behind_the_fault():
    first, second = str(load(f"a: !x 1 # {'x' * 1000}", "x").faults[0]).splitlines()[1:]
    assert first.startswith("  1 | a: !x 1 # xxx")
    assert first.endswith("…")
    assert len(first) < 200
    assert second == "    |    ^^^^ write the value without it"


def test_a_line_is_not_shown_where_it_would_be_cut_before_the_fault():
    assert "\n" not in str(load(f"a: [{'x' * 1000}, !x 1]", "x").faults[0])


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "a:\n"])
def test_twenty_levels_are_enough(opening):
    text = "".join(" " * depth + "a:\n" for depth in range(100)) if opening == "a:\n" else opening * 100_000
    (fault,) = load(text, "x").faults
    assert fault.message == f"nested deeper than {DEEPEST} levels"
    assert fault.line is not None


def test_twenty_levels_are_allowed():
    assert load("{a: " * DEEPEST + "1" + "}" * DEEPEST, "x").faults == ()


# Up to a megabyte each. A reader that is quadratic in any of them would hold up the whole test run.
HOSTILE = {
    "empty lists": "a: [" + "[]," * 330_000 + "]",
    "numbers": "a: [" + "1," * 490_000 + "]",
    "a number": "a: " + "9" * 990_000,
    "an open quote": "a: '" + "x" * 990_000,
    "colons": ":" * 990_000,
    "tags": "!" * 990_000,
    "tabs": "a:\t1\n" * 160_000,
    "words": "a: " + "x " * 150_000,
    "lines of words": "a: " + "x\n  " * 80_000,
    "block text": "a: |\n" + "  x\n" * 80_000,
    "escapes": 'a: "' + "\\u0041" * 50_000 + '"',
    "comments": "a: 1\n" + "#\n" * 150_000,
    "repeated keys": "a: 1\n" * 60_000,
    "anchors": "".join(f"a{i}: &x{i} 1\n" for i in range(20_000)),
    "aliases": "a: [" + "*a," * 100_000 + "]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_read_or_refused(text):
    document = load(text, "x")
    assert document.root is not None or document.faults


def test_no_config_has_so_many_values():
    assert load(f"a: [{'1,' * MOST_VALUES}]", "x").faults[0].message == f"more than {MOST_VALUES:,} values"
    assert load(f"a: [{'1,' * (MOST_VALUES - 1)}]", "x").faults == ()


@given(st.text(alphabet=st.sampled_from("ab: \n\t-[]{}&*!|>'\"%@#?,<~1.e\\é\ufeff"), max_size=60))
def test_any_text_is_read_or_refused(text):
    document = load(text, "x")
    assert isinstance(document.root.value, dict) if not document.faults else all(map(str, document.faults))

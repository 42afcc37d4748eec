from hypothesis import given
from hypothesis import strategies as st

from gdlab.config.data import node_of
from gdlab.config.dump import dump
from gdlab.config.loader import load

# What YAML 1.2 would read as something else than text, and what has a meaning of its own.
TRICKY = ["", "~", "null", "true", "No", "1e-3", "1E3", ".5", "010", "0o7", "0x1F", ".inf", ".NaN", "1_000", "12:30"]
TRICKY += [
    "2026-11-24",
    "<<",
    "=",
    "#",
    "a: b",
    "- a",
    "[",
    "{a}",
    "&a",
    "*a",
    "!a",
    "%",
    "@",
    "`",
    "'",
    '"',
    "\t",
    "\n",
]
TRICKY += ["---", "...", " a ", "a #b", "\x85", "\u2028", "\ufeff", "é", "𝛁", "\x1b[31m", "x" * 300, "a\nb: c"]

texts = st.sampled_from(TRICKY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
data = st.dictionaries(
    texts,
    st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=10),
    min_size=1,
)


def test_tricky_text_stays_text():
    assert load(dump({"a": TRICKY}), "x").root.plain() == {"a": tuple(TRICKY)}


@given(data)
def test_the_loader_reads_back_what_was_written(plain):
    document = load(dump(plain), "x")
    assert document.faults == ()
    assert document.root.plain() == node_of(plain, "x").plain()


def test_writes_what_a_person_would():
    plain = {
        "name": "a",
        "problem": {"name": "xor", "hidden": [4, 4]},
        "stop": {},
        "lr": 1e-08,
        "ok": True,
        "none": None,
    }
    assert dump(plain) == (
        "name: a\nproblem:\n  name: xor\n  hidden: [4, 4]\nstop: {}\nlr: 1e-8\nok: true\nnone: null\n"
    )


def test_writes_the_same_list_out_twice():
    twice = [1]
    assert dump({"a": twice, "b": twice}) == "a: [1]\nb: [1]\n"

import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdlab.store.strict_json import dumps, loads

texts = st.text(st.characters(codec="utf-8")) | st.sampled_from(["inf", "-inf", "nan", "'nan", "''inf", "'"])
leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
data = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data)
def test_everything_comes_back_from_strict_json(value):
    content = dumps(value)
    json.loads(content, parse_constant=refuse)
    assert repr(loads(content)) == repr(value)  # repr tells nan from None, 1 from 1.0 and 0.0 from -0.0


@pytest.mark.parametrize(
    ("value", "written"), [(math.inf, '"inf"'), (-math.inf, '"-inf"'), (math.nan, '"nan"'), ("nan", '"\'nan"')]
)
def test_the_encoding_of_what_json_lacks(value, written):
    assert dumps(value).decode().strip() == written


def test_numpy_becomes_plain():
    value = {"a": np.float32(0.5), "b": np.int64(3), "c": np.array([1.0, np.inf]), "d": np.bool_(True), "e": (1, 2)}
    assert loads(dumps(value)) == {"a": 0.5, "b": 3, "c": [1.0, math.inf], "d": True, "e": [1, 2]}


def test_half_a_surrogate_pair_can_be_written_and_printed_later():
    assert loads(dumps({"argv": ["odd\udcff", "𝛾"]})) == {"argv": ["odd?", "𝛾"]}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"{}{}", b'"\xed\xa0\x80"'])
def test_what_is_not_json_is_a_value_error(content):
    with pytest.raises(ValueError, match=r".+"):
        loads(content)


def test_what_is_not_plain_data_is_refused():
    with pytest.raises(TypeError, match="object"):
        dumps({"a": object()})

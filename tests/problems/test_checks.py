import pytest

from gdlab.errors import ParameterError
from gdlab.problems import checks


@pytest.mark.parametrize("value", [(), [], (4,), [4, 3], (1,)])
def test_lists_of_whole_numbers_are_sizes(value):
    assert checks.sizes("xor", "hidden", value) == tuple(value)


@pytest.mark.parametrize("value", [(0,), (-1,), (2.0,), (True,), ("4",), "4", 4, None, (4, 0)])
def test_anything_else_is_no_list_of_sizes(value):
    with pytest.raises(ParameterError, match=r"xor: hidden = .* must be a list of whole numbers ≥ 1"):
        checks.sizes("xor", "hidden", value)


def test_messages_show_lists_as_they_are_written_in_yaml():
    with pytest.raises(ParameterError) as caught:
        checks.sizes("xor", "hidden", (4, 0))
    assert str(caught.value) == "xor: hidden = [4, 0] is not allowed, it must be a list of whole numbers ≥ 1"


def test_one_number_and_several_numbers_in_words():
    with pytest.raises(ParameterError, match=r"a list of 1 finite number$"):
        checks.point("levy", "start", (1.0, 2.0), dim=1)
    with pytest.raises(ParameterError, match=r"a list of 2 finite numbers$"):
        checks.point("levy", "start", (1.0,), dim=2)

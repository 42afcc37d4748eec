from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab.report.page.html import Html, element, escaped, joined, lines


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (element("td", "a < b", class_="n"), '<td class="n">a &lt; b</td>'),
        (element("td", "a & b", class_=None), "<td>a &amp; b</td>"),
        (element("img", src="x", alt='"'), '<img src="x" alt="&quot;">'),
        (element("p", element("b", "1"), " < 2"), "<p><b>1</b> &lt; 2</p>"),
        (element("div", aria_label="x", tabindex=0), '<div aria-label="x" tabindex="0"></div>'),
        (joined(["<", Html("<br>")]), "&lt;\n<br>"),
        (lines("a: 1\n<b>\n"), "a: 1\n&lt;b&gt;"),
        (escaped("\x1b[31m"), r"\x1b[31m"),
    ],
)
def test_text_is_escaped_and_elements_stay(made, expected):
    assert made == expected


@given(st.text(), st.text())
def test_no_text_is_ever_an_element_and_all_of_it_is_read_back(text, value):
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, attrs))

        def handle_data(self, data):
            found.append(data)

    reader = Reader()
    reader.feed(element("td", text, title=value))
    reader.close()
    assert len([one for one in found if isinstance(one, tuple)]) == 1
    tag, attrs = found[0]
    assert tag == "td"
    if value.isprintable():
        assert attrs == [("title", value)]
    if text.isprintable():
        assert "".join(found[1:]) == text

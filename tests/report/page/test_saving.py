import pytest

from gdlab.errors import UsageError
from gdlab.report.page.saving import check_page, save_page

PAGE = "<!DOCTYPE html>\n<html></html>\n"


@pytest.mark.parametrize("before", [None, b"", b"<!doctype HTML><p>old", b"\xef\xbb\xbf<?xml?>\n<html lang='en'>"])
def test_a_page_is_written_over_nothing_and_over_pages(tmp_path, before):
    path = tmp_path / "report.html"
    if before is not None:
        path.write_bytes(before)
    save_page(PAGE, path)
    assert path.read_text("utf-8") == PAGE
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("before", [b"name,loss\n", b"\x89PNG\r\n", b"see <htmlx>"])
def test_what_is_no_page_stays(tmp_path, before):
    path = tmp_path / "report.html"
    path.write_bytes(before)
    with pytest.raises(UsageError, match="exists and is no HTML, so that it is left as it is"):
        save_page(PAGE, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("report.pdf", "its name must end in .html or .htm"),
        ("report", "its name must end in .html or .htm"),
        ("gone/report.html", "there is no folder"),
        ("folder.html", "is a folder: name a file with -o"),
    ],
)
def test_where_no_page_can_be_is_said_before_anything_is_drawn(tmp_path, name, message):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(UsageError, match=message):
        check_page(tmp_path / name)

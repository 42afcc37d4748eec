import errno
import os
import shutil

import pytest

from gdlab.errors import StoreError, UsageError
from gdlab.store import claim as claim_module
from gdlab.store.selection import read_runs

IDS = [
    "20261124-213601-adam_xor-7c1e",
    "20261124-213601-gd_xor-0a0a",
    "20261125-080000-adam_xor-1b2c",
    "20261125-080000-nag-3d4e",
]


@pytest.fixture
def runs(make, monkeypatch):
    """Four runs, in the order of IDS; `runs[2]` is a folder."""
    folders = []
    for run_id in IDS:
        monkeypatch.setattr(claim_module, "new_id", lambda *_, run_id=run_id: run_id)
        folders.append(make(run_id[16:-5]))
    return folders


@pytest.fixture
def select(root):
    def select(*selectors):
        return [IDS.index(run.id) for run in read_runs(selectors, root).runs]

    return select


def damage(folder):
    (folder / "run.json").write_text("{")


def test_no_selector_means_all_the_oldest_first(runs, select):
    assert select() == [0, 1, 2, 3]


def test_order_is_by_start_and_not_by_name(make, root, monkeypatch):
    monkeypatch.setattr(claim_module, "new_id", lambda name, _: name)
    for name in ("c", "a", "b"):
        make(name)
    assert [run.id for run in read_runs((), root).runs] == ["c", "a", "b"]
    assert [run.id for run in read_runs(["latest"], root).runs] == ["b"]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("latest", [3]),
        ("20261124-213601-gd_xor-0a0a", [1]),
        ("20261124-213601-g", [1]),
        ("20261125-080000-nag", [3]),
        ("adam_xor", [0, 2]),
        ("nag", [3]),
        ("*_xor", [0, 1, 2]),
        ("20261125*", [2, 3]),
        ("*-7c1e", [0]),
        ("[an]*", [0, 2, 3]),
        ("*", [0, 1, 2, 3]),
    ],
)
def test_words_that_select_runs(runs, select, selector, expected):
    assert select(selector) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", [0, 1, 2, 3]),
        ("/", [0, 1, 2, 3]),
        ("/../runs", [0, 1, 2, 3]),
        (f"/{IDS[1]}", [1]),
        (f"/{IDS[1]}/", [1]),
        ("/20261125*", [2, 3]),
        ("/*", [0, 1, 2, 3]),
    ],
)
def test_paths_that_select_runs(runs, root, select, path, expected):
    assert select(f"{root}{path}") == expected


def test_paths_are_relative_to_the_working_folder(runs, select, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert select("runs") == [0, 1, 2, 3]
    assert select(f"runs/{IDS[2]}") == [2]
    assert [run.folder.name for run in read_runs(["latest"]).runs] == [IDS[3]]
    monkeypatch.chdir(tmp_path / "runs")
    assert select(".") == [0, 1, 2, 3]
    assert select(IDS[0]) == [0]


def test_a_run_selected_twice_counts_once(runs, root, select):
    assert select("adam_xor", IDS[0], str(runs[0]), "*", str(root), "latest") == [0, 1, 2, 3]


def test_runs_of_another_folder_are_selected_by_path(runs, root, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(runs[1], other / IDS[1])
    for selector in (other, other / IDS[1], f"{tmp_path}/oth*/*"):
        (run,) = read_runs([selector], root).runs
        assert run.folder == other / IDS[1]
    assert len(read_runs([other, IDS[1]], root).runs) == 2


def test_a_folder_of_runs_within_the_root_is_selected_by_path(runs, root, select):
    (root / "group").mkdir()
    runs[1].rename(root / "group" / IDS[1])
    assert select() == [0, 2, 3]
    assert select(f"{root}/group") == [1]


def test_one_selector_need_not_be_a_list(runs, root):
    assert [run.id for run in read_runs("nag", root).runs] == [IDS[3]]


def test_a_name_that_is_also_a_folder_elsewhere_is_still_a_name(runs, select, tmp_path, monkeypatch):
    (tmp_path / "nag").mkdir()
    monkeypatch.chdir(tmp_path)
    assert select("nag") == [3]


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("adam_xr", "matches 'adam_xr': did you mean 'adam_xor'?"),
        ("latst", "did you mean 'latest'?"),
        ("20261124-213601-adam_xor-7c1f", "did you mean '20261124-213601-adam_xor-7c1e'?"),
        ("nothing-like-it", "matches 'nothing-like-it'. A run is its folder"),
        ("", "matches ''"),
        ("zzz*", "matches 'zzz*'"),
        ("[", "matches '['"),
        ("..\0", "matches '..\\x00'"),
        ("a" * 5000, "matches 'aaa"),
        ("/dev/null", "matches '/dev/null'"),
    ],
)
def test_a_selector_that_matches_nothing_is_named(runs, root, selector, words):
    with pytest.raises(UsageError) as caught:
        read_runs(["nag", selector], root)
    assert str(caught.value).startswith(f"no run in {root} ")
    assert words in str(caught.value)


def test_a_folder_that_holds_no_runs_matches_nothing(runs, root, tmp_path):
    (tmp_path / "configs" / "sub").mkdir(parents=True)
    (root / "plots").mkdir()
    for selector in (str(tmp_path / "configs"), "plots", f"{root}/plots"):
        with pytest.raises(UsageError, match="matches"):
            read_runs([selector], root)


def test_an_ambiguous_beginning_lists_the_candidates(runs, root):
    with pytest.raises(UsageError) as caught:
        read_runs(["20261125"], root)
    message = str(caught.value)
    assert message.startswith(f"'20261125' is the beginning of 2 runs in {root}: {IDS[2]}, {IDS[3]}. ")


def test_a_root_without_runs_is_empty_and_not_an_error(root):
    for _ in range(2):
        selection = read_runs((), root)
        assert (selection.runs, selection.damaged) == ((), ())
        root.mkdir(exist_ok=True)
    assert read_runs([str(root)], root).runs == ()
    for selector in ("latest", "adam"):
        with pytest.raises(UsageError, match=rf"no run matches '{selector}': there are no runs in {root}"):
            read_runs([selector], root)


def test_a_root_that_is_no_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for name in ("file", "circle"):
        with pytest.raises(StoreError, match=rf"cannot read the runs folder .*{name}: \w+"):
            read_runs((), tmp_path / name)


def test_damaged_runs_are_named_and_the_others_read(runs, root, select):
    damage(runs[1])
    (runs[3] / "config.yaml").unlink()
    (root / "foreign").mkdir()
    (root / "foreign" / "run.json").write_text('{"id": 7}')
    (root / "plots").mkdir()
    (root / "notes.txt").write_text("mine")
    (root / ".hidden").mkdir()
    shutil.copy(root / "foreign" / "run.json", root / ".hidden")
    selection = read_runs((), root)
    assert [IDS.index(run.id) for run in selection.runs] == [0, 2]
    assert [(damage.folder.name, damage.reason) for damage in selection.damaged] == [
        (IDS[1], "run.json is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (IDS[3], "config.yaml is missing"),
        ("foreign", "config.yaml is missing"),
    ]


def test_a_damaged_run_that_was_asked_for_is_a_match(runs, root):
    damage(runs[1])
    for selector in (IDS[1], "gd_xor", str(runs[1]), "20261124-213601-g", "gd*"):
        selection = read_runs([selector], root)
        assert [damage.folder for damage in selection.damaged] == [runs[1]]


def test_the_latest_is_the_latest_that_can_be_read(runs, select):
    damage(runs[3])
    assert select("latest") == [2]


def test_a_folder_that_cannot_be_entered_is_damaged(runs, root, monkeypatch):
    real = os.open

    def locked(path, *arguments):
        if IDS[1] in str(path):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, *arguments)

    monkeypatch.setattr(os, "open", locked)
    (damaged,) = read_runs((), root).damaged
    assert damaged.reason == "cannot read run.json: Permission denied"


def test_links_that_lead_out_are_not_followed(runs, root, tmp_path):
    outside = tmp_path / "outside"
    runs[1].rename(outside)
    (root / "away").symlink_to(outside)
    (root / "file").symlink_to("/etc/passwd")
    (root / "broken").symlink_to(tmp_path / "none")
    (root / "circle").symlink_to(root / "circle")
    (root / "up").symlink_to(tmp_path)
    for selectors in ((), ("*",), (str(root),), (f"{root}/*",)):
        selection = read_runs(selectors, root)
        assert len(selection.runs) == 3
        assert [damage.folder.name for damage in selection.damaged] == ["away", "up"]
    for selector in ("away", f"{root}/away", "awa"):
        selection = read_runs([selector], root)
        assert selection.runs == ()
        assert "leads out of the runs folder" in selection.damaged[0].reason


def test_links_that_stay_within_are_another_name(runs, root, select):
    (root / "best").symlink_to(runs[1])
    (root / "2026-best").symlink_to(IDS[0])
    (root / "all").symlink_to(root)
    assert select() == [0, 1, 2, 3]
    assert select("best") == [1]
    assert select(f"{root}/best") == [1]
    assert select("2026-b") == [0]


def test_a_root_that_is_a_link_is_followed(runs, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "runs")
    selection = read_runs((), tmp_path / "link")
    assert [run.folder for run in selection.runs] == [tmp_path / "link" / run_id for run_id in IDS]
    assert selection.damaged == ()
    assert len(read_runs([str(tmp_path / "link")], tmp_path / "runs").runs) == 4

import shlex

import pytest

from gdlab.config.resolve import resolve


def test_writes_configs_that_are_right_and_prints_the_next_command(gdlab, tmp_path):
    result = gdlab("init", tmp_path / "lab")
    assert (result.code, result.err) == (0, "")
    configs = sorted((tmp_path / "lab/configs").iterdir())
    assert len(configs) >= 2
    assert (tmp_path / "lab/runs").is_dir()
    for config in configs:
        assert f"wrote {config}\n" in result.out
        assert "#" in config.read_text(encoding="utf-8")
        assert resolve(config).experiment.steps > 0
    folder, command = result.out.splitlines()[-1].removeprefix("next: cd ").split(" && ")
    assert shlex.split(folder) == [str(tmp_path / "lab")]
    assert command == "gdlab run configs/adam_xor.yaml"


def test_here_is_where_it_goes_by_default(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert gdlab("init").out.endswith("next: gdlab run configs/adam_xor.yaml\n")
    assert (tmp_path / "configs/adam_xor.yaml").is_file()


def test_leaves_what_is_there(gdlab, tmp_path):
    mine = tmp_path / "configs/adam_xor.yaml"
    mine.parent.mkdir()
    mine.write_text("mine")
    result = gdlab("init", tmp_path)
    assert mine.read_text() == "mine"
    assert result.err == f"{mine} exists already and was left as it is\n"
    assert "gd_quadratic.yaml" in result.out
    assert result.code == 0


def test_does_not_follow_a_link_to_a_file_that_is_not_there(gdlab, tmp_path):
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/adam_xor.yaml").symlink_to(tmp_path / "elsewhere")
    gdlab("init", tmp_path)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_is_no_folder(gdlab, tmp_path, name):
    (tmp_path / "file").write_text("")
    result = gdlab("init", tmp_path / name)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"{tmp_path / name} cannot be a folder: there is a file of that name\n"


def test_quotes_a_folder_that_a_shell_would_take_apart(gdlab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "next: cd 'my lab; ls' && gdlab run" in gdlab("init", "my lab; ls").out

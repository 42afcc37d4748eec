"""BLAS takes one thread, unless one says otherwise."""

import pytest

from gdlab import cli


@pytest.mark.parametrize("given", [None, "4"])
def test_one_thread_unless_said_otherwise(monkeypatch, given):
    for name in cli.THREADS:
        monkeypatch.delenv(name, raising=False)
    if given is not None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", given)
    seen = {}
    monkeypatch.setattr(cli, "_run", lambda: seen.update(cli.os.environ) or 0)
    with pytest.raises(SystemExit):
        cli.main()
    assert seen["OPENBLAS_NUM_THREADS"] == (given or "1")
    assert seen["OMP_NUM_THREADS"] == "1"
    for name in cli.THREADS:
        monkeypatch.delenv(name, raising=False)

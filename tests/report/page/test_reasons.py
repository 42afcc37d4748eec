from gdlab.report.page.reasons import alike, reason_columns


def test_sentences_that_differ_in_numbers_only_are_one_reason_the_most_frequent_first(make_run):
    runs = [
        make_run(status="max_steps", reason="all 20 steps are done"),
        make_run(status="diverged", reason="the loss grew to 1e+12 by step 37"),
        make_run(status="diverged", reason="the loss grew to 2e+15 by step 41"),
        make_run(status="failed", reason="the loss grew to 2e+15 by step 41"),
    ]
    found = alike(runs)
    assert [(one.status, one.count, one.example) for one in found] == [
        ("diverged", 2, runs[1]),
        ("max_steps", 1, runs[0]),
        ("failed", 1, runs[3]),
    ]
    assert found[0].text == "the loss grew to 1e+12 by step 37"
    assert [[cell.text for cell in column.cells] for column in reason_columns(found[:1])] == [
        ["diverged"],
        ["2"],
        ["the loss grew to 1e+12 by step 37"],
        [runs[1].id],
    ]

"What the page for teachers says, held against its run."


def test_one_lesson_fills_a_school_hour(run):
    assert run.plan and {each["alone"] for each in run.plan} <= {15, 20, 25, 30, 35}
    assert (run.OPENING, run.TOGETHER, run.TURN, run.READING) == (5, 10, 10, 160)
    assert all(each["total"] <= 60 for each in run.plan)


def test_memory_is_the_limit_of_a_class(run):
    assert run.measured["stopped by"] == "memory"
    assert all(run.median_ms(step) < 1000 for step in run.steps)
    assert run.said and run.opening > 5


def test_a_student_takes_half_a_gigabyte_and_the_hub_one(run):
    assert 350 < run.student < 512
    assert sum(run.last["memory MB"][kind] for kind in ("hub", "proxy")) < 1024


def test_the_site_asks_for_nothing_while_its_slider_moves(run):
    site = run.measured["site"]
    assert set(site) == {"over http", "after its server ended", "from a file"}
    assert all(site[way]["moving"] == 0 < site[way]["pictures"] for way in site)

"""Jobs for outside workers: leased to one at a time, closed and put off while they are open."""

from datetime import timedelta

from app.acts.transaction import act
from app.domain.states import JobState
from app.store import jobs
from app.store.tables import JobRow
from tests.integration.store.life import MOMENT, NOW, Life, all_of, row_of

HOUR = timedelta(hours=1)


def test_a_worker_gets_open_jobs_of_its_type_that_nobody_has_of_trees_that_go_on(life: Life) -> None:
    tree, resting, valley = life.tree(), life.tree(suspended_at=NOW), life.tree(tenant="valley")
    free, expired = life.job(tree, 1, key=903), life.job(tree, 2, key=902, retry_at=NOW)
    taken = life.job(tree, 3, key=901, retry_at=NOW + MOMENT)
    foreign = life.job(valley, 4, key=900)
    others = [life.job(tree, 5, type="sms"), life.job(tree, 6, state="completed"), life.job(resting, 7)]

    def take(job_type: str = "mail", tenant: str = "", most: int = 9) -> list[int]:
        with act():
            return jobs.take(job_type, tenant, NOW, NOW + HOUR, most)

    assert take("fax") == []
    assert take(tenant="nowhere") == []
    assert take(tenant="hill", most=1) == [expired["key"]]
    assert row_of(JobRow, expired["key"]) == {**expired, "retry_at": NOW + HOUR}
    assert take() == [foreign["key"], free["key"]], "what is leased is nobody else's before its time"
    assert take() == []
    assert [row_of(JobRow, job["key"]) for job in (taken, *others)] == [taken, *others]


def test_jobs_are_told_with_the_process_of_their_own_instance_in_order(life: Life) -> None:
    tree = life.tree()
    second, first, other = life.job(tree, 1, key=902), life.job(life.called(tree), 2, key=901), life.job(tree, 3)
    found = jobs.described([902, 901])
    assert [row._mapping for row in found] == [
        {**first, "process_id": "fees", "definition_key": tree["definition_key"]},
        {**second, "process_id": "permit", "definition_key": tree["definition_key"]},
    ]
    one = jobs.one(other["key"])
    assert one is not None
    assert one._mapping == other
    assert jobs.one(9999) is None


def test_a_job_is_closed_once_and_one_that_failed_has_no_try_left(life: Life) -> None:
    tree = life.tree()
    done, failed, wrong, other = (life.job(tree, number) for number in range(4))
    with act():
        assert jobs.close(done["key"], JobState.COMPLETED, "好", NOW) is True
        assert jobs.close(failed["key"], JobState.FAILED, "坏", NOW) is True
        assert jobs.close(wrong["key"], JobState.ERROR, "错", NOW) is True
        assert jobs.close(done["key"], JobState.FAILED, "又", NOW) is False
        assert jobs.put_off(done["key"], 1, "又", NOW + HOUR) is False
    assert all_of(JobRow) == [
        {**done, "state": "completed", "message": "好", "closed_at": NOW},
        {**failed, "state": "failed", "message": "坏", "closed_at": NOW, "retries": 0},
        {**wrong, "state": "error", "message": "错", "closed_at": NOW},
        other,
    ]


def test_a_job_is_put_off_while_it_is_open(life: Life) -> None:
    tree = life.tree()
    job, other = life.job(tree, 1), life.job(tree, 2)
    with act():
        assert jobs.put_off(job["key"], 1, "忙", NOW + HOUR) is True
        assert jobs.put_off(9999, 1, "忙", NOW + HOUR) is False
    assert all_of(JobRow) == [{**job, "retries": 1, "message": "忙", "retry_at": NOW + HOUR}, other]

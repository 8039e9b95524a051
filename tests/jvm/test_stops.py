"""stop(): from any thread, a job or a handler, with any kind of job running, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jvm.programs import check_unharmed, rows_left, run

pytestmark = pytest.mark.jvm


@pytest.mark.parametrize("job", ["patient", "coroutine", "process"])
def test_a_timeout_interrupts_every_kind_of_job(job: str) -> None:
    result = run(
        f"""
        with Scheduler() as s:
            s.schedule_task({job}, once())
            wait_until(s.executing)
            {"pass" if job == "process" else "begun.wait()"}
            s.stop(timeout=0.1)
            print("threads", [t.name for t in threading.enumerate()])
            print("children", multiprocessing.active_children())
        """
    ).check()
    check_unharmed(result)
    assert "Interrupting DEFAULT.life." in result.stderr
    assert "left behind" not in result.stderr
    assert "threads ['MainThread', 'pyquartz-java-logs']" in result.stdout
    assert "children []" in result.stdout
    if job == "coroutine":
        assert "coroutine cleaned up" in result.stdout


def test_from_a_job_it_returns_at_once_and_the_job_is_completed(tmp_path: Path) -> None:
    result = run(
        f"""
        global stopping
        @defjob("life.Stopping", concurrent=False, requests_recovery=True)
        def stopping(ctx: JobContext):
            ctx.scheduler.stop()
            print("goes on", ctx.scheduler.state, flush=True)
            begun.set()
        s = Scheduler("h2:///{tmp_path}/store")
        s.schedule_task(stopping, every(hours=1))
        s.start()
        begun.wait()
        s.stop()
        """
    ).check()
    check_unharmed(result)
    assert "goes on stopped" in result.stdout
    assert "ERROR" not in result.stderr
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_from_a_coroutine_job() -> None:
    result = run(
        """
        global stopping
        @defjob("life.Stopping")
        async def stopping(ctx: JobContext):
            ctx.scheduler.stop()
            await asyncio.sleep(0.01)
            print("came to its end", flush=True)
            begun.set()
        s = Scheduler()
        s.schedule_task(stopping, once())
        s.start()
        begun.wait()
        s.stop()
        """
    ).check()
    check_unharmed(result)
    assert "came to its end" in result.stdout
    assert "ERROR" not in result.stderr


def test_from_several_threads_and_two_jobs_at_once(tmp_path: Path) -> None:
    result = run(
        f"""
        global stopping
        together = threading.Barrier(6)
        @defjob("life.Stopping")
        def stopping(ctx: JobContext):
            together.wait()
            ctx.scheduler.stop()
        def stop():
            together.wait()
            s.stop()
            sys.stdout.write(f"returned, ended: {{s.state == 'stopped'}}\\n")
        s = Scheduler("h2:///{tmp_path}/store")
        for key in "one", "two":
            s.schedule_task(stopping, once(), key=key)
        s.start()
        threads = [threading.Thread(target=stop) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """
    ).check()
    check_unharmed(result)
    assert result.stdout.count("returned, ended: True") == 4
    assert result.stderr.count("Scheduler pyquartz stopped") == 1
    assert rows_left(f"h2:///{tmp_path}/store") == []


def test_a_second_stop_shortens_the_first_ones_patience() -> None:
    result = run(
        """
        s = Scheduler()
        s.schedule_task(patient, once())
        s.start()
        begun.wait()
        first = threading.Thread(target=s.stop)
        first.start()
        wait_until(lambda: s.state == "stopped")
        s.stop(wait=False)
        first.join()
        """
    ).check()
    assert "patient was interrupted" in result.stdout


def test_a_stopped_scheduler_refuses_every_call() -> None:
    run(
        """
        s = Scheduler()
        s.start()
        s.stop()
        s.stop()
        for call in (s.start, s.standby, s.jobs, s.triggers, s.info, s.executing, s.pause_all):
            try:
                call()
            except SchedulerStateError as error:
                assert "stopped" in str(error)
            else:
                raise AssertionError(call)
        """
    ).check()


def test_nothing_grows_in_twenty_schedulers(tmp_path: Path) -> None:
    result = run(
        f"""
        import gc, weakref
        global short
        @defjob("life.Short")
        async def short():
            begun.set()
        def cycle(number, store):
            begun.clear()
            with Scheduler(store, name=f"s{{number % 3}}", threads=3) as s:
                s.schedule_task(short, once())
                assert begun.wait(20)
            return weakref.ref(s)
        def count():
            gc.collect()
            return threading.active_count(), java_threads()
        stores = [None, "h2:///{tmp_path}/store"]
        for number in range(4): cycle(number, stores[number % 2])
        before = count()
        made = [cycle(number, stores[number % 2]) for number in range(20)]
        after = count()
        print("kept", sum(ref() is not None for ref in made))
        print("python", after[0] - before[0], "java", max(0, after[1] - before[1]))
        """,
        timeout=120,
    ).check()
    check_unharmed(result)
    assert "kept 0" in result.stdout
    assert "python 0 java 0" in result.stdout


def test_users_threads_leave_no_java_thread_behind(tmp_path: Path) -> None:
    result = run(
        f"""
        errors = []
        def ask(key):
            try:
                s.schedule_task(tick, every(hours=1), key=key)
                assert s.job(key).key.name == key
            except BaseException as error:
                errors.append(error)
                raise
        def many(prefix):
            threads = [threading.Thread(target=ask, args=(f"{{prefix}}{{n}}",)) for n in range(10)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
        with Scheduler("h2:///{tmp_path}/store", threads=2) as s:
            many("a")
            before = java_threads()
            for prefix in "bcd": many(prefix)
            # The pool of connections has threads that come and go; thirty would be those of ours.
            print("leak", java_threads() - before > 10, "errors", errors)
        """
    ).check()
    check_unharmed(result)
    assert "leak False errors []" in result.stdout


def test_many_at_once_and_one_name_on_two_stores(tmp_path: Path) -> None:
    result = run(
        f"""
        global who
        ran, lock = [], threading.Lock()
        @defjob("life.Who")
        def who(ctx: JobContext, number: int):
            with lock:
                ran.append((number, ctx.scheduler is made[number]))
        stores = [None, None, "h2:///{tmp_path}/one", "h2:///{tmp_path}/two", None]
        made = [Scheduler(store, name="same", threads=2) for store in stores]
        for number, s in enumerate(made):
            s.schedule_task(who, once(), data={{"number": number}})
            s.start()
        wait_until(lambda: len(ran) >= len(made))
        print(sorted(ran))
        made[0].stop()
        made[1].schedule_task(tick, once())
        assert begun.wait(20)
        for s in made: s.stop()
        """
    ).check()
    check_unharmed(result)
    assert str([(number, True) for number in range(5)]) in result.stdout


def test_another_scheduler_has_its_initialisers_called() -> None:
    result = run(
        """
        import gc
        from pyquartz import task_init, tasks
        calls = []
        task_init("Count")(calls.append)
        for _ in range(5):
            s = Scheduler()
            s.init_tasks()
            s.stop()
            calls[:] = [None for _ in calls]
        del s
        gc.collect()
        print("calls", len(calls), "kept", len(tasks._called))
        """
    ).check()
    assert "calls 5 kept 0" in result.stdout

"""A forked child has no JVM: it is told so at once, and ends like any other process."""

from __future__ import annotations

import pytest

from tests.jvm.programs import check_unharmed, run

pytestmark = pytest.mark.jvm


def test_every_call_in_a_forked_child_is_refused_at_once() -> None:
    result = run(
        """
        s = Scheduler()
        s.schedule_task(tick, every(hours=1))
        s.start()
        calls = {
            "Scheduler": lambda: Scheduler(),
            "h2": lambda: Scheduler("h2:////tmp/never-made"),
            "start": lambda: s.start(),
            "standby": lambda: s.standby(),
            "state": lambda: s.state,
            "schedule_task": lambda: s.schedule_task(tick, every(seconds=1)),
            "schedule_tasks": lambda: s.schedule_tasks([(tick, every(seconds=1))]),
            "reschedule_task": lambda: s.reschedule_task(tick, every(seconds=1)),
            "reschedule_trigger": lambda: s.reschedule_trigger(every(seconds=1, key="life.Tick")),
            "add_job": lambda: s.add_job(patient),
            "delete_task": lambda: s.delete_task(tick),
            "delete_trigger": lambda: s.delete_trigger("life.Tick"),
            "delete_triggers_of": lambda: s.delete_triggers_of(tick),
            "trigger_now": lambda: s.trigger_now(tick),
            "pause": lambda: s.pause(tick),
            "resume": lambda: s.resume(tick),
            "pause_all": lambda: s.pause_all(),
            "resume_all": lambda: s.resume_all(),
            "jobs": lambda: s.jobs(),
            "job": lambda: s.job(tick),
            "triggers": lambda: s.triggers(),
            "trigger": lambda: s.trigger("life.Tick"),
            "executing": lambda: s.executing(),
            "info": lambda: s.info(),
            "delete_jobs_with_no_class": lambda: s.delete_jobs_with_no_class(),
            "reset_errored_triggers": lambda: s.reset_errored_triggers(),
            "next_fires": lambda: every(seconds=1).next_fires(2),
            "stop": lambda: s.stop(),
        }
        # A child that is forked while another thread prints can't print: no one ever ends that.
        assert begun.wait(20)
        begun.clear()
        child = os.fork()
        if child == 0:
            for name, call in calls.items():
                try:
                    call()
                except ForkedProcessError as error:
                    assert "Start the scheduler after the fork" in str(error)
                else:
                    print("not refused:", name, flush=True)
            repr(s)
            print("child ends", flush=True)
            sys.exit(5)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        s.trigger_now(tick)
        # One write, for the job writes as well.
        sys.stdout.write(f"code {code} parent fires {begun.wait(20)} {s.info().state}\\n")
        s.stop()
        """
    )
    check_unharmed(result)
    assert "not refused" not in result.stdout
    assert "child ends" in result.stdout
    assert "code 5 parent fires True started" in result.stdout
    result.check()


def test_a_child_forked_in_a_with_block_leaves_it_by_the_error() -> None:
    result = run(
        """
        with Scheduler() as s:
            child = os.fork()
            if child:
                print("code", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), s.state)
        """
    )
    check_unharmed(result)
    assert "ForkedProcessError" in result.stderr
    assert "code 1 started" in result.stdout
    assert result.returncode == 0


def test_a_module_with_jobs_can_be_imported_in_a_forked_child() -> None:
    run(
        """
        s = Scheduler()
        child = os.fork()
        if child == 0:
            @defjob("life.InTheChild")
            def job_in_child(): pass
            sys.exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        s.stop()
        """
    ).check()


def test_a_scheduler_started_after_the_fork_works() -> None:
    result = run(
        """
        child = os.fork()
        with Scheduler() as s:
            s.schedule_task(tick, once())
            assert begun.wait(20)
        if child:
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        """
    ).check()
    check_unharmed(result)
    assert result.stdout.splitlines().count("tick") == 2


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("kind", ["Process", "ProcessPoolExecutor"])
def test_multiprocessing_beside_a_scheduler(method: str, kind: str) -> None:
    use = {
        "Process": """
            queue = context.SimpleQueue()
            workers = [context.Process(target=queue.put, args=(n,)) for n in range(3)]
            for worker in workers: worker.start()
            for worker in workers: worker.join()
            print("sum", sum(queue.get() for _ in workers), [w.exitcode for w in workers])
        """,
        "ProcessPoolExecutor": """
            from concurrent.futures import ProcessPoolExecutor
            with ProcessPoolExecutor(2, mp_context=context) as pool:
                print("sum", sum(pool.map(abs, [0, -1, -2])), [0, 0, 0])
        """,
    }[kind]
    result = run(
        f"""
        context = multiprocessing.get_context({method!r})
        # A child that is forked while a job prints waits for ever to flush what it prints itself.
        @defjob("life.Silent")
        def silent():
            begun.set()
        with Scheduler() as s:
            s.schedule_task(silent, every(milliseconds=20))
            begun.wait()
{use}
            begun.clear()
            print("fires on", begun.wait(20))
        """
    ).check()
    check_unharmed(result)
    assert "sum 3 [0, 0, 0]" in result.stdout
    assert "fires on True" in result.stdout


def test_a_subprocess_started_by_a_job() -> None:
    result = run(
        """
        import subprocess
        global shell
        @defjob("life.Shell")
        def shell():
            print(subprocess.run([sys.executable, "-c", "print('from a child')"],
                  capture_output=True, text=True, check=True).stdout, flush=True)
            begun.set()
        with Scheduler() as s:
            s.schedule_task(shell, once())
            begun.wait()
        """
    ).check()
    assert "from a child" in result.stdout

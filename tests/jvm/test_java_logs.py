"""Java's log records in Python's logging: levels, names, and no deadlock between the two sides."""

from __future__ import annotations

import pytest

from tests.jvm.programs import check_unharmed, run

pytestmark = pytest.mark.jvm

SEEN = """
        import jpype
        class Seen(logging.Handler):
            records = []
            def emit(self, record):
                self.records.append((record.levelname, record.name, record.getMessage()))
        logging.getLogger("pyquartz.java").addHandler(Seen())
        def say(level, message, logger="acme.Part"):
            slf4j = jpype.JClass("org.slf4j.LoggerFactory").getLogger(logger)
            getattr(slf4j, level)(message)
        def wait_for(message):
            wait_until(lambda: any(message in text for _, _, text in Seen.records))
"""


def test_levels_and_names_arrive_as_they_are() -> None:
    result = run(
        SEEN
        + """
        s = Scheduler()
        for level in ("debug", "info", "warn", "error"):
            say(level, f"a {level} record")
        wait_for("a error record")
        print([(l, n, m) for l, n, m in Seen.records if n.endswith("acme.Part")])
        """
    ).check()
    name = "pyquartz.java.acme.Part"
    expected = [("INFO", name, "a info record"), ("WARNING", name, "a warn record")]
    assert str([*expected, ("ERROR", name, "a error record")]) in result.stdout


def test_levels_set_on_any_logger_are_honoured() -> None:
    result = run(
        SEEN
        + """
        s = Scheduler()
        logging.getLogger("pyquartz.java").setLevel(logging.ERROR)
        logging.getLogger("pyquartz.java.acme.Chatty").setLevel(logging.DEBUG)
        while not any("chatty" in text for _, _, text in Seen.records):
            say("debug", "chatty", "acme.Chatty")
        Seen.records.clear()
        say("warn", "left out", "acme.Quiet")
        say("error", "the last", "acme.Quiet")
        wait_for("the last")
        print(any("left out" in text for _, _, text in Seen.records))
        """
    ).check()
    assert result.stdout.split() == ["False"]


def test_a_level_set_just_before_a_start_is_honoured() -> None:
    result = run(
        SEEN
        + """
        root = logging.getLogger("pyquartz.java")
        s = Scheduler()
        queue = jpype.JClass("org.pyquartz.log.LogQueue")
        for _ in range(3):
            root.setLevel(logging.WARNING)
            wait_until(lambda: not queue.listens(logging.INFO))
            Seen.records.clear()
            root.setLevel(logging.INFO)
            s.start()
            s.standby()
            say("warn", "the last of this round")
            wait_for("the last of this round")
            print(any(" started." in text for _, _, text in Seen.records))
        """
    ).check()
    assert result.stdout.split() == ["True"] * 3


def test_what_came_too_fast_is_counted() -> None:
    result = run(
        SEEN
        + """
        s = Scheduler()
        go_on = threading.Event()
        class Slow(logging.Filter):
            def filter(self, record):
                go_on.wait()
                return True
        logging.getLogger("pyquartz.java.acme.Part").addFilter(Slow())
        for number in range(21_000):
            say("info", "again")
        go_on.set()
        wait_for("were dropped")
        """
    ).check()
    check_unharmed(result)
    assert "records of Java's were dropped" in result.stderr


def test_a_handler_that_fails_or_calls_java_does_not_end_the_logging() -> None:
    result = run(
        SEEN
        + """
        s = Scheduler()
        class Bad(logging.Filter):
            def filter(self, record):
                if "bad" in record.getMessage():
                    raise RuntimeError("a filter that fails")
                s.info()
                return True
        logging.getLogger("pyquartz.java.acme.Part").addFilter(Bad())
        say("info", "bad")
        say("info", "good")
        wait_for("good")
        """
    ).check()
    assert "a filter that fails" in result.stderr


def test_logging_goes_on_after_a_stop_and_until_the_end() -> None:
    result = run(
        SEEN
        + """
        with Scheduler() as s:
            pass
        say("info", "after the stop")
        wait_for("after the stop")
        say("info", "the very last words")
        """
    ).check()
    assert "the very last words" in result.stderr


def test_no_deadlock_while_python_is_busy_and_java_logs_in_its_locks() -> None:
    result = run(
        SEEN
        + """
        logging.getLogger("pyquartz.java").setLevel(logging.DEBUG)
        global chatty
        ran = threading.Semaphore(0)
        @defjob("life.Chatty")
        def chatty(ctx: JobContext):
            say("warn", "from a job")
            ctx.scheduler.triggers()
            ran.release()
        done = threading.Event()
        def burn():
            while not done.is_set(): sum(range(1000))
        for _ in range(3): threading.Thread(target=burn, daemon=True).start()
        with Scheduler(threads=4) as s:
            for number in range(4):
                s.schedule_task(chatty, every(milliseconds=10), key=f"job{number}")
            for _ in range(100): assert ran.acquire(timeout=30)
        done.set()
        """
    ).check()
    check_unharmed(result)
    assert "from a job" in result.stderr

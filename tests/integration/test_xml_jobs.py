"""XML files of jobs, read by Quartz's own plugin; and what else a properties file can bring in."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timezone
from pathlib import Path

import pytest

from pyquartz import JobKey, Scheduler, TriggerKey, calendar_every, cron, defjob
from tests.support.java import compile_java
from tests.support.processes import PROJECT_ROOT
from tests.support.waiting import wait_until

DATA = PROJECT_ROOT / "tests" / "data" / "xml"
_greetings: list[tuple[str, int, str]] = []


@defjob("suite.XmlGreeting")
def xml_greeting(name: str, times: int) -> None:
    _greetings.append((name, times, threading.current_thread().name))


def properties(folder: Path, **more: str) -> Path:
    """A properties file whose scheduler reads jobs.xml."""
    lines = {
        "scheduler.instanceName": "Xml",
        "threadPool.threadCount": "2",
        "plugin.jobs.class": "org.quartz.plugins.xml.XMLSchedulingDataProcessorPlugin",
        "plugin.jobs.fileNames": str(DATA / "jobs.xml"),
        "plugin.jobs.failOnFileNotFound": "true",
        "plugin.jobs.wrapInUserTransaction": "false",
        **more,
    }
    path = folder / "quartz.properties"
    path.write_text("".join(f"org.quartz.{key} = {value}\n" for key, value in lines.items()))
    return path


H2 = {
    "jobStore.class": "org.quartz.impl.jdbcjobstore.JobStoreTX",
    "jobStore.driverDelegateClass": "org.quartz.impl.jdbcjobstore.StdJDBCDelegate",
    "jobStore.dataSource": "d",
    "dataSource.d.driver": "org.h2.Driver",
}


@pytest.mark.parametrize("kind", ["ram", "h2"])
def test_jobs_of_a_file_run_in_python(kind: str, tmp_path: Path) -> None:
    _greetings.clear()
    more = {**H2, "dataSource.d.URL": f"jdbc:h2:file:{tmp_path}/store"} if kind == "h2" else {}
    with Scheduler.from_properties(properties(tmp_path, **more)) as scheduler:
        wait_until(lambda: bool(_greetings))
        # Texts, as the file has them, became what the callable's annotations ask for; and Python
        # was entered on a worker of its own.
        [(name, times, thread)] = _greetings
        assert (name, times) == ("Quartz", 2)
        assert thread.startswith("Xml_Worker-")
        job = scheduler.job(JobKey("greet", "xml"))
        assert (job.class_name, job.implemented_by) == ("suite.XmlGreeting", "python")
        assert (job.description, job.durable, job.requests_recovery) == ("Says hello", True, True)
        assert job.data == {"name": "Quartz", "times": "3"}
        nightly = scheduler.trigger(TriggerKey("greet-nightly", "xml"))
        start = datetime(2030, 12, 31, 23, tzinfo=timezone.utc)
        assert nightly.trigger == cron(
            "0 0 3 * * ?", tz="Europe/Berlin", start=start, key=nightly.key
        )
        monthly = scheduler.trigger(TriggerKey("greet-monthly", "xml")).trigger
        assert monthly.end == datetime(2032, 1, 1, tzinfo=timezone.utc)
        assert type(monthly) is type(calendar_every(1, "month"))


def test_a_file_that_is_watched_has_its_scan_job(tmp_path: Path) -> None:
    with Scheduler.from_properties(
        properties(tmp_path, **{"plugin.jobs.scanInterval": "3600"})
    ) as scheduler:
        groups = {job.key.group: job for job in scheduler.jobs()}
        assert groups.keys() == {"JobSchedulingDataLoaderPlugin", "xml"}
        watch = groups["JobSchedulingDataLoaderPlugin"]
        assert watch.class_name == "org.quartz.plugins.xml.FileScanJob"
        assert watch.implemented_by == "java"


def test_a_wrong_file_is_reported_and_harms_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text((DATA / "jobs.xml").read_text().replace("<name>greet</name>", "<nam/>", 1))
    path = properties(tmp_path, **{"plugin.jobs.fileNames": str(wrong)})
    with caplog.at_level(logging.ERROR), Scheduler.from_properties(path) as scheduler:
        wait_until(lambda: "Error scheduling jobs" in caplog.text)
        assert scheduler.jobs() == []
        assert scheduler.state == "started"


LISTENERS = """
import org.quartz.*;

public class Listeners {
    public static class OfJobs implements JobListener {
        private String name;
        private String prefix;
        public void setName(String value) { name = value; }
        public void setPrefix(String value) { prefix = value; }
        public String getName() { return name; }
        public void jobToBeExecuted(JobExecutionContext context) {}
        public void jobExecutionVetoed(JobExecutionContext context) {}
        public void jobWasExecuted(JobExecutionContext context, JobExecutionException error) {
            System.setProperty("suite." + name, prefix + context.getJobDetail().getKey());
        }
    }
    public static class OfTriggers extends org.quartz.listeners.TriggerListenerSupport {
        private String name;
        public void setName(String value) { name = value; }
        public String getName() { return name; }
        public void triggerFired(Trigger trigger, JobExecutionContext context) {
            System.setProperty("suite." + name, "" + trigger.getKey());
        }
    }
}
"""


def test_listeners_and_plugins_on_the_class_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from pyquartz._jvm.convert import java

    compile_java(tmp_path, "Listeners", LISTENERS)
    path = properties(
        tmp_path,
        **{
            "jobListener.heard.class": "Listeners$OfJobs",
            "jobListener.heard.prefix": "$@org.quartz.scheduler.instanceName",
            "triggerListener.seen.class": "Listeners$OfTriggers",
            "plugin.history.class": "org.quartz.plugins.history.LoggingJobHistoryPlugin",
            "plugin.history.jobSuccessMessage": "History: {1}.{0} ran",
        },
    )
    system = java("java.lang.System")
    with caplog.at_level(logging.INFO):
        scheduler = Scheduler.from_properties(path, class_path=[tmp_path])
        with scheduler:
            wait_until(lambda: "History: xml.greet ran" in caplog.text)
            wait_until(lambda: system.getProperty("suite.heard") is not None)
    assert str(system.getProperty("suite.heard")) == "Xmlxml.greet"
    assert str(system.getProperty("suite.seen")) == "xml.greet-now"

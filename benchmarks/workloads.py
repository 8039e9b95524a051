"""The workloads: what is measured, on which store, and by whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Variant = Literal["pyquartz", "stock", "apscheduler"]
Store = Literal["ram", "postgresql", "file"]
Measure = Literal["throughput", "latency", "start", "memory", "import", "processes"]

# As much as it takes until the JVM has compiled what runs a job.
WARM = 4

VARIANTS: dict[Variant, str] = {
    "pyquartz": "pyquartz",
    "stock": "stock Quartz (Java)",
    "apscheduler": "APScheduler",
}


@dataclass(frozen=True)
class Workload:
    """One workload, which every variant does in its own way."""

    name: str
    title: str
    measure: Measure
    store: Store = "ram"
    body: str = "plain"
    jobs: int = 1
    # How often it is done: all but the last time warm up.
    rounds: int = 2
    # Where a job of the body takes a thread for a second, fewer of them give the same rate.
    threaded_jobs: int | None = None
    # Triggers that wait in the store for tomorrow, beside those that are due.
    crowd: int = 0
    variants: tuple[Variant, ...] = tuple(VARIANTS)
    # Whether pyquartz finds an archive of Java's classes, as at every start but the first.
    archive: bool = False

    def jobs_of(self, variant: Variant) -> int:
        """How many jobs a variant runs."""
        if variant == "stock" and self.threaded_jobs is not None:
            return self.threaded_jobs
        return self.jobs


@dataclass(frozen=True)
class Settings:
    """How much is done, how often, and what the database promises."""

    ram_jobs: int = 20_000
    postgres_jobs: int = 500
    waiting_jobs: int = 10_000
    crowd: int = 20_000
    latency_jobs: int = 300
    process_jobs: int = 40
    spacing_millis: int = 10
    workers: int = 10
    repetitions: int = 5
    # As in production. Without it a commit costs no wait for the disk, whatever the disk.
    fsync: bool = True

    def quick(self) -> Settings:
        """Give numbers that are enough to see that it works, and too small to compare."""
        return replace(
            self,
            ram_jobs=200,
            postgres_jobs=20,
            waiting_jobs=20,
            crowd=100,
            latency_jobs=30,
            process_jobs=4,
            repetitions=1,
        )


def workloads(settings: Settings) -> list[Workload]:
    """Give every workload, in the order of the report."""
    return [*_on_ram(settings), *_on_postgresql(settings), *_starts(settings)]


def _on_ram(settings: Settings) -> list[Workload]:
    ram = settings.ram_jobs
    return [
        Workload("ram-plain", "RAM, no parameters", "throughput", jobs=ram, rounds=WARM),
        Workload(
            "ram-data",
            "RAM, context and two data",
            "throughput",
            body="data",
            jobs=ram,
            rounds=WARM,
        ),
        Workload(
            "ram-coroutine",
            "RAM, coroutines",
            "throughput",
            body="coroutine",
            jobs=ram,
            rounds=WARM,
        ),
        Workload(
            "ram-waiting",
            "RAM, coroutines that wait 1 s",
            "throughput",
            body="waiting",
            jobs=settings.waiting_jobs,
            threaded_jobs=2 * settings.workers,
        ),
        Workload("latency", "RAM, light load", "latency", jobs=settings.latency_jobs),
        Workload(
            "process-cpu",
            "RAM, jobs that compute",
            "processes",
            jobs=settings.process_jobs,
            variants=("pyquartz",),
        ),
    ]


def _on_postgresql(settings: Settings) -> list[Workload]:
    jobs, crowd = settings.postgres_jobs, settings.crowd
    return [
        Workload("postgresql", "PostgreSQL, no parameters", "throughput", "postgresql", jobs=jobs),
        Workload(
            "postgresql-crowd",
            f"PostgreSQL, {crowd:,} triggers wait beside",
            "throughput",
            "postgresql",
            jobs=jobs,
            crowd=crowd,
        ),
    ]


def _starts(settings: Settings) -> list[Workload]:
    alone: tuple[Variant, ...] = ("pyquartz",)
    return [
        Workload("start-ram", "start on RAM", "start", archive=True),
        Workload("start-ram-bare", "start on RAM, no archive", "start", variants=alone),
        Workload("start-file", "start on a file", "start", "file", archive=True),
        Workload(
            "start-file-bare",
            "start on a file, no archive",
            "start",
            "file",
            variants=alone,
        ),
        Workload("idle-ram", "idle on RAM", "memory", archive=True),
        Workload("import", "import", "import", variants=("pyquartz", "apscheduler")),
    ]

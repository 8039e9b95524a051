"""The workloads: what is measured, on which store, and by whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Variant = Literal["pyquartz", "stock", "apscheduler"]
Store = Literal["ram", "postgresql", "file"]

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
    measure: Literal["throughput", "latency", "start"]
    store: Store = "ram"
    body: str = "plain"
    jobs: int = 1


@dataclass(frozen=True)
class Settings:
    """How much is done, how often, and what the database promises."""

    ram_jobs: int = 5000
    postgres_jobs: int = 500
    waiting_jobs: int = 200
    latency_jobs: int = 300
    spacing_millis: int = 10
    workers: int = 10
    repetitions: int = 3
    # As in production. Without it a commit costs no wait for the disk, whatever the disk.
    fsync: bool = True

    def quick(self) -> Settings:
        """Give numbers that are enough to see that it works, and too small to compare."""
        return replace(
            self,
            ram_jobs=200,
            postgres_jobs=20,
            waiting_jobs=20,
            latency_jobs=30,
            repetitions=1,
        )


def workloads(settings: Settings) -> list[Workload]:
    """Give every workload, in the order of the report."""
    ram, postgres = settings.ram_jobs, settings.postgres_jobs
    return [
        Workload("ram-plain", "RAM, no parameters", "throughput", jobs=ram),
        Workload("ram-data", "RAM, context and two data", "throughput", body="data", jobs=ram),
        Workload("ram-coroutine", "RAM, coroutines", "throughput", body="coroutine", jobs=ram),
        Workload(
            "ram-waiting",
            "RAM, coroutines that wait 0.1 s",
            "throughput",
            body="waiting",
            jobs=settings.waiting_jobs,
        ),
        Workload(
            "postgresql", "PostgreSQL, no parameters", "throughput", "postgresql", jobs=postgres
        ),
        Workload("latency", "RAM, light load", "latency", jobs=settings.latency_jobs),
        Workload("start-ram", "start on RAM", "start"),
        Workload("start-file", "start on a file", "start", "file"),
    ]

"""Spring Boot's ``application.properties``: Quartz's properties under a prefix of Spring's."""

from __future__ import annotations

from collections.abc import Mapping

from .keys import Q

SPRING_CLASSES = "org.springframework.scheduling.quartz."
SPRING_STORE = f"{SPRING_CLASSES}LocalDataSourceJobStore"
_PREFIX = "spring.quartz."
_SOURCE = "spring"
# Spring's name for what it knows of a data source, and Quartz's.
_DATA_SOURCE = {
    "url": "URL",
    "username": "user",
    "password": "password",
    "driver-class-name": "driver",
}


def from_spring(properties: Mapping[str, str]) -> dict[str, str]:
    """Give Quartz's own form of what Spring Boot's file says; any other file as it is."""
    if not any(key.startswith(_PREFIX) for key in properties):
        return dict(properties)
    # Spring names the scheduler after its bean.
    made = {f"{Q}scheduler.instanceName": "quartzScheduler"}
    made |= {key: value for key, value in properties.items() if not key.startswith("spring.")}
    if _PREFIX + "scheduler-name" in properties:
        made[f"{Q}scheduler.instanceName"] = properties[_PREFIX + "scheduler-name"]
    under = f"{_PREFIX}properties."
    made |= {k.removeprefix(under): v for k, v in properties.items() if k.startswith(under)}
    if properties.get(_PREFIX + "job-store-type", "memory").strip().lower() == "jdbc":
        made |= _source(properties)
    return made


def _source(properties: Mapping[str, str]) -> dict[str, str]:
    found = {
        f"{Q}dataSource.{_SOURCE}.{quartz}": properties[f"spring.datasource.{name}"]
        for name, quartz in _DATA_SOURCE.items()
        if f"spring.datasource.{name}" in properties
    }
    named = {f"{Q}jobStore.dataSource": _SOURCE} if found else {}
    return {f"{Q}jobStore.class": SPRING_STORE} | named | found

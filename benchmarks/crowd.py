"""Triggers that wait for tomorrow, put into a database by SQL: scheduling them is no part of it."""

from __future__ import annotations

from benchmarks.workloads import Variant

_QUARTZ = """
INSERT INTO qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable,
    is_nonconcurrent, is_update_data, requests_recovery)
  VALUES ('bench', 'crowd', 'crowd', 'org.quartz.Job', true, false, false, false);
INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group,
    next_fire_time, prev_fire_time, priority, trigger_state, trigger_type, start_time, end_time,
    misfire_instr)
  SELECT 'bench', 'crowd-' || n, 'crowd', 'crowd', 'crowd', {tomorrow} * 1000 + n, -1, 5,
    'WAITING', 'SIMPLE', {tomorrow} * 1000 + n, 0, 0 FROM generate_series(1, {count}) n;
INSERT INTO qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count,
    repeat_interval, times_triggered)
  SELECT 'bench', 'crowd-' || n, 'crowd', 0, 0, 0 FROM generate_series(1, {count}) n;
ANALYZE;
"""
# As its SQLAlchemyJobStore makes it; what is not due is never unpickled.
_APSCHEDULER = """
CREATE TABLE apscheduler_jobs (id VARCHAR(191) PRIMARY KEY, next_run_time FLOAT(25),
    job_state BYTEA NOT NULL);
CREATE INDEX ix_apscheduler_jobs_next_run_time ON apscheduler_jobs (next_run_time);
INSERT INTO apscheduler_jobs SELECT 'crowd-' || n, {tomorrow} + n, '' FROM
    generate_series(1, {count}) n;
ANALYZE;
"""
_TOMORROW = "(extract(epoch from now())::bigint + 86400)"


def crowd(variant: Variant, count: int) -> str:
    """Give the SQL that puts as many waiting triggers into a variant's tables on PostgreSQL."""
    text = _APSCHEDULER if variant == "apscheduler" else _QUARTZ
    return text.format(tomorrow=_TOMORROW, count=count)

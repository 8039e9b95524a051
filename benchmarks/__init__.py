"""The same work on pyquartz, on plain Quartz in Java and on APScheduler, side by side."""

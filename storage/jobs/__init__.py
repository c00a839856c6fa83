"""Work that is due at a time, as rows."""

from storage.jobs.records import AT_ONCE, Job
from storage.jobs.repository import Jobs

__all__ = ["AT_ONCE", "Job", "Jobs"]

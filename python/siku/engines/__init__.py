"""Engines that schedule a run's tasks elsewhere: Ray and Spark (docs/scale.md).

They get small descriptors; each worker reads, computes and writes through Siku, so a run has the
same rows and bytes whoever drives it.
"""

from .batches import ray, spark
from .driver import check_engine, drive
from .task import ENDPOINT, Job, endpoint

__all__ = ["ENDPOINT", "Job", "check_engine", "drive", "endpoint", "ray", "spark"]

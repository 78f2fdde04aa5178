"""What is wrong with a training step, in silence: slopes beside those by pushing, shapes that
meet by accident, and what loops forget."""

from autograd_tutorial.tools.diagnosis.findings import Finding, Findings
from autograd_tutorial.tools.diagnosis.step import diagnose

__all__ = ["Finding", "Findings", "diagnose"]

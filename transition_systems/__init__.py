"""The common semantics: systems, runs, verdicts, expressions, properties and equivalences."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"

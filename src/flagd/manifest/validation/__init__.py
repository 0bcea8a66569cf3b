"""Validation: one plain object in, a typed resource or the reasons against it out."""

from flagd.manifest.validation.examination import diagnostic, examine, validate

__all__ = ["diagnostic", "examine", "validate"]

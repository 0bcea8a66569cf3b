"""Units that figures are told in."""

MILLISECONDS = 1e3
"""In a second."""
KIBIBYTE = 2**10
"""In bytes."""
MEBIBYTE = 2**20
"""In bytes."""

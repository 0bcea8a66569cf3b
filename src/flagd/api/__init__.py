"""The services that callers of flags use, and who may see what. They know no transport."""

"""Commands that say which variants users get, why, and for whom a change matters."""

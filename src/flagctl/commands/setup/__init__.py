"""Commands that set up an installation or a shell."""

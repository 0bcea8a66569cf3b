"""Command line: what the command lines of programs that serve share: options, what they must not say, exit codes."""

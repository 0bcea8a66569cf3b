"""Client: evaluation from Python, remote and in process."""

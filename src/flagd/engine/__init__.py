"""Engine: a ruleset and a context in, variants out. No I/O, no threads, nothing raised."""

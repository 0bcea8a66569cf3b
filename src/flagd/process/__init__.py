"""What a process needs to be one, whatever it serves: log, management port, signals, supervised tasks."""

"""Server: flagd as a process: sources, services, a transport, the management port, and how it stops."""

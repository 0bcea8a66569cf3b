"""Live: a cluster behind the pages: who asks, with which rights, and what is known of it."""

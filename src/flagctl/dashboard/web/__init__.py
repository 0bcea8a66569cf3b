"""Web: HTTP in front of the pages: who asks, from where, and in which form the answer goes out."""

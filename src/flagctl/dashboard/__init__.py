"""Dashboard: every flag, its ramp, who serves it, why a user gets it, and what an edit would do, in a browser."""

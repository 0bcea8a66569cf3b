"""Rules: what the models cannot say of one resource, judged by itself alone."""

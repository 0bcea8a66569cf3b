"""Measuring: has Prometheus asked what guards and comparisons of rollouts want to know."""

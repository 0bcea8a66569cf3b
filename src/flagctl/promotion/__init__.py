"""Promotion: what a flag is in one environment, carried into the files of another."""

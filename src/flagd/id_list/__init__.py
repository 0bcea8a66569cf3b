"""Lists of ids that cohorts are made from: what their text holds, and when a new one is not believed."""

"""Authority: who may publish, and who may write statuses."""

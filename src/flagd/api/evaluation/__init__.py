"""flagd.v1.EvaluationService."""

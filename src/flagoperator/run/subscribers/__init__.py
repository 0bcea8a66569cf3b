"""Who may subscribe to this operator."""

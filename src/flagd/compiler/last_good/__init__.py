"""Last good: what stays in use of resources that are broken or gone."""

"""What is wrong with an installation, looked for in its cluster and said in sentences."""

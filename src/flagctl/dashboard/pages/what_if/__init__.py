"""What if: why a user gets a variant, and what they would get if a number were another."""

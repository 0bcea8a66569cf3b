"""OpenFeature: flagd's evaluation protocol, as OpenFeature's providers for it speak it.

Source: https://github.com/open-feature/flagd-schemas and the providers themselves (docs/clients.md).
"""

"""Forms: a ruleset as JSON, and as our clients, Amplitude's SDKs and OpenFeature's tools need it."""

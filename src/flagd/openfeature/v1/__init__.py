"""Generated protobuf code of package flagd.openfeature.v1; see scripts/generate_protos.py."""

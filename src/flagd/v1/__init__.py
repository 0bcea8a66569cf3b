"""Generated protobuf code of package flagd.v1; see scripts/generate_protos.py."""

"""Generated protobuf code of the messages of OpenFeature; see scripts/generate_protos.py."""

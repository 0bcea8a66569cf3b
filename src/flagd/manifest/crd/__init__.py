"""CRDs: the CustomResourceDefinitions, made from the kinds."""

from flagd.manifest.crd.definition import VERSION_ANNOTATION, crds

__all__ = ["VERSION_ANNOTATION", "crds"]

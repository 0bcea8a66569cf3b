"""Kubeconfig: where the API server is and who we are to it, as kubectl finds it out."""

from flagoperator.kubeconfig.connection import Access, Connection, context_names, find_connection
from flagoperator.kubeconfig.fault import ConnectionSettingsError, CredentialError

__all__ = ["Access", "Connection", "ConnectionSettingsError", "CredentialError", "context_names", "find_connection"]

"""User: what a kubeconfig's user comes to: a source of credentials, and whom it acts as."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flagoperator.kubeconfig.credential import Files
from flagoperator.kubeconfig.exec_plugin import ExecPlugin
from flagoperator.kubeconfig.fault import ConnectionSettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.kubeconfig.credential import Source
    from flagoperator.kubeconfig.section import Section

Headers = tuple[tuple[str, str], ...]
TOKEN_CHARACTERS = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]")
"""What stands in the name of a header as it is; anything else, and a percent sign, is escaped."""


def source_of(user: Section, cluster: Mapping[str, Any]) -> Source:
    """Return where the credentials of `user` come from; `cluster` is the description of the cluster for a plugin.

    Raises ConnectionSettingsError.
    """
    if user.fields.get("auth-provider"):
        raise ConnectionSettingsError(
            f"{user.title}: auth-provider is not supported; use an exec plugin, such as kubelogin for OIDC"
        )
    known = any(user.text(name) for name in ("token", "tokenFile", "username")) or user.fields.get("exec")
    if user.text("password") and not (known or user.content("client-certificate")):
        raise ConnectionSettingsError(f"{user.title}: has a password and no username")
    fixed = any(user.text(name) for name in ("token", "tokenFile", "username", "password"))
    # As kubectl: what is written down goes before what a plugin would say.
    if user.fields.get("exec") and not fixed:
        return ExecPlugin(user, cluster)
    return Files(user)


def impersonation(user: Section) -> Headers:
    """Return the headers that say whom `user` acts as. Raises ConnectionSettingsError."""
    name, uid, groups, extra = user.text("as"), user.text("as-uid"), user.texts("as-groups"), _extra(user)
    if not name:
        if uid or groups or extra:
            raise ConnectionSettingsError(f"{user.title}: as-uid, as-groups and as-user-extra need an as")
        return ()
    return (
        ("Impersonate-User", name),
        *((("Impersonate-Uid", uid),) if uid else ()),
        *(("Impersonate-Group", group) for group in groups),
        *extra,
    )


def _extra(user: Section) -> Headers:
    extra = user.fields.get("as-user-extra") or {}
    if not isinstance(extra, dict) or not all(isinstance(values, list) for values in extra.values()):
        raise ConnectionSettingsError(f"{user.title}: as-user-extra is not a mapping of lists")
    return tuple(
        (f"Impersonate-Extra-{_escaped(key)}", str(value)) for key, values in extra.items() for value in values
    )


def _escaped(key: str) -> str:
    return "".join(
        each if TOKEN_CHARACTERS.fullmatch(each) and each != "%" else quote(each, safe="") for each in str(key)
    )

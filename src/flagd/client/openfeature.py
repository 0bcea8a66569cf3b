"""OpenFeature: a provider for OpenFeature's SDK over a FlagClient, local or remote. Needs the extra ``openfeature``."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openfeature.event import ProviderEventDetails
from openfeature.exception import ErrorCode as Code
from openfeature.exception import ProviderNotReadyError
from openfeature.flag_evaluation import FlagResolutionDetails
from openfeature.provider import AbstractProvider, Metadata

from flagd.client.user import FIELDS, User
from flagd.resolution import Type, TypeMismatch, resolve

if TYPE_CHECKING:
    from openfeature.evaluation_context import EvaluationContext
    from openfeature.flag_evaluation import FlagValueType
    from openfeature.track import TrackingEventDetails

    from flagd.client.client import FlagClient
    from flagd.client.health import Health
    from flagd.client.variant import Variant

NAME = "flagoperator"
READY_SECONDS = 10.0
_SHAPED = ("cohort_ids", "groups", "user_properties")


class FlagProvider(AbstractProvider):
    """Resolves flags by a FlagClient, and closes that when it is shut down.

    The targeting key is the user's id; ``country`` and the other fields of a user are taken by name, so are ``groups``
    and ``cohort_ids``; every other attribute is a property. "off" without a payload is the caller's own default.
    """

    def __init__(
        self, client: FlagClient, *, ready_seconds: float = READY_SECONDS, context_id_key: bytes | None = None
    ) -> None:
        """Resolve by `client`.

        Args:
            client: local or remote.
            ready_seconds: how long OpenFeature waits for the first ruleset, or the first answer of a server.
            context_id_key: with it, telemetry gets an HMAC of the targeting key as the context id; without, none.
        """
        super().__init__()
        self._client = client
        self._ready_seconds = ready_seconds
        self._context_id_key = context_id_key
        self._was_connected = True
        self._stop_listening = [client.on_change(self._changed), client.on_health(self._heard)]

    def get_metadata(self) -> Metadata:
        """Return the name under which telemetry knows the provider."""
        return Metadata(name=NAME)

    def initialize(self, evaluation_context: EvaluationContext) -> None:  # noqa: ARG002 - the SDK's signature
        """Wait for something to answer from. Raises ProviderNotReadyError; READY is told when there is later."""
        if not self._client.wait_ready(self._ready_seconds):
            self._was_connected = False
            raise ProviderNotReadyError(self._client.health().error or "no ruleset in time")

    def shutdown(self) -> None:
        """Close the client."""
        for stop in self._stop_listening:
            stop()
        self._client.close()

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """Return a boolean."""
        return self._resolve(Type.BOOLEAN, flag_key, default_value, evaluation_context)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """Return a text."""
        return self._resolve(Type.STRING, flag_key, default_value, evaluation_context)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """Return an integer within ±(2^53 - 1)."""
        return self._resolve(Type.INTEGER, flag_key, default_value, evaluation_context)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """Return a float."""
        return self._resolve(Type.FLOAT, flag_key, default_value, evaluation_context)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: FlagValueType,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Any]:
        """Return an object."""
        return self._resolve(Type.OBJECT, flag_key, default_value, evaluation_context)

    async def resolve_boolean_details_async(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """Return a boolean."""
        return await self._resolve_async(Type.BOOLEAN, flag_key, default_value, evaluation_context)

    async def resolve_string_details_async(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """Return a text."""
        return await self._resolve_async(Type.STRING, flag_key, default_value, evaluation_context)

    async def resolve_integer_details_async(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """Return an integer within ±(2^53 - 1)."""
        return await self._resolve_async(Type.INTEGER, flag_key, default_value, evaluation_context)

    async def resolve_float_details_async(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """Return a float."""
        return await self._resolve_async(Type.FLOAT, flag_key, default_value, evaluation_context)

    async def resolve_object_details_async(
        self,
        flag_key: str,
        default_value: FlagValueType,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Any]:
        """Return an object."""
        return await self._resolve_async(Type.OBJECT, flag_key, default_value, evaluation_context)

    def track(
        self,
        tracking_event_name: str,
        evaluation_context: EvaluationContext | None = None,
        tracking_event_details: TrackingEventDetails | None = None,  # noqa: ARG002 - events are counted, not added up
    ) -> None:
        """Count an event, once, as `FlagClient.track` does. Never raises."""
        try:
            user = user_of(evaluation_context)
        except TypeError:  # a context that describes no user
            return
        self._client.track(tracking_event_name, user)

    def _resolve(
        self,
        wanted: Type,
        flag_key: str,
        default: FlagValueType,
        context: EvaluationContext | None,
    ) -> FlagResolutionDetails[Any]:
        return self._details(self._client.variant(flag_key, user_of(context)), wanted, default, context)

    async def _resolve_async(
        self,
        wanted: Type,
        flag_key: str,
        default: FlagValueType,
        context: EvaluationContext | None,
    ) -> FlagResolutionDetails[Any]:
        found = await self._client.variant_async(flag_key, user_of(context))
        return self._details(found, wanted, default, context)

    def _details(
        self,
        found: Variant[Any],
        wanted: Type,
        default: FlagValueType,
        context: EvaluationContext | None,
    ) -> FlagResolutionDetails[Any]:
        project, revision = self._client.source
        told: dict[str, Any] = {"version": revision, "contextId": self._context_id(context)}
        if found.error is not None:
            return _failed(default, Code(found.error.value), found.message, {**told, "flagSetId": project})
        try:
            resolution = resolve(found, wanted, project)
        except TypeMismatch as error:
            return _failed(default, Code.TYPE_MISMATCH, str(error), {**told, "flagSetId": project})
        value = default if resolution.variant is None else resolution.value
        metadata = {**resolution.metadata, **told}
        return FlagResolutionDetails(value, None, None, str(resolution.reason), resolution.variant, metadata)

    def _context_id(self, context: EvaluationContext | None) -> str:
        """Return what stands for the user in telemetry. An empty text keeps the SDK from naming the user itself."""
        if self._context_id_key is None or context is None or not context.targeting_key:
            return ""
        return hmac.new(self._context_id_key, context.targeting_key.encode(), "sha256").hexdigest()

    def _changed(self, keys: frozenset[str]) -> None:
        self.emit_provider_configuration_changed(ProviderEventDetails(flags_changed=sorted(keys)))

    def _heard(self, health: Health) -> None:
        connected = health.connected and not health.stale
        if connected == self._was_connected:
            return
        self._was_connected = connected
        if connected:
            self.emit_provider_ready(ProviderEventDetails(message="connected"))
        elif health.ready:
            self.emit_provider_stale(ProviderEventDetails(message=health.error or "the server has lost touch"))
        else:
            self.emit_provider_error(ProviderEventDetails(message=health.error, error_code=Code.PROVIDER_NOT_READY))


def user_of(context: EvaluationContext | None) -> User:
    """Return the user that OpenFeature's context describes."""
    if context is None:
        return User()
    given: Mapping[str, Any] = {name: value for name, value in context.attributes.items() if value is not None}
    fields: dict[str, Any] = {name: value for name, value in given.items() if name in FIELDS or name in _SHAPED}
    properties = {name: value for name, value in given.items() if name not in fields and name != "targetingKey"}
    if properties and isinstance(named := fields.get("user_properties", {}), Mapping):
        fields["user_properties"] = {**named, **properties}
    if context.targeting_key is not None:
        fields["user_id"] = context.targeting_key
    return User.of(fields)


def _failed(
    default: FlagValueType, code: Code, message: str, metadata: Mapping[str, Any]
) -> FlagResolutionDetails[Any]:
    return FlagResolutionDetails(default, code, message, "ERROR", None, metadata)

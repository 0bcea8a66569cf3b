import datetime

from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_UNSPECIFIED: _ClassVar[Reason]
    REASON_STATIC: _ClassVar[Reason]
    REASON_SPLIT: _ClassVar[Reason]
    REASON_TARGETING_MATCH: _ClassVar[Reason]
    REASON_DEFAULT: _ClassVar[Reason]
    REASON_DISABLED: _ClassVar[Reason]
    REASON_TESTER: _ClassVar[Reason]
    REASON_STICKY: _ClassVar[Reason]
    REASON_PREREQUISITE: _ClassVar[Reason]
    REASON_ERROR: _ClassVar[Reason]

class ErrorCode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_CODE_UNSPECIFIED: _ClassVar[ErrorCode]
    ERROR_CODE_FLAG_NOT_FOUND: _ClassVar[ErrorCode]
    ERROR_CODE_PARSE_ERROR: _ClassVar[ErrorCode]
    ERROR_CODE_TYPE_MISMATCH: _ClassVar[ErrorCode]
    ERROR_CODE_TARGETING_KEY_MISSING: _ClassVar[ErrorCode]
    ERROR_CODE_INVALID_CONTEXT: _ClassVar[ErrorCode]
    ERROR_CODE_PROVIDER_NOT_READY: _ClassVar[ErrorCode]
    ERROR_CODE_GENERAL: _ClassVar[ErrorCode]
REASON_UNSPECIFIED: Reason
REASON_STATIC: Reason
REASON_SPLIT: Reason
REASON_TARGETING_MATCH: Reason
REASON_DEFAULT: Reason
REASON_DISABLED: Reason
REASON_TESTER: Reason
REASON_STICKY: Reason
REASON_PREREQUISITE: Reason
REASON_ERROR: Reason
ERROR_CODE_UNSPECIFIED: ErrorCode
ERROR_CODE_FLAG_NOT_FOUND: ErrorCode
ERROR_CODE_PARSE_ERROR: ErrorCode
ERROR_CODE_TYPE_MISMATCH: ErrorCode
ERROR_CODE_TARGETING_KEY_MISSING: ErrorCode
ERROR_CODE_INVALID_CONTEXT: ErrorCode
ERROR_CODE_PROVIDER_NOT_READY: ErrorCode
ERROR_CODE_GENERAL: ErrorCode

class EvaluateRequest(_message.Message):
    __slots__ = ("project", "user", "flag_keys")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    FLAG_KEYS_FIELD_NUMBER: _ClassVar[int]
    project: str
    user: User
    flag_keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, project: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., flag_keys: _Optional[_Iterable[str]] = ...) -> None: ...

class EvaluateResponse(_message.Message):
    __slots__ = ("variants", "revision", "stale", "as_of")
    class VariantsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Variant
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Variant, _Mapping]] = ...) -> None: ...
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    variants: _containers.MessageMap[str, Variant]
    revision: str
    stale: bool
    as_of: _timestamp_pb2.Timestamp
    def __init__(self, variants: _Optional[_Mapping[str, Variant]] = ..., revision: _Optional[str] = ..., stale: bool = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class EvaluateBatchRequest(_message.Message):
    __slots__ = ("project", "users", "flag_keys")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    FLAG_KEYS_FIELD_NUMBER: _ClassVar[int]
    project: str
    users: _containers.RepeatedCompositeFieldContainer[User]
    flag_keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, project: _Optional[str] = ..., users: _Optional[_Iterable[_Union[User, _Mapping]]] = ..., flag_keys: _Optional[_Iterable[str]] = ...) -> None: ...

class EvaluateBatchResponse(_message.Message):
    __slots__ = ("results", "revision", "stale", "as_of")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[EvaluateBatchResult]
    revision: str
    stale: bool
    as_of: _timestamp_pb2.Timestamp
    def __init__(self, results: _Optional[_Iterable[_Union[EvaluateBatchResult, _Mapping]]] = ..., revision: _Optional[str] = ..., stale: bool = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class EvaluateBatchResult(_message.Message):
    __slots__ = ("variants", "error_code", "error_message")
    class VariantsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Variant
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Variant, _Mapping]] = ...) -> None: ...
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    ERROR_CODE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    variants: _containers.MessageMap[str, Variant]
    error_code: ErrorCode
    error_message: str
    def __init__(self, variants: _Optional[_Mapping[str, Variant]] = ..., error_code: _Optional[_Union[ErrorCode, str]] = ..., error_message: _Optional[str] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ("project", "user", "flag_keys")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    FLAG_KEYS_FIELD_NUMBER: _ClassVar[int]
    project: str
    user: User
    flag_keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, project: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., flag_keys: _Optional[_Iterable[str]] = ...) -> None: ...

class WatchResponse(_message.Message):
    __slots__ = ("variants", "removed", "revision", "stale", "as_of")
    class VariantsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Variant
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Variant, _Mapping]] = ...) -> None: ...
    VARIANTS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    variants: _containers.MessageMap[str, Variant]
    removed: _containers.RepeatedScalarFieldContainer[str]
    revision: str
    stale: bool
    as_of: _timestamp_pb2.Timestamp
    def __init__(self, variants: _Optional[_Mapping[str, Variant]] = ..., removed: _Optional[_Iterable[str]] = ..., revision: _Optional[str] = ..., stale: bool = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ExplainRequest(_message.Message):
    __slots__ = ("project", "user", "flag_key")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    FLAG_KEY_FIELD_NUMBER: _ClassVar[int]
    project: str
    user: User
    flag_key: str
    def __init__(self, project: _Optional[str] = ..., user: _Optional[_Union[User, _Mapping]] = ..., flag_key: _Optional[str] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("flag_key", "variant", "segments", "dependencies", "text", "revision", "stale", "as_of")
    FLAG_KEY_FIELD_NUMBER: _ClassVar[int]
    VARIANT_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    DEPENDENCIES_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    flag_key: str
    variant: Variant
    segments: _containers.RepeatedCompositeFieldContainer[SegmentExplanation]
    dependencies: _containers.RepeatedCompositeFieldContainer[ExplainResponse]
    text: str
    revision: str
    stale: bool
    as_of: _timestamp_pb2.Timestamp
    def __init__(self, flag_key: _Optional[str] = ..., variant: _Optional[_Union[Variant, _Mapping]] = ..., segments: _Optional[_Iterable[_Union[SegmentExplanation, _Mapping]]] = ..., dependencies: _Optional[_Iterable[_Union[ExplainResponse, _Mapping]]] = ..., text: _Optional[str] = ..., revision: _Optional[str] = ..., stale: bool = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SegmentExplanation(_message.Message):
    __slots__ = ("name", "matched", "any_of", "bucket", "variant")
    NAME_FIELD_NUMBER: _ClassVar[int]
    MATCHED_FIELD_NUMBER: _ClassVar[int]
    ANY_OF_FIELD_NUMBER: _ClassVar[int]
    BUCKET_FIELD_NUMBER: _ClassVar[int]
    VARIANT_FIELD_NUMBER: _ClassVar[int]
    name: str
    matched: bool
    any_of: _containers.RepeatedCompositeFieldContainer[ConditionSetExplanation]
    bucket: BucketExplanation
    variant: str
    def __init__(self, name: _Optional[str] = ..., matched: bool = ..., any_of: _Optional[_Iterable[_Union[ConditionSetExplanation, _Mapping]]] = ..., bucket: _Optional[_Union[BucketExplanation, _Mapping]] = ..., variant: _Optional[str] = ...) -> None: ...

class ConditionSetExplanation(_message.Message):
    __slots__ = ("conditions",)
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    conditions: _containers.RepeatedCompositeFieldContainer[ConditionExplanation]
    def __init__(self, conditions: _Optional[_Iterable[_Union[ConditionExplanation, _Mapping]]] = ...) -> None: ...

class ConditionExplanation(_message.Message):
    __slots__ = ("attribute", "op", "values", "value_count", "actual", "matched", "compared_as", "misread", "lists")
    ATTRIBUTE_FIELD_NUMBER: _ClassVar[int]
    OP_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    VALUE_COUNT_FIELD_NUMBER: _ClassVar[int]
    ACTUAL_FIELD_NUMBER: _ClassVar[int]
    MATCHED_FIELD_NUMBER: _ClassVar[int]
    COMPARED_AS_FIELD_NUMBER: _ClassVar[int]
    MISREAD_FIELD_NUMBER: _ClassVar[int]
    LISTS_FIELD_NUMBER: _ClassVar[int]
    attribute: str
    op: str
    values: _containers.RepeatedScalarFieldContainer[str]
    value_count: int
    actual: str
    matched: bool
    compared_as: str
    misread: str
    lists: _containers.RepeatedCompositeFieldContainer[ListExplanation]
    def __init__(self, attribute: _Optional[str] = ..., op: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ..., value_count: _Optional[int] = ..., actual: _Optional[str] = ..., matched: bool = ..., compared_as: _Optional[str] = ..., misread: _Optional[str] = ..., lists: _Optional[_Iterable[_Union[ListExplanation, _Mapping]]] = ...) -> None: ...

class ListExplanation(_message.Message):
    __slots__ = ("cohort", "ids", "as_of")
    COHORT_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    cohort: str
    ids: int
    as_of: int
    def __init__(self, cohort: _Optional[str] = ..., ids: _Optional[int] = ..., as_of: _Optional[int] = ...) -> None: ...

class BucketExplanation(_message.Message):
    __slots__ = ("attribute", "salt", "value", "hash", "allocation", "distribution", "rollout_percent", "admitted", "admitted_from_percent", "range_start", "range_end", "range_percent")
    ATTRIBUTE_FIELD_NUMBER: _ClassVar[int]
    SALT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    ALLOCATION_FIELD_NUMBER: _ClassVar[int]
    DISTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    ROLLOUT_PERCENT_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_FROM_PERCENT_FIELD_NUMBER: _ClassVar[int]
    RANGE_START_FIELD_NUMBER: _ClassVar[int]
    RANGE_END_FIELD_NUMBER: _ClassVar[int]
    RANGE_PERCENT_FIELD_NUMBER: _ClassVar[int]
    attribute: str
    salt: str
    value: str
    hash: int
    allocation: int
    distribution: int
    rollout_percent: str
    admitted: bool
    admitted_from_percent: str
    range_start: int
    range_end: int
    range_percent: str
    def __init__(self, attribute: _Optional[str] = ..., salt: _Optional[str] = ..., value: _Optional[str] = ..., hash: _Optional[int] = ..., allocation: _Optional[int] = ..., distribution: _Optional[int] = ..., rollout_percent: _Optional[str] = ..., admitted: bool = ..., admitted_from_percent: _Optional[str] = ..., range_start: _Optional[int] = ..., range_end: _Optional[int] = ..., range_percent: _Optional[str] = ...) -> None: ...

class User(_message.Message):
    __slots__ = ("user_id", "device_id", "country", "region", "city", "dma", "language", "platform", "version", "os", "device_manufacturer", "device_brand", "device_model", "carrier", "library", "ip_address", "user_properties", "cohort_ids", "groups")
    class GroupsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Group
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Group, _Mapping]] = ...) -> None: ...
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    CITY_FIELD_NUMBER: _ClassVar[int]
    DMA_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OS_FIELD_NUMBER: _ClassVar[int]
    DEVICE_MANUFACTURER_FIELD_NUMBER: _ClassVar[int]
    DEVICE_BRAND_FIELD_NUMBER: _ClassVar[int]
    DEVICE_MODEL_FIELD_NUMBER: _ClassVar[int]
    CARRIER_FIELD_NUMBER: _ClassVar[int]
    LIBRARY_FIELD_NUMBER: _ClassVar[int]
    IP_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    USER_PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    COHORT_IDS_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    device_id: str
    country: str
    region: str
    city: str
    dma: str
    language: str
    platform: str
    version: str
    os: str
    device_manufacturer: str
    device_brand: str
    device_model: str
    carrier: str
    library: str
    ip_address: str
    user_properties: _struct_pb2.Struct
    cohort_ids: _containers.RepeatedScalarFieldContainer[str]
    groups: _containers.MessageMap[str, Group]
    def __init__(self, user_id: _Optional[str] = ..., device_id: _Optional[str] = ..., country: _Optional[str] = ..., region: _Optional[str] = ..., city: _Optional[str] = ..., dma: _Optional[str] = ..., language: _Optional[str] = ..., platform: _Optional[str] = ..., version: _Optional[str] = ..., os: _Optional[str] = ..., device_manufacturer: _Optional[str] = ..., device_brand: _Optional[str] = ..., device_model: _Optional[str] = ..., carrier: _Optional[str] = ..., library: _Optional[str] = ..., ip_address: _Optional[str] = ..., user_properties: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., cohort_ids: _Optional[_Iterable[str]] = ..., groups: _Optional[_Mapping[str, Group]] = ...) -> None: ...

class Group(_message.Message):
    __slots__ = ("name", "properties", "cohort_ids")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROPERTIES_FIELD_NUMBER: _ClassVar[int]
    COHORT_IDS_FIELD_NUMBER: _ClassVar[int]
    name: str
    properties: _struct_pb2.Struct
    cohort_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., properties: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ..., cohort_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class Variant(_message.Message):
    __slots__ = ("key", "value", "payload", "reason", "segment", "flag_version", "error_code", "error_message", "metadata")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    FLAG_VERSION_FIELD_NUMBER: _ClassVar[int]
    ERROR_CODE_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    payload: _struct_pb2.Value
    reason: Reason
    segment: str
    flag_version: int
    error_code: ErrorCode
    error_message: str
    metadata: _struct_pb2.Struct
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ..., payload: _Optional[_Union[_struct_pb2.Value, _Mapping]] = ..., reason: _Optional[_Union[Reason, str]] = ..., segment: _Optional[str] = ..., flag_version: _Optional[int] = ..., error_code: _Optional[_Union[ErrorCode, str]] = ..., error_message: _Optional[str] = ..., metadata: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_REPLICA: _ClassVar[Role]
    ROLE_CLIENT: _ClassVar[Role]
    ROLE_OPERATOR: _ClassVar[Role]
ROLE_UNSPECIFIED: Role
ROLE_REPLICA: Role
ROLE_CLIENT: Role
ROLE_OPERATOR: Role

class ReportSamplesRequest(_message.Message):
    __slots__ = ("project", "samples")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    project: str
    samples: _containers.RepeatedCompositeFieldContainer[UserSample]
    def __init__(self, project: _Optional[str] = ..., samples: _Optional[_Iterable[_Union[UserSample, _Mapping]]] = ...) -> None: ...

class ReportSamplesResponse(_message.Message):
    __slots__ = ("runs",)
    RUNS_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, runs: _Optional[_Iterable[str]] = ...) -> None: ...

class FollowRequest(_message.Message):
    __slots__ = ("projects", "held")
    PROJECTS_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    projects: _containers.RepeatedScalarFieldContainer[str]
    held: _containers.RepeatedCompositeFieldContainer[Held]
    def __init__(self, projects: _Optional[_Iterable[str]] = ..., held: _Optional[_Iterable[_Union[Held, _Mapping]]] = ...) -> None: ...

class FollowResponse(_message.Message):
    __slots__ = ("stale", "update", "compressed_update", "heartbeat", "oversize", "age_seconds")
    STALE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    COMPRESSED_UPDATE_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    OVERSIZE_FIELD_NUMBER: _ClassVar[int]
    AGE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    stale: bool
    update: Update
    compressed_update: CompressedUpdate
    heartbeat: Heartbeat
    oversize: Oversize
    age_seconds: float
    def __init__(self, stale: bool = ..., update: _Optional[_Union[Update, _Mapping]] = ..., compressed_update: _Optional[_Union[CompressedUpdate, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., oversize: _Optional[_Union[Oversize, _Mapping]] = ..., age_seconds: _Optional[float] = ...) -> None: ...

class SubscribeRequest(_message.Message):
    __slots__ = ("hello", "ack", "nack", "heartbeat")
    HELLO_FIELD_NUMBER: _ClassVar[int]
    ACK_FIELD_NUMBER: _ClassVar[int]
    NACK_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    hello: Hello
    ack: Ack
    nack: Nack
    heartbeat: Heartbeat
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., ack: _Optional[_Union[Ack, _Mapping]] = ..., nack: _Optional[_Union[Nack, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("role", "name", "projects", "held")
    ROLE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROJECTS_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    role: Role
    name: str
    projects: _containers.RepeatedScalarFieldContainer[str]
    held: _containers.RepeatedCompositeFieldContainer[Held]
    def __init__(self, role: _Optional[_Union[Role, str]] = ..., name: _Optional[str] = ..., projects: _Optional[_Iterable[str]] = ..., held: _Optional[_Iterable[_Union[Held, _Mapping]]] = ...) -> None: ...

class Held(_message.Message):
    __slots__ = ("project", "revision", "flags")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    project: str
    revision: str
    flags: int
    def __init__(self, project: _Optional[str] = ..., revision: _Optional[str] = ..., flags: _Optional[int] = ...) -> None: ...

class Ack(_message.Message):
    __slots__ = ("project", "revision", "flags")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    project: str
    revision: str
    flags: int
    def __init__(self, project: _Optional[str] = ..., revision: _Optional[str] = ..., flags: _Optional[int] = ...) -> None: ...

class Nack(_message.Message):
    __slots__ = ("project", "revision", "reason")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    project: str
    revision: str
    reason: str
    def __init__(self, project: _Optional[str] = ..., revision: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class SubscribeResponse(_message.Message):
    __slots__ = ("publishing", "epoch", "sequence", "stale", "update", "compressed_update", "heartbeat", "removal", "oversize")
    PUBLISHING_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STALE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    COMPRESSED_UPDATE_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    REMOVAL_FIELD_NUMBER: _ClassVar[int]
    OVERSIZE_FIELD_NUMBER: _ClassVar[int]
    publishing: bool
    epoch: int
    sequence: int
    stale: bool
    update: Update
    compressed_update: CompressedUpdate
    heartbeat: Heartbeat
    removal: Removal
    oversize: Oversize
    def __init__(self, publishing: bool = ..., epoch: _Optional[int] = ..., sequence: _Optional[int] = ..., stale: bool = ..., update: _Optional[_Union[Update, _Mapping]] = ..., compressed_update: _Optional[_Union[CompressedUpdate, _Mapping]] = ..., heartbeat: _Optional[_Union[Heartbeat, _Mapping]] = ..., removal: _Optional[_Union[Removal, _Mapping]] = ..., oversize: _Optional[_Union[Oversize, _Mapping]] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("queries", "counts", "samples")
    QUERIES_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    queries: _containers.RepeatedCompositeFieldContainer[AdmissionQuery]
    counts: _containers.RepeatedCompositeFieldContainer[AdmissionCount]
    samples: _containers.RepeatedCompositeFieldContainer[UserSample]
    def __init__(self, queries: _Optional[_Iterable[_Union[AdmissionQuery, _Mapping]]] = ..., counts: _Optional[_Iterable[_Union[AdmissionCount, _Mapping]]] = ..., samples: _Optional[_Iterable[_Union[UserSample, _Mapping]]] = ...) -> None: ...

class AdmissionQuery(_message.Message):
    __slots__ = ("project", "flag", "token", "segments", "run")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    project: str
    flag: str
    token: str
    segments: _containers.RepeatedScalarFieldContainer[str]
    run: str
    def __init__(self, project: _Optional[str] = ..., flag: _Optional[str] = ..., token: _Optional[str] = ..., segments: _Optional[_Iterable[str]] = ..., run: _Optional[str] = ...) -> None: ...

class UserSample(_message.Message):
    __slots__ = ("project", "flag", "run", "segment", "selector", "salt", "parts")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    RUN_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    SELECTOR_FIELD_NUMBER: _ClassVar[int]
    SALT_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    project: str
    flag: str
    run: str
    segment: str
    selector: _containers.RepeatedScalarFieldContainer[str]
    salt: str
    parts: _containers.RepeatedCompositeFieldContainer[UserSamplePart]
    def __init__(self, project: _Optional[str] = ..., flag: _Optional[str] = ..., run: _Optional[str] = ..., segment: _Optional[str] = ..., selector: _Optional[_Iterable[str]] = ..., salt: _Optional[str] = ..., parts: _Optional[_Iterable[_Union[UserSamplePart, _Mapping]]] = ...) -> None: ...

class UserSamplePart(_message.Message):
    __slots__ = ("arm", "variant", "width", "slots")
    ARM_FIELD_NUMBER: _ClassVar[int]
    VARIANT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    arm: str
    variant: str
    width: int
    slots: bytes
    def __init__(self, arm: _Optional[str] = ..., variant: _Optional[str] = ..., width: _Optional[int] = ..., slots: _Optional[bytes] = ...) -> None: ...

class AdmissionCount(_message.Message):
    __slots__ = ("project", "flag", "token", "count")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    project: str
    flag: str
    token: str
    count: int
    def __init__(self, project: _Optional[str] = ..., flag: _Optional[str] = ..., token: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class Removal(_message.Message):
    __slots__ = ("project",)
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    project: str
    def __init__(self, project: _Optional[str] = ...) -> None: ...

class Oversize(_message.Message):
    __slots__ = ("project", "revision", "size", "limit")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    project: str
    revision: str
    size: int
    limit: int
    def __init__(self, project: _Optional[str] = ..., revision: _Optional[str] = ..., size: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class Update(_message.Message):
    __slots__ = ("project", "revision", "base_revision", "flags", "removed_flags", "cohorts", "removed_cohorts", "deployments", "removed_deployments")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    BASE_REVISION_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FLAGS_FIELD_NUMBER: _ClassVar[int]
    COHORTS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_COHORTS_FIELD_NUMBER: _ClassVar[int]
    DEPLOYMENTS_FIELD_NUMBER: _ClassVar[int]
    REMOVED_DEPLOYMENTS_FIELD_NUMBER: _ClassVar[int]
    project: str
    revision: str
    base_revision: str
    flags: _containers.RepeatedCompositeFieldContainer[FlagEntry]
    removed_flags: _containers.RepeatedScalarFieldContainer[str]
    cohorts: _containers.RepeatedCompositeFieldContainer[CohortEntry]
    removed_cohorts: _containers.RepeatedScalarFieldContainer[str]
    deployments: _containers.RepeatedCompositeFieldContainer[DeploymentEntry]
    removed_deployments: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, project: _Optional[str] = ..., revision: _Optional[str] = ..., base_revision: _Optional[str] = ..., flags: _Optional[_Iterable[_Union[FlagEntry, _Mapping]]] = ..., removed_flags: _Optional[_Iterable[str]] = ..., cohorts: _Optional[_Iterable[_Union[CohortEntry, _Mapping]]] = ..., removed_cohorts: _Optional[_Iterable[str]] = ..., deployments: _Optional[_Iterable[_Union[DeploymentEntry, _Mapping]]] = ..., removed_deployments: _Optional[_Iterable[str]] = ...) -> None: ...

class CompressedUpdate(_message.Message):
    __slots__ = ("project", "revision", "gzip")
    PROJECT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    GZIP_FIELD_NUMBER: _ClassVar[int]
    project: str
    revision: str
    gzip: bytes
    def __init__(self, project: _Optional[str] = ..., revision: _Optional[str] = ..., gzip: _Optional[bytes] = ...) -> None: ...

class FlagEntry(_message.Message):
    __slots__ = ("key", "json", "deployments")
    KEY_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    DEPLOYMENTS_FIELD_NUMBER: _ClassVar[int]
    key: str
    json: bytes
    deployments: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, key: _Optional[str] = ..., json: _Optional[bytes] = ..., deployments: _Optional[_Iterable[str]] = ...) -> None: ...

class CohortEntry(_message.Message):
    __slots__ = ("id", "unit", "members", "hashed_members")
    ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    HASHED_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    id: str
    unit: str
    members: _containers.RepeatedScalarFieldContainer[str]
    hashed_members: HashedMembers
    def __init__(self, id: _Optional[str] = ..., unit: _Optional[str] = ..., members: _Optional[_Iterable[str]] = ..., hashed_members: _Optional[_Union[HashedMembers, _Mapping]] = ...) -> None: ...

class HashedMembers(_message.Message):
    __slots__ = ("as_of", "change", "added", "removed")
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    ADDED_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    as_of: int
    change: bool
    added: bytes
    removed: bytes
    def __init__(self, as_of: _Optional[int] = ..., change: bool = ..., added: _Optional[bytes] = ..., removed: _Optional[bytes] = ...) -> None: ...

class DeploymentEntry(_message.Message):
    __slots__ = ("name", "type", "key_hashes")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    KEY_HASHES_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    key_hashes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., key_hashes: _Optional[_Iterable[str]] = ...) -> None: ...

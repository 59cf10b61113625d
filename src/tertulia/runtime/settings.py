"""What an operator may choose, with what holds unless they do."""

from collections.abc import Iterable
from errno import ENOENT
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tertulia.kernel.limits import Limits
from tertulia.kit.log import Format, Level
from tertulia.runtime.services import NAMES

CONFIG_NAME = "tertulia.toml"
DEFAULT_DATA = Path("tertulia-data")
LOCAL, SQLITE = "local", "sqlite"
_PORTS = {"http": 80, "https": 443}


def split_list(value: object) -> object:
    """`"a, b"` → `["a", "b"]`: flags and variables hold lists with commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def origin(text: str) -> str:
    """`scheme://host[:port]` as browsers write it; anything more is a `ValueError`."""
    parts = urlsplit(text.strip())
    host, port = parts.hostname, parts.port
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        raise PydanticCustomError("origin", "must be like https://chat.example.org")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise PydanticCustomError(
            "origin_path", "must have no path: the server has a host name to itself"
        )
    host = f"[{host}]" if ":" in host else host
    suffix = "" if port in {None, _PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def _known_services(names: Iterable[str]) -> tuple[str, ...]:
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        known = {"unknown": ", ".join(unknown), "known": ", ".join(NAMES)}
        raise PydanticCustomError("service", "there is no {unknown}; there are {known}", known)
    return tuple(name for name in NAMES if name in set(names))


def _network(text: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(text))
    except ValueError as error:
        raise PydanticCustomError(
            "network", "must be addresses or networks, like 10.0.0.0/8"
        ) from error


def _bus_url(text: str) -> str:
    """`local`, or the servers of one NATS cluster with commas."""
    servers = [] if text == LOCAL else text.split(",")
    for server in servers:
        parts = urlsplit(server.strip())
        if parts.scheme not in {"nats", "tls"} or not parts.hostname:
            raise PydanticCustomError(
                "bus", "must be local, or like nats://user:password@host:4222"
            )
    return text


def _database_url(text: str) -> str:
    if text == SQLITE or _is_postgresql(text):
        return text
    raise PydanticCustomError(
        "database", "must be sqlite, or like postgresql://owner:password@host/database"
    )


def _own_database_url(text: str) -> str:
    if _is_postgresql(text):
        return text
    raise PydanticCustomError(
        "own_database", "must be like postgresql://owner:password@host/database"
    )


def _is_postgresql(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"postgresql", "postgres"} and bool(parts.path.strip("/"))


_List = BeforeValidator(split_list)
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
OwnDatabase = Annotated[str, AfterValidator(_own_database_url)] | None
Origin = Annotated[str, AfterValidator(origin)]


class Settings(BaseSettings):
    """All settings. Arguments go before `TERTULIA_*` variables, and those before the TOML file."""

    model_config = SettingsConfigDict(
        env_prefix="TERTULIA_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )

    config: Path | None = Field(
        default=None, description=f"the TOML file; {CONFIG_NAME} in the data folder unless given"
    )
    data: Path = Field(default=DEFAULT_DATA, description="the folder that holds everything")
    host: str = Field(default="127.0.0.1", description="the address to listen on")
    port: int = Field(
        default=8000, ge=0, le=65535, description="the port to listen on; 0 takes a free one"
    )
    services: Annotated[
        tuple[str, ...], NoDecode, _List, AfterValidator(_known_services), Field(min_length=1)
    ] = Field(default=NAMES, description="the services that run in this process")
    base_url: Origin | None = Field(
        default=None, description="where people reach the server, when it is behind a proxy"
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, _List] = Field(
        default=(), description="addresses whose forwarded headers count"
    )
    allowed_origins: Annotated[tuple[Origin, ...], NoDecode, _List] = Field(
        default=(), description="other sites whose pages may use this server, with a token"
    )
    registration: Literal["open", "invite", "closed"] = Field(
        default="invite", description="who may make an account"
    )
    guests: Literal["local", "on", "off"] = Field(
        default="local", description="who may talk in the plaza without an account"
    )
    setup_code: SecretStr | None = Field(
        default=None, description="what set-up from another machine asks for; random unless given"
    )
    stop_seconds: float = Field(
        default=10, gt=0, le=600, description="seconds within which a stop is done"
    )
    rate_limits: bool = Field(default=True, description="off is for benchmarks")
    log_level: Level = Field(default="info", description="from which level on events are logged")
    log_format: Format = Field(
        default="auto", description="auto is console on a terminal and json elsewhere"
    )
    uvloop: Literal["auto", "on", "off"] = Field(
        default="auto", description="the faster event loop; auto takes it where it is installed"
    )
    bus: Annotated[str, AfterValidator(_bus_url)] = Field(
        default=LOCAL, repr=False, description="local, or nats://… between several processes"
    )
    bus_ca: Path | None = Field(
        default=None,
        description="the authority that the bus's certificate has to be of; turns TLS on",
    )
    bus_cert: Path | None = Field(
        default=None, description="this process's certificate, where the bus asks for one"
    )
    bus_key: Path | None = Field(default=None, description="the key of that certificate")
    bus_creds: Path | None = Field(
        default=None, description="a file with a NATS user's credentials, instead of a password"
    )
    database: Annotated[str, AfterValidator(_database_url)] = Field(
        default=SQLITE, repr=False, description="sqlite, or postgresql://… for several processes"
    )
    database_accounts: OwnDatabase = Field(
        default=None, repr=False, description="another database for the tables of accounts"
    )
    database_conversations: OwnDatabase = Field(
        default=None, repr=False, description="another database for those of conversations"
    )
    database_personal: OwnDatabase = Field(
        default=None, repr=False, description="another database for those of personal"
    )
    reuse_port: bool = Field(
        default=False, description="let other processes of this machine listen on the port too"
    )
    health_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="a port of loopback for the health of this process alone",
    )
    bus_recode: bool = Field(
        default=False, description="encode and decode every message; a check for developers"
    )
    tracing_endpoint: str | None = Field(
        default=None,
        description="where traces go, by OTLP over HTTP, like http://127.0.0.1:4318/v1/traces",
    )
    limits: Limits = Field(default_factory=Limits, description="see the limits one by one")

    @property
    def is_shared(self) -> bool:
        """Whether other processes take part: by the bus that all of them speak on."""
        return self.bus != LOCAL

    def database_of(self, service: str) -> str:
        """Where the tables of a service are: its own database, or that of all."""
        return getattr(self, f"database_{service}", None) or self.database

    @field_validator("registration", "guests", "uvloop", mode="before")
    @classmethod
    def _spelled_as_toml_does(cls, value: object) -> object:
        return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then the file that these two lead to."""
        path = config_file({**env_settings(), **init_settings()})
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, path)


def config_file(given: dict[str, Any]) -> Path | None:
    """The TOML file to read: the one that is given, or the data folder's where there is one."""
    if given.get("config"):
        path = Path(given["config"])
        if not path.is_file():
            raise FileNotFoundError(ENOENT, "there is no such file", str(path))
        return path
    path = Path(given.get("data") or DEFAULT_DATA) / CONFIG_NAME
    return path if path.is_file() else None

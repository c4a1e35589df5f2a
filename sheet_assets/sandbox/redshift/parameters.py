"""SET, SHOW and RESET: the settings of a session that Redshift has.

https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.statement import Reader

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.statement import Statement

# PostgreSQL keeps a name with a dot in it for whoever sets it.
_PREFIX = "redshift"
REDSHIFTS_OWN = {
    "analyze_threshold_percent": "10",
    "auto_mv": "true",
    "cast_super_null_on_error": "true",
    "datashare_break_glass_session_var": "",
    "default_geometry_encoding": "1",
    "describe_field_name_in_uppercase": "off",
    "downcase_delimited_identifier": "on",
    "enable_case_sensitive_identifier": "off",
    "enable_case_sensitive_super_attribute": "off",
    "enable_numeric_rounding": "on",
    "enable_result_cache_for_session": "on",
    "enable_vacuum_boost": "off",
    "error_on_nondeterministic_update": "off",
    "json_parse_dedup_attributes": "off",
    "json_parse_truncate_strings": "off",
    "json_serialization_enable": "off",
    "json_serialization_parse_nested_strings": "off",
    "max_concurrency_scaling_clusters": "1",
    "max_cursor_result_set_size": "0",
    "mv_enable_aqmv_for_session": "on",
    "navigate_super_null_on_error": "on",
    "parse_super_null_on_error": "off",
    "query_cpu_time": "-1",
    "query_group": "unset",
    "spectrum_enable_pseudo_columns": "on",
    "spectrum_query_maxerror": "-1",
    "stored_proc_log_min_messages": "log",
    "wlm_query_slot_count": "1",
}
# What PostgreSQL has under the same name, for the sessions of Redshift's clients.
_POSTGRESQLS = {
    "application_name",
    "client_encoding",
    "client_min_messages",
    "datestyle",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "extra_float_digits",
    "idle_in_transaction_session_timeout",
    "intervalstyle",
    "search_path",
    "seed",
    "standard_conforming_strings",
    "statement_timeout",
    "timezone",
    "transaction_isolation",
    "transaction_read_only",
}
_ISOLATION = {"default_transaction_isolation", "transaction_isolation"}


def set_parameter(statement: Statement) -> None:
    """Rewrite a SET.

    Raises:
        RefusedError: there is no such setting.
    """
    reader = Reader(statement.tokens, 1)
    if not reader.accept("session") or reader.accept("characteristics", "as"):
        reader.accept("local")
    if reader.accept("transaction"):
        _without_isolation(statement, reader)
        return
    if reader.accept("time", "zone") or any(map(reader.accept, ("authorization", "names", "seed"))):
        return
    position = reader.position
    name = reader.name()
    if reader.following is not None and reader.following.is_symbol("."):
        return  # anybody's own, as current_setting reads it
    if not reader.accept("to") and not reader.accept_symbol("="):
        raise syntax_error(reader.following)
    _set(statement, reader, name, position)


def _set(statement: Statement, reader: Reader, name: Token, position: int) -> None:
    if name.value in _ISOLATION:
        # https://docs.aws.amazon.com/redshift/latest/dg/r_BEGIN.html: the database has its level.
        statement.run(f"SET {_PREFIX}.isolation TO ''", "SET")
    elif name.value in REDSHIFTS_OWN:
        if name.value == "enable_case_sensitive_identifier":
            statement.case_sensitive = reader.next().value.lower() in {"on", "true", "1", "yes"}
        statement.tokens[position : position + 1] = name.spelled(f"{_PREFIX}.{name.value}")
    elif name.value not in _POSTGRESQLS:
        raise _unrecognized(name.value)


def reset_parameter(statement: Statement) -> None:
    """Rewrite a RESET.

    Raises:
        RefusedError: there is no such setting.
    """
    reader = Reader(statement.tokens, 1)
    if reader.accept("all"):
        statement.case_sensitive = False
        return
    if reader.accept("session", "authorization"):
        return
    name = reader.name()
    reader.end()
    if name.value in REDSHIFTS_OWN:
        statement.tokens[1:2] = name.spelled(f"{_PREFIX}.{name.value}")
        if name.value == "enable_case_sensitive_identifier":
            statement.case_sensitive = False
    elif name.value not in _POSTGRESQLS:
        raise _unrecognized(name.value)


def show_parameter(statement: Statement) -> None:
    """Rewrite a SHOW of a setting that PostgreSQL has not.

    Raises:
        RefusedError: it is a SHOW of something else.
    """
    reader = Reader(statement.tokens, 1)
    first = reader.name()
    if reader.following is not None or first.is_word("all", "databases", "schemas", "tables"):
        if first.value == "time" or (reader.following and reader.following.is_symbol(".")):
            return
        if not first.is_word("transaction"):
            raise RefusedError.unimplemented(f"SHOW {first.text.upper()}")
        return
    name = first.value
    if name == "server_version":
        statement.run("SELECT '8.0.2' AS server_version", "SHOW")
    elif name in REDSHIFTS_OWN:
        statement.run(
            f"SELECT pg_internal.setting('{name}', '{REDSHIFTS_OWN[name]}') AS {name}", "SHOW"
        )


def without_isolation(statement: Statement) -> None:
    """BEGIN and START TRANSACTION, whose level Redshift takes and does not heed.

    https://docs.aws.amazon.com/redshift/latest/dg/r_BEGIN.html
    """
    _without_isolation(statement, Reader(statement.tokens, 1))


def _without_isolation(statement: Statement, reader: Reader) -> None:
    kept = list(reader.tokens[: reader.position])
    while reader.following is not None:
        if reader.accept("isolation", "level"):
            if not reader.accept("serializable") and not reader.accept("snapshot"):
                reader.next()
                reader.next()
            reader.accept_symbol(",")
        else:
            kept.append(reader.next())
    while kept[-1].is_symbol(","):
        kept.pop()
    if kept[-1].is_word("transaction") and kept[0].is_word("set"):
        kept += kept[-1].spelled("READ WRITE")
    statement.tokens = kept


def _unrecognized(name: str) -> RefusedError:
    return RefusedError(f'unrecognized configuration parameter "{name}"', sqlstate="42704")

-- What Redshift has and PostgreSQL has not. All of it stands in pg_catalog, which is always
-- searched, so that a client's own search_path changes nothing.
SET allow_system_table_mods = on;

-- Redshift's is the start of the statement in the session's time zone, in whole seconds.
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp
LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.date_trunc('second', pg_catalog.statement_timestamp()::timestamp)
$$;

-- Redshift's does not count the blanks at the end of a CHAR; neither does length(character).
CREATE FUNCTION pg_catalog.len(character) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.length($1);

CREATE FUNCTION pg_catalog.len(text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.length($1);

CREATE FUNCTION pg_catalog.nvl(anycompatible, anycompatible) RETURNS anycompatible
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT coalesce($1, $2)';

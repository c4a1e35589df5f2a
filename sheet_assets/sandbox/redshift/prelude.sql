-- What Redshift has and PostgreSQL has not. All of it stands in pg_catalog, which is always
-- searched, so that a client's own search_path changes nothing.
SET allow_system_table_mods = on;

CREATE SEQUENCE pg_catalog.sandbox_query_id START 1001;

CREATE TABLE pg_catalog.sys_load_error_detail (
  user_id integer,
  query_id bigint,
  transaction_id bigint,
  session_id integer,
  database_name character(64),
  table_id integer,
  start_time timestamp,
  file_name character(256),
  line_number bigint,
  column_name character(127),
  column_type character(10),
  column_length character(10),
  position integer,
  error_code integer,
  error_message character(512)
);
GRANT SELECT ON pg_catalog.sys_load_error_detail TO PUBLIC;

-- The columns that a COPY is about to fill, in its order: all of the table when it names none.
-- The count is kept from statistics that PostgreSQL holds within the session until the
-- transaction ends: what a COPY loads is the difference between before and after it.
CREATE FUNCTION pg_catalog.sandbox_begin_copy(relation text, columns text[])
RETURNS TABLE (
  query_id bigint, transaction_id bigint, table_id oid, name text, type text, size integer)
LANGUAGE plpgsql AS $$
DECLARE
  target CONSTANT regclass := relation::regclass;
  query CONSTANT bigint := pg_catalog.nextval('pg_catalog.sandbox_query_id');
BEGIN
  PERFORM pg_catalog.set_config('sandbox.copy_query_id', query::text, false),
          pg_catalog.set_config('sandbox.copy_table', target::oid::text, false),
          pg_catalog.set_config(
            'sandbox.copy_loaded_before',
            pg_catalog.pg_stat_get_xact_tuples_inserted(target)::text, false);
  RETURN QUERY
    SELECT query, pg_catalog.pg_current_xact_id()::text::bigint, target::oid, a.attname::text,
           t.typname::text,
           CASE WHEN a.atttypmod < 4 THEN NULL
                WHEN t.typname IN ('varchar', 'bpchar') THEN a.atttypmod - 4
                WHEN t.typname = 'numeric' THEN (a.atttypmod - 4) & 1023
           END
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped
      AND CASE WHEN pg_catalog.cardinality(columns) > 0 THEN a.attname = ANY (columns)
               ELSE a.attgenerated = '' END
    ORDER BY pg_catalog.array_position(columns, a.attname::text), a.attnum;
END $$;

CREATE FUNCTION pg_catalog.sandbox_end_copy() RETURNS void
LANGUAGE sql AS $$
  SELECT pg_catalog.set_config(
           'sandbox.last_copy_count',
           (pg_catalog.pg_stat_get_xact_tuples_inserted(
              pg_catalog.current_setting('sandbox.copy_table')::oid)
            - pg_catalog.current_setting('sandbox.copy_loaded_before')::bigint)::text,
           false),
         pg_catalog.set_config(
           'sandbox.last_copy_id', pg_catalog.current_setting('sandbox.copy_query_id'), false);
$$;

CREATE FUNCTION pg_catalog.pg_last_copy_count() RETURNS bigint
LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(
    nullif(pg_catalog.current_setting('sandbox.last_copy_count', true), '')::bigint, 0)
$$;

CREATE FUNCTION pg_catalog.pg_last_copy_id() RETURNS bigint
LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(
    nullif(pg_catalog.current_setting('sandbox.last_copy_id', true), '')::bigint, -1)
$$;

-- What COPY leaves behind: the count of its rows, and the system tables that tell of loads.
SET allow_system_table_mods = on;

CREATE SEQUENCE pg_catalog.sandbox_query_id START 1001;
-- Whoever may COPY counts.
GRANT USAGE ON SEQUENCE pg_catalog.sandbox_query_id TO PUBLIC;

CREATE TABLE pg_catalog.sandbox_loads (
  user_id integer, query_id bigint PRIMARY KEY, transaction_id bigint, session_id integer,
  database_name text, status text, table_name text, start_time timestamp, end_time timestamp,
  data_source text, file_format text, loaded_rows bigint, table_id integer
);
CREATE TABLE pg_catalog.sandbox_load_files (
  query_id bigint, file_name text, bytes bigint, lines bigint, errors bigint
);
CREATE TABLE pg_catalog.sandbox_load_errors (
  query_id bigint, file_name text, line_number bigint, column_name text, column_type text,
  column_length text, "position" integer, raw_line text, raw_field text, error_code integer,
  error_message text
);
-- A superuser sees all rows, others their own.
CREATE VIEW pg_catalog.sandbox_visible_loads AS
  SELECT * FROM pg_catalog.sandbox_loads
  WHERE user_id = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)::bigint
     OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_ERROR_DETAIL.html
CREATE VIEW pg_catalog.sys_load_error_detail AS
  SELECT user_id, query_id, transaction_id, session_id, database_name::character(64), table_id,
         start_time, left(file_name, 256)::character(256) AS file_name, line_number,
         column_name::character(127), left(column_type, 10)::character(10) AS column_type,
         left(column_length, 10)::character(10) AS column_length, "position", error_code,
         error_message::character(512)
  FROM pg_catalog.sandbox_load_errors JOIN pg_catalog.sandbox_visible_loads USING (query_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html
CREATE VIEW pg_catalog.stl_load_errors AS
  SELECT user_id AS userid, 0 AS slice, table_id AS tbl, start_time AS starttime,
         session_id AS session, query_id::integer AS query,
         left(file_name, 256)::character(256) AS filename, line_number,
         column_name::character(127) AS colname, left(column_type, 10)::character(10) AS type,
         left(column_length, 10)::character(10) AS col_length, "position",
         raw_line::character(1024), raw_field::character(1024) AS raw_field_value,
         error_code AS err_code, left(error_message, 100)::character(100) AS err_reason,
         0 AS is_partial, 0::bigint AS start_offset, 0::bigint AS copy_job_id
  FROM pg_catalog.sandbox_load_errors JOIN pg_catalog.sandbox_visible_loads USING (query_id);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_COMMITS.html
CREATE VIEW pg_catalog.stl_load_commits AS
  SELECT user_id AS userid, query_id::integer AS query, 0 AS slice,
         left(file_name, 256)::character(256) AS name,
         left(file_name, 256)::character(256) AS filename, bytes::integer AS byte_offset,
         lines::integer AS lines_scanned, errors::integer AS errors, end_time AS curtime,
         1 AS status, file_format::character(16), 0 AS is_partial, 0::bigint AS start_offset,
         0::bigint AS copy_job_id
  FROM pg_catalog.sandbox_load_files JOIN pg_catalog.sandbox_visible_loads USING (query_id)
  WHERE status = 'completed';

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_HISTORY.html
CREATE VIEW pg_catalog.sys_load_history AS
  SELECT user_id, query_id, transaction_id, session_id, database_name, status, table_name,
         start_time, end_time,
         (extract(epoch FROM end_time - start_time) * 1000000)::bigint AS duration, data_source,
         file_format, loaded_rows, bytes AS loaded_bytes, files AS source_file_count,
         bytes AS source_file_bytes, files AS file_count_scanned, bytes AS file_bytes_scanned,
         errors AS error_count, 0::bigint AS copy_job_id
  FROM pg_catalog.sandbox_visible_loads,
    LATERAL (SELECT count(*)::integer AS files, coalesce(sum(bytes), 0)::bigint AS bytes,
                    coalesce(sum(errors), 0)::bigint AS errors
             FROM pg_catalog.sandbox_load_files file
             WHERE file.query_id = sandbox_visible_loads.query_id) AS read;

GRANT SELECT ON pg_catalog.sys_load_error_detail, pg_catalog.stl_load_errors,
  pg_catalog.stl_load_commits, pg_catalog.sys_load_history TO PUBLIC;

-- The columns that a COPY is about to fill, in its order: all of the table when it names none.
-- The count is kept from statistics that PostgreSQL holds within the session until the
-- transaction ends: what a COPY loads is the difference between before and after it.
CREATE FUNCTION pg_catalog.sandbox_begin_copy(relation text, columns text[])
RETURNS TABLE (
  query_id bigint, transaction_id bigint, table_id oid, name text, type text, size integer,
  scale integer, required boolean, identity text)
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
           coalesce(base.typname, t.typname)::text,
           CASE WHEN a.atttypmod < 4 THEN NULL
                WHEN t.typname IN ('varchar', 'bpchar') THEN a.atttypmod - 4
                WHEN t.typname = 'numeric' THEN (a.atttypmod - 4) >> 16 & 65535
           END,
           CASE WHEN t.typname = 'numeric' AND a.atttypmod >= 4 THEN (a.atttypmod - 4) & 2047 END,
           a.attnotnull, a.attidentity::text
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type base ON base.oid = t.typbasetype AND t.typtype = 'd'
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

-- What an UNLOAD waits in until its files are written; nothing is ever inserted.
CREATE TABLE pg_catalog.sandbox_unloaded ();
GRANT INSERT ON pg_catalog.sandbox_unloaded TO PUBLIC;

-- The system tables and views that Redshift has and loading tools read.
-- https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_system-tables.html
SET allow_system_table_mods = on;

CREATE FUNCTION pg_catalog.format_encoding(integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (ARRAY['none', 'az64', 'bytedict', 'delta', 'delta32k', 'lzo', 'mostly8', 'mostly16',
              'mostly32', 'runlength', 'text255', 'text32k', 'zstd'])[$1 + 1];

-- What a column is encoded with if nobody says: sort keys and what does not compress are not.
-- https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html
CREATE FUNCTION pg_internal.default_encoding(type oid, is_sortkey boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN is_sortkey OR type IN ('boolean'::regtype, 'real'::regtype, 'float8'::regtype) THEN 'none'
  WHEN type IN ('varchar'::regtype, 'character'::regtype, 'text'::regtype) THEN 'lzo'
  ELSE 'az64' END;

CREATE VIEW pg_internal.pg_attribute AS
SELECT a.attrelid, a.attname, a.atttypid, a.attlen, a.attnum, a.atttypmod, a.attndims, a.attbyval,
       a.attalign, a.attstorage, a.attnotnull, a.atthasdef, a.attisdropped, a.attislocal,
       a.attinhcount, a.attacl, a.attidentity,
       coalesce(k.is_distkey, false) AS attisdistkey, coalesce(k.sortkey, 0) AS attsortkeyord,
       pg_catalog.array_position(
         ARRAY['none', 'az64', 'bytedict', 'delta', 'delta32k', 'lzo', 'mostly8', 'mostly16',
               'mostly32', 'runlength', 'text255', 'text32k', 'zstd'],
         coalesce(k.encoding,
                  pg_internal.default_encoding(a.atttypid, coalesce(k.sortkey, 0) <> 0))) - 1
         AS attencodingtype
FROM pg_catalog.pg_attribute a
LEFT JOIN pg_internal.column_attributes k ON k.relation = a.attrelid AND k.attribute = a.attnum;

CREATE VIEW pg_internal.pg_class AS
SELECT c.*, CASE t.diststyle WHEN 'even' THEN 0 WHEN 'key' THEN 1 WHEN 'all' THEN 8
                             WHEN 'auto' THEN 10 ELSE 0 END AS reldiststyle
FROM pg_catalog.pg_class c LEFT JOIN pg_internal.table_attributes t ON t.relation = c.oid;

CREATE VIEW pg_internal.pg_attrdef AS
SELECT d.*, pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS adsrc FROM pg_catalog.pg_attrdef d;

CREATE VIEW pg_internal.pg_constraint AS
SELECT c.*, pg_catalog.pg_get_expr(c.conbin, c.conrelid) AS consrc FROM pg_catalog.pg_constraint c;

CREATE VIEW pg_internal.user_tables AS
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relacl,
       CASE c.relkind WHEN 'r' THEN CASE c.relpersistence WHEN 't' THEN 'LOCAL TEMPORARY' ELSE 'BASE TABLE' END
                      ELSE 'VIEW' END AS table_type,
       pg_catalog.obj_description(c.oid, 'pg_class') AS remarks
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT IN ('pg_internal', 'pg_toast');

CREATE VIEW pg_catalog.pg_table_def AS
SELECT n.nspname AS schemaname, c.relname AS tablename, a.attname AS "column",
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
       pg_catalog.format_encoding(a.attencodingtype) AS encoding, a.attisdistkey AS distkey,
       a.attsortkeyord AS sortkey, a.attnotnull AS notnull
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_internal.pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname = ANY (pg_catalog.current_schemas(true));

CREATE FUNCTION pg_internal.row_count(relation oid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
  found bigint;
BEGIN
  EXECUTE pg_catalog.format('SELECT count(*) FROM %s', relation::regclass) INTO found;
  RETURN found;
END $$;

CREATE VIEW pg_catalog.svv_table_info AS
SELECT pg_catalog.current_database()::text AS database, u.nspname::text AS schema,
       u.oid AS table_id, u.relname::text AS "table",
       CASE WHEN NOT own.is_automatic THEN 'Y' ELSE 'Y, AUTO(ENCODE)' END AS encoded,
       CASE coalesce(t.diststyle, 'auto') WHEN 'auto' THEN 'AUTO(ALL)'
            WHEN 'key' THEN 'KEY(' || own.distkey || ')' ELSE pg_catalog.upper(t.diststyle) END
         AS diststyle,
       CASE WHEN t.interleaved THEN 'INTERLEAVED' ELSE own.sortkey1 END AS sortkey1,
       own.max_varchar, own.sortkey1_enc, own.sortkey_num,
       pg_catalog.pg_relation_size(u.oid) / 1048576 + 1 AS size, 0::numeric(10, 4) AS pct_used,
       0::bigint AS empty, 0::numeric(5, 2) AS unsorted, 0::numeric(5, 2) AS stats_off,
       counted.tbl_rows, NULL::numeric(19, 2) AS skew_sortkey1, 1::numeric(19, 2) AS skew_rows,
       counted.tbl_rows AS estimated_visible_rows, NULL::text AS risk_event,
       NULL::numeric(12, 2) AS vacuum_sort_benefit, t.created AS create_time
FROM pg_internal.user_tables u
LEFT JOIN pg_internal.table_attributes t ON t.relation = u.oid
CROSS JOIN LATERAL (SELECT pg_internal.row_count(u.oid)::numeric(38, 0) AS tbl_rows) counted
CROSS JOIN LATERAL (
  SELECT pg_catalog.min(a.attname::text) FILTER (WHERE a.attisdistkey) AS distkey,
         pg_catalog.min(a.attname::text) FILTER (WHERE pg_catalog.abs(a.attsortkeyord) = 1) AS sortkey1,
         pg_catalog.min(pg_catalog.format_encoding(a.attencodingtype))
           FILTER (WHERE pg_catalog.abs(a.attsortkeyord) = 1) AS sortkey1_enc,
         pg_catalog.count(*) FILTER (WHERE a.attsortkeyord <> 0)::integer AS sortkey_num,
         coalesce(pg_catalog.max(a.atttypmod - 4) FILTER (WHERE a.atttypid = 'varchar'::regtype), 0)
           AS max_varchar,
         NOT pg_catalog.bool_or(k.encoding IS NOT NULL) AS is_automatic
  FROM pg_internal.pg_attribute a
  LEFT JOIN pg_internal.column_attributes k ON k.relation = a.attrelid AND k.attribute = a.attnum
  WHERE a.attrelid = u.oid AND a.attnum > 0 AND NOT a.attisdropped) own
WHERE u.relkind = 'r' AND u.nspname NOT IN ('pg_catalog', 'information_schema')
  AND counted.tbl_rows > 0;

CREATE VIEW pg_catalog.svv_tables AS
SELECT pg_catalog.current_database()::text AS table_catalog, nspname::text AS table_schema,
       relname::text AS table_name, table_type, remarks
FROM pg_internal.user_tables;

CREATE VIEW pg_catalog.svv_columns AS
SELECT c.table_catalog::text, c.table_schema::text, c.table_name::text, c.column_name::text,
       c.ordinal_position::integer, c.column_default::text, c.is_nullable::text, c.data_type::text,
       c.character_maximum_length::integer, c.numeric_precision::integer,
       c.numeric_precision_radix::integer, c.numeric_scale::integer,
       c.datetime_precision::integer, c.interval_type::text, c.interval_precision::text,
       c.character_set_catalog::text, c.character_set_schema::text, c.character_set_name::text,
       c.collation_catalog::text, c.collation_schema::text, c.collation_name::text,
       c.domain_name::text,
       pg_catalog.col_description(u.oid, c.ordinal_position::integer) AS remarks
FROM information_schema.columns c
JOIN pg_internal.user_tables u ON u.nspname = c.table_schema AND u.relname = c.table_name;

CREATE VIEW pg_catalog.svv_redshift_columns AS
SELECT pg_catalog.current_database()::text AS database_name, u.nspname::text AS schema_name,
       u.relname::text AS table_name, a.attname::text AS column_name,
       a.attnum::integer AS ordinal_position,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS data_type,
       d.adsrc AS column_default, CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable,
       pg_catalog.format_encoding(a.attencodingtype) AS encoding, a.attisdistkey AS distkey,
       a.attsortkeyord AS sortkey, a.attacl::text AS column_acl,
       pg_catalog.col_description(u.oid, a.attnum) AS remarks
FROM pg_internal.user_tables u
JOIN pg_internal.pg_attribute a ON a.attrelid = u.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_internal.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE u.nspname NOT IN ('pg_catalog', 'information_schema');

CREATE VIEW pg_catalog.svv_all_columns AS
SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, column_name,
       ordinal_position, column_default, is_nullable, data_type, character_maximum_length,
       numeric_precision, numeric_scale, remarks
FROM pg_catalog.svv_columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema');

CREATE VIEW pg_catalog.svv_redshift_tables AS
SELECT pg_catalog.current_database()::text AS database_name, nspname::text AS schema_name,
       relname::text AS table_name, CASE relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END AS table_type,
       relacl::text AS table_acl, remarks
FROM pg_internal.user_tables WHERE nspname NOT IN ('pg_catalog', 'information_schema');
CREATE VIEW pg_catalog.svv_all_tables AS SELECT * FROM pg_catalog.svv_redshift_tables;

CREATE VIEW pg_catalog.svv_redshift_schemas AS
SELECT pg_catalog.current_database()::text AS database_name, nspname::text AS schema_name,
       nspowner::integer AS schema_owner, 'local'::text AS schema_type, nspacl::text AS schema_acl,
       NULL::text AS schema_option
FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_(toast|temp)';
CREATE VIEW pg_catalog.svv_all_schemas AS
SELECT database_name, schema_name, schema_owner, schema_type, schema_acl,
       NULL::text AS source_database, schema_option
FROM pg_catalog.svv_redshift_schemas;

CREATE VIEW pg_catalog.svv_redshift_databases AS
SELECT datname::text AS database_name, datdba::integer AS database_owner,
       'local'::text AS database_type, datacl::text AS database_acl,
       NULL::text AS database_options,
       CASE pg_catalog.current_setting('default_transaction_isolation')
         WHEN 'serializable' THEN 'Serializable' ELSE 'Snapshot Isolation' END
         AS database_isolation_level
FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database();

-- There are no external schemas.
CREATE VIEW pg_catalog.svv_external_schemas AS
SELECT 0::oid AS esoid, 0 AS eskind, ''::name AS schemaname, 0 AS esowner, ''::text AS databasename,
       ''::text AS esoptions WHERE false;
CREATE VIEW pg_catalog.svv_external_tables AS
SELECT ''::name AS schemaname, ''::name AS tablename, ''::text AS location, ''::text AS input_format,
       ''::text AS output_format, ''::text AS serialization_lib, ''::text AS serde_parameters,
       0 AS compressed, ''::text AS parameters, ''::text AS tabletype WHERE false;
CREATE VIEW pg_catalog.svv_external_columns AS
SELECT ''::name AS schemaname, ''::name AS tablename, ''::name AS columnname,
       ''::text AS external_type, 0 AS columnnum, 0 AS part_key, ''::text AS is_nullable WHERE false;

CREATE VIEW pg_catalog.svv_transactions AS
SELECT s.usename::text AS txn_owner, s.datname::text AS txn_db, s.backend_xid::text::bigint AS xid,
       s.pid, s.xact_start AT TIME ZONE 'UTC' AS txn_start, l.mode AS lock_mode,
       l.locktype AS lockable_object_type, l.relation, l.granted
FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity s ON s.pid = l.pid
WHERE s.xact_start IS NOT NULL AND l.locktype IN ('relation', 'transactionid');

CREATE VIEW pg_catalog.stv_sessions AS
SELECT backend_start AT TIME ZONE 'UTC' AS starttime, pid AS process, usename::text AS user_name,
       datname::text AS db_name, 0 AS timeout_sec
FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend';

CREATE VIEW pg_catalog.stv_recents AS
SELECT usesysid::integer AS userid,
       CASE state WHEN 'active' THEN 'Running' ELSE 'Done' END AS status,
       query_start AT TIME ZONE 'UTC' AS starttime,
       (extract(epoch FROM pg_catalog.clock_timestamp() - query_start) * 1000000)::integer AS duration,
       usename::text AS user_name, datname::text AS db_name, query, pid
FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend';

CREATE VIEW pg_catalog.stv_locks AS
SELECT relation::integer AS table_id, pg_catalog.now() AT TIME ZONE 'UTC' AS last_update,
       transactionid::text::bigint AS lock_owner, pid AS lock_owner_pid, mode AS lock_status
FROM pg_catalog.pg_locks WHERE locktype = 'relation';

CREATE VIEW pg_catalog.stv_slices AS
SELECT 0 AS node, slice, slice AS localslice, 'D'::text AS type FROM pg_catalog.generate_series(0, 1) slice;

CREATE VIEW pg_catalog.pg_user_info AS
SELECT usename, usesysid, usecreatedb, usesuper, usesuper AS usecatupd, passwd, valuntil, useconfig,
       'UNLIMITED'::text AS useconnlimit
FROM pg_catalog.pg_user;

CREATE VIEW pg_catalog.svv_user_info AS
SELECT usename::text AS user_name, usesysid::integer AS user_id, usecreatedb AS createdb,
       usesuper AS superuser, usesuper AS catalog_update, 'UNLIMITED'::text AS connection_limit
FROM pg_catalog.pg_user;

CREATE VIEW pg_catalog.svv_roles AS
SELECT oid::integer AS role_id, rolname::text AS role_name, 'awsuser'::text AS role_owner,
       NULL::text AS external_id
FROM pg_catalog.pg_roles WHERE NOT rolcanlogin AND rolname !~ '^pg_';

CREATE VIEW pg_catalog.svv_relation_privileges AS
SELECT u.nspname::text AS namespace_name, u.relname::text AS relation_name,
       a.privilege_type, a.grantee::integer AS identity_id,
       coalesce(r.rolname, 'public')::text AS identity_name,
       CASE WHEN r.rolname IS NULL THEN 'public' WHEN r.rolcanlogin THEN 'user' ELSE 'role' END
         AS identity_type, a.is_grantable AS admin_option
FROM pg_internal.user_tables u
CROSS JOIN LATERAL pg_catalog.aclexplode(u.relacl) a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee;

DO $$
DECLARE
  view record;
BEGIN
  FOR view IN SELECT c.oid::regclass AS name FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind = 'v' AND (n.nspname = 'pg_internal' OR c.relname ~ '^(svv|stv|pg_table_def|pg_user_info)')
  LOOP
    EXECUTE 'GRANT SELECT ON ' || view.name || ' TO PUBLIC';
  END LOOP;
END $$;

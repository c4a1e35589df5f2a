-- Functions that Redshift has and PostgreSQL has not, or that answer otherwise.
-- https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
SET allow_system_table_mods = on;
SET check_function_bodies = off;

CREATE SCHEMA pg_internal;
GRANT USAGE ON SCHEMA pg_internal TO PUBLIC;

-- The length of a VARCHAR and of a CHAR counts bytes. PostgreSQL calls these two whenever a value
-- gets a declared length: in INSERT, UPDATE, CAST, DEFAULT and CREATE TABLE AS. Not for COPY.
CREATE FUNCTION pg_internal.first_bytes(value text, size integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  cut text := pg_catalog.left(value, size);
BEGIN
  WHILE pg_catalog.octet_length(cut) > size LOOP
    cut := pg_catalog.left(cut, -1);
  END LOOP;
  RETURN cut;
END $$;

CREATE FUNCTION pg_internal.fit(value text, size integer, is_explicit boolean, type text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  cut CONSTANT text := pg_internal.first_bytes(value, size);
BEGIN
  IF is_explicit OR pg_catalog.rtrim(pg_catalog.substr(value, pg_catalog.length(cut) + 1), ' ') = '' THEN
    RETURN cut;
  END IF;
  RAISE EXCEPTION 'value too long for type %(%)', type, size USING ERRCODE = '22001';
END $$;

CREATE FUNCTION pg_internal.varchar(varchar, integer, boolean) RETURNS varchar
LANGUAGE sql IMMUTABLE PARALLEL SAFE SUPPORT pg_catalog.varchar_support AS $$
  SELECT CASE WHEN pg_catalog.octet_length($1) > $2 - 4
              THEN pg_internal.fit($1, $2 - 4, $3, 'character varying')::varchar ELSE $1 END
$$;
UPDATE pg_catalog.pg_cast SET castfunc = 'pg_internal.varchar(varchar, integer, boolean)'::regprocedure
WHERE castsource = 'varchar'::regtype AND casttarget = 'varchar'::regtype;

CREATE FUNCTION pg_internal.bpchar(character, integer, boolean) RETURNS character
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'bpchar';

CREATE FUNCTION pg_internal.char(character, integer, boolean) RETURNS character
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT pg_internal.bpchar(
    CASE WHEN pg_catalog.octet_length($1) > $2 - 4
         THEN pg_internal.fit($1::text, $2 - 4, $3, 'character')::character ELSE $1 END, $2, $3)
$$;
UPDATE pg_catalog.pg_cast SET castfunc = 'pg_internal.char(character, integer, boolean)'::regprocedure
WHERE castsource = 'character'::regtype AND casttarget = 'character'::regtype;

-- The start of the statement in the session's time zone, in whole seconds; SYSDATE is that of
-- the transaction, with all digits.
CREATE FUNCTION pg_catalog.getdate() RETURNS timestamp LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.date_trunc('second', pg_catalog.statement_timestamp()::timestamp)
$$;
CREATE FUNCTION pg_catalog.sysdate() RETURNS timestamp LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.now()::timestamp
$$;

-- Texts. LEN does not count the blanks at the end of a CHAR; neither does length(character).
CREATE FUNCTION pg_catalog.len(character) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.length($1);
CREATE FUNCTION pg_catalog.len(text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.length($1);
CREATE FUNCTION pg_catalog.charindex(text, text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.strpos($2, $1);
CREATE FUNCTION pg_catalog.replicate(text, integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.repeat($1, $2);
CREATE FUNCTION pg_catalog.strtol(text, integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  digits text := pg_catalog.lower(pg_catalog.btrim($1));
  is_negative CONSTANT boolean := digits LIKE '-%';
  number numeric := 0;
  digit integer;
BEGIN
  digits := pg_catalog.ltrim(digits, '+-');
  IF $2 = 16 AND digits LIKE '0x%' THEN
    digits := pg_catalog.substr(digits, 3);
  END IF;
  FOR place IN 1..pg_catalog.length(digits) LOOP
    digit := pg_catalog.strpos('0123456789abcdefghijklmnopqrstuvwxyz',
                               pg_catalog.substr(digits, place, 1)) - 1;
    IF digit < 0 OR digit >= $2 THEN
      RAISE EXCEPTION 'The input % is not valid to be converted to base %', $1, $2
        USING ERRCODE = '22P02';
    END IF;
    number := number * $2 + digit;
  END LOOP;
  RETURN CASE WHEN is_negative THEN -number ELSE number END;
END $$;
CREATE FUNCTION pg_catalog.sha2(text, integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN pg_catalog.encode(
    CASE WHEN $2 IN (0, 256) THEN pg_catalog.sha256(pg_catalog.convert_to($1, 'UTF8'))
         WHEN $2 = 224 THEN pg_catalog.sha224(pg_catalog.convert_to($1, 'UTF8'))
         WHEN $2 = 384 THEN pg_catalog.sha384(pg_catalog.convert_to($1, 'UTF8'))
         WHEN $2 = 512 THEN pg_catalog.sha512(pg_catalog.convert_to($1, 'UTF8')) END, 'hex');
END $$;

-- REGEXP_REPLACE replaces every match, REGEXP_SUBSTR of none is the empty text.
CREATE FUNCTION pg_internal.regexp_substr(text, text, integer, integer, text, integer) RETURNS text
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'regexp_substr';
CREATE FUNCTION pg_internal.regexp_replace(text, text, text, integer, integer, text) RETURNS text
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textregexreplace_extended';
CREATE FUNCTION pg_internal.regexp_substr(text, text, integer DEFAULT 1, integer DEFAULT 1)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN coalesce(pg_internal.regexp_substr($1, $2, $3, $4, '', 0), '');
CREATE FUNCTION pg_internal.regexp_replace(text, text, text DEFAULT '', integer DEFAULT 1)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_internal.regexp_replace($1, $2, $3, $4, 0, '');

-- JSON in texts.
CREATE FUNCTION pg_internal.json(value text, null_if_invalid boolean) RETURNS json
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN value::json;
EXCEPTION WHEN invalid_text_representation THEN
  IF null_if_invalid THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'JSON parsing error' USING DETAIL = 'Invalid JSON: ' || pg_catalog.left(value, 100);
END $$;
CREATE FUNCTION pg_catalog.json_extract_path_text(text, VARIADIC text[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.json_extract_path_text(pg_internal.json($1, false), VARIADIC $2);
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.json_extract_path_text(pg_internal.json($1, $3), $2);
CREATE FUNCTION pg_catalog.json_extract_path_text(text, text, text, boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.json_extract_path_text(pg_internal.json($1, $4), $2, $3);
CREATE FUNCTION pg_catalog.json_extract_array_element_text(text, integer, boolean DEFAULT false)
RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_internal.json($1, $3) ->> $2;
CREATE FUNCTION pg_catalog.json_array_length(text, boolean DEFAULT false) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.json_array_length(pg_internal.json($1, $2));
CREATE FUNCTION pg_catalog.is_valid_json(text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN coalesce(pg_catalog.json_typeof(pg_internal.json($1, true)) = 'object', false);
CREATE FUNCTION pg_catalog.is_valid_json_array(text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN coalesce(pg_catalog.json_typeof(pg_internal.json($1, true)) = 'array', false);

-- Numbers. AVG of integers is an integer, cut off.
CREATE FUNCTION pg_catalog.round(double precision, integer) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.round($1::numeric, $2)::float8;
CREATE FUNCTION pg_catalog.trunc(double precision, integer) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.trunc($1::numeric, $2)::float8;

CREATE FUNCTION pg_internal.average(bigint[]) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN $1[1] = 0 THEN NULL ELSE $1[2] / $1[1] END;
CREATE FUNCTION pg_internal.add_to_average(numeric[], bigint) RETURNS numeric[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ARRAY[$1[1] + 1, $1[2] + $2];
CREATE FUNCTION pg_internal.average(numeric[]) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN $1[1] = 0 THEN NULL ELSE pg_catalog.trunc($1[2] / $1[1])::bigint END;
UPDATE pg_catalog.pg_proc SET prorettype = 'bigint'::regtype
WHERE oid IN ('pg_catalog.avg(smallint)'::regprocedure, 'pg_catalog.avg(integer)'::regprocedure,
              'pg_catalog.avg(bigint)'::regprocedure);
UPDATE pg_catalog.pg_aggregate
SET aggfinalfn = 'pg_internal.average(bigint[])'::regprocedure, aggmfinalfn = 'pg_internal.average(bigint[])'::regprocedure
WHERE aggfnoid IN ('pg_catalog.avg(smallint)'::regprocedure, 'pg_catalog.avg(integer)'::regprocedure);
UPDATE pg_catalog.pg_aggregate
SET aggtransfn = 'pg_internal.add_to_average(numeric[], bigint)'::regprocedure,
    aggfinalfn = 'pg_internal.average(numeric[])'::regprocedure, aggtranstype = 'numeric[]'::regtype,
    agginitval = '{0,0}', aggcombinefn = 0, aggserialfn = 0, aggdeserialfn = 0, aggmtransfn = 0,
    aggminvtransfn = 0, aggmfinalfn = 0, aggmtranstype = 0
WHERE aggfnoid = 'pg_catalog.avg(bigint)'::regprocedure;

CREATE FUNCTION pg_internal.add_to_list(list text, value text, delimiter text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF value IS NULL THEN
    RETURN list;
  ELSIF pg_catalog.octet_length(list) + pg_catalog.octet_length(delimiter)
        + pg_catalog.octet_length(value) > 65535 THEN
    RAISE EXCEPTION 'Result size exceeds LISTAGG limit' USING ERRCODE = 'XX000';
  END IF;
  RETURN coalesce(list || delimiter, '') || value;
END $$;
CREATE FUNCTION pg_internal.add_to_list(list text, value anynonarray, delimiter text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT pg_internal.add_to_list($1, $2::text, $3)';
CREATE AGGREGATE pg_internal.listagg(text, text) (sfunc = pg_internal.add_to_list, stype = text);
CREATE AGGREGATE pg_internal.listagg(anynonarray, text) (sfunc = pg_internal.add_to_list, stype = text);

-- A sort key that leaves out the rows for which it is not true: QUALIFY.
CREATE FUNCTION pg_internal.qualify(boolean) RETURNS SETOF integer
LANGUAGE sql IMMUTABLE ROWS 1 AS 'SELECT 1 WHERE $1';

-- What SHOW tells of a setting that PostgreSQL has not.
CREATE FUNCTION pg_internal.setting(name text, fallback text) RETURNS text
LANGUAGE sql STABLE
RETURN coalesce(nullif(pg_catalog.current_setting('redshift.' || name, true), ''), fallback);

CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE
RETURN 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat '
       '3.4.2-6.fc3), Redshift 1.0.100000 (sheet_assets sandbox)';

-- What Redshift keeps of its tables beside their columns, and what it does with them that
-- PostgreSQL does not. The procedures are called in place of a client's statements.
SET allow_system_table_mods = on;

CREATE TABLE pg_internal.table_attributes (
  relation oid PRIMARY KEY,
  diststyle text NOT NULL,
  interleaved boolean NOT NULL,
  created timestamp NOT NULL DEFAULT pg_catalog.now()
);
CREATE TABLE pg_internal.column_attributes (
  relation oid,
  attribute smallint,
  encoding text,
  is_distkey boolean NOT NULL DEFAULT false,
  sortkey integer NOT NULL DEFAULT 0,
  PRIMARY KEY (relation, attribute)
);
GRANT SELECT ON pg_internal.table_attributes, pg_internal.column_attributes TO PUBLIC;

CREATE FUNCTION pg_internal.attribute(relation oid, name text, kind text) RETURNS smallint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  found CONSTANT smallint := (
    SELECT attnum FROM pg_catalog.pg_attribute
    WHERE attrelid = relation AND attname = name AND attnum > 0 AND NOT attisdropped);
BEGIN
  IF found IS NULL THEN
    RAISE EXCEPTION 'column "%" named in % does not exist', name, kind USING ERRCODE = '42703';
  END IF;
  RETURN found;
END $$;

-- What the procedures do in the name of the system, only the owner of a table may ask for.
CREATE FUNCTION pg_internal.owned(name text) RETURNS oid
LANGUAGE plpgsql STABLE AS $$
DECLARE
  found record;
BEGIN
  SELECT oid, relname, relowner INTO found FROM pg_catalog.pg_class WHERE oid = name::regclass;
  IF NOT pg_catalog.pg_has_role(session_user, found.relowner, 'USAGE') THEN
    RAISE EXCEPTION 'must be owner of relation %', found.relname USING ERRCODE = '42501';
  END IF;
  RETURN found.oid;
END $$;

CREATE PROCEDURE pg_internal.keep_attributes(name text, given jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET allow_system_table_mods = on AS $$
DECLARE
  target CONSTANT oid := pg_internal.owned(name);
  parent CONSTANT oid := (given ->> 'like')::regclass;
  distkey CONSTANT text := given ->> 'distkey';
BEGIN
  IF (given -> 'is_new')::boolean THEN
    IF EXISTS (SELECT FROM pg_internal.table_attributes WHERE relation = target) THEN
      RETURN;  -- IF NOT EXISTS
    END IF;
    -- CREATE TABLE AS makes columns of types without a length, which Redshift has not.
    UPDATE pg_catalog.pg_attribute SET atttypid = 'varchar'::regtype, atttypmod = 65539
    WHERE attrelid = target AND attnum > 0 AND atttypmod = -1
      AND atttypid IN ('text'::regtype, 'varchar'::regtype);
  END IF;
  INSERT INTO pg_internal.table_attributes (relation, diststyle, interleaved)
  SELECT target, coalesce(p.diststyle, 'auto'), coalesce(p.interleaved, false)
  FROM (SELECT) one LEFT JOIN pg_internal.table_attributes p ON p.relation = parent
  ON CONFLICT DO NOTHING;
  INSERT INTO pg_internal.column_attributes (relation, attribute, encoding, is_distkey, sortkey)
  SELECT target, own.attnum, p.encoding, coalesce(p.is_distkey, false), coalesce(p.sortkey, 0)
  FROM pg_catalog.pg_attribute own
  LEFT JOIN pg_catalog.pg_attribute theirs
    ON theirs.attrelid = parent AND theirs.attname = own.attname AND NOT theirs.attisdropped
  LEFT JOIN pg_internal.column_attributes p
    ON p.relation = parent AND p.attribute = theirs.attnum
  WHERE own.attrelid = target AND own.attnum > 0 AND NOT own.attisdropped
  ON CONFLICT DO NOTHING;
  IF given ->> 'diststyle' IS NOT NULL THEN
    UPDATE pg_internal.table_attributes SET diststyle = given ->> 'diststyle'
    WHERE relation = target;
    UPDATE pg_internal.column_attributes
    SET is_distkey = distkey IS NOT NULL
                     AND attribute = pg_internal.attribute(target, distkey, 'DISTKEY')
    WHERE relation = target;
  END IF;
  IF pg_catalog.jsonb_typeof(given -> 'sortkeys') = 'array' THEN
    UPDATE pg_internal.table_attributes SET interleaved = (given -> 'interleaved')::boolean
    WHERE relation = target;
    UPDATE pg_internal.column_attributes SET sortkey = 0 WHERE relation = target;
    UPDATE pg_internal.column_attributes SET sortkey = keys.place * CASE
      WHEN (given -> 'interleaved')::boolean AND keys.place % 2 = 0 THEN -1 ELSE 1 END
    FROM pg_catalog.jsonb_array_elements_text(given -> 'sortkeys') WITH ORDINALITY keys (key, place)
    WHERE relation = target AND attribute = pg_internal.attribute(target, keys.key, 'SORTKEY');
  END IF;
  UPDATE pg_internal.column_attributes SET encoding = nullif(e.value, 'auto')
  FROM pg_catalog.jsonb_each_text(given -> 'encodings') e
  WHERE relation = target AND attribute = pg_internal.attribute(target, e.key, 'ENCODE');
END $$;

CREATE PROCEDURE pg_internal.let_drop_column(name text, column_name text)
LANGUAGE plpgsql AS $$
DECLARE
  kept record;
BEGIN
  SELECT c.* INTO kept FROM pg_internal.column_attributes c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.relation AND a.attnum = c.attribute
  WHERE c.relation = pg_catalog.to_regclass(name) AND a.attname = column_name;
  IF kept.is_distkey THEN
    RAISE EXCEPTION 'cannot drop distkey column "%"', column_name USING ERRCODE = '0A000';
  ELSIF kept.sortkey <> 0 THEN
    RAISE EXCEPTION 'cannot drop sortkey column "%"', column_name USING ERRCODE = '0A000';
  END IF;
END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html
CREATE PROCEDURE pg_internal.let_resize(name text, column_name text)
LANGUAGE plpgsql AS $$
DECLARE
  found record;
BEGIN
  SELECT a.atthasdef, c.encoding IN ('bytedict', 'runlength', 'text255', 'text32k') AS is_fixed,
         EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = a.attrelid
                 AND a.attnum = ANY (k.conkey) AND k.contype IN ('p', 'u', 'f')) AS is_key
  INTO found FROM pg_catalog.pg_attribute a
  LEFT JOIN pg_internal.column_attributes c ON c.relation = a.attrelid AND c.attribute = a.attnum
  WHERE a.attrelid = pg_catalog.to_regclass(name) AND a.attname = column_name;
  IF found.atthasdef OR found.is_fixed OR found.is_key THEN
    RAISE EXCEPTION 'ALTER TABLE ALTER COLUMN cannot change the type of "%", which has a %',
      column_name, CASE WHEN found.atthasdef THEN 'default value'
      WHEN found.is_key THEN 'PRIMARY KEY, UNIQUE or FOREIGN KEY constraint'
      ELSE 'compression encoding that does not allow it' END USING ERRCODE = '0A000';
  END IF;
END $$;

-- Keys are told by the catalog and checked by nobody: their indexes are neither read nor filled.
-- A key that a foreign key is about to name must pass for a valid one until then.
CREATE PROCEDURE pg_internal.let_reference(name text)
LANGUAGE plpgsql SECURITY DEFINER SET allow_system_table_mods = on AS $$
BEGIN
  UPDATE pg_catalog.pg_index SET indisvalid = true
  WHERE indrelid = pg_catalog.to_regclass(name) AND indisunique AND NOT indisready;
END $$;

CREATE FUNCTION pg_internal.make_keys_informational() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET allow_system_table_mods = on AS $$
BEGIN
  UPDATE pg_catalog.pg_index SET indisvalid = false, indisready = false
  WHERE indisunique AND indisvalid AND indrelid IN (
    SELECT objid FROM pg_catalog.pg_event_trigger_ddl_commands()
    WHERE classid = 'pg_catalog.pg_class'::regclass
    UNION SELECT c.confrelid FROM pg_catalog.pg_event_trigger_ddl_commands() d
    JOIN pg_catalog.pg_constraint c ON c.conrelid = d.objid AND c.contype = 'f');
END $$;
CREATE EVENT TRIGGER informational_keys ON ddl_command_end
WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
EXECUTE FUNCTION pg_internal.make_keys_informational();

-- A key is added whatever rows there are: its index passes for a unique one after it was built.
CREATE PROCEDURE pg_internal.add_key(name text, key text, is_primary boolean, columns text[])
LANGUAGE plpgsql SECURITY DEFINER SET allow_system_table_mods = on AS $$
DECLARE
  target CONSTANT regclass := pg_internal.owned(name);
  bare CONSTANT text := (SELECT relname FROM pg_catalog.pg_class WHERE oid = target);
  index CONSTANT text := coalesce(key, bare || CASE WHEN is_primary THEN '_pkey' ELSE
    '_' || pg_catalog.array_to_string(columns, '_') || '_key' END);
  space CONSTANT text := (SELECT n.nspname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target);
BEGIN
  EXECUTE pg_catalog.format('CREATE INDEX %I ON %s (%s)', index, target, (
    SELECT pg_catalog.string_agg(pg_catalog.quote_ident(c), ', ') FROM pg_catalog.unnest(columns) c));
  UPDATE pg_catalog.pg_index SET indisunique = true
  WHERE indexrelid = pg_catalog.format('%I.%I', space, index)::regclass;
  EXECUTE pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I', target, index,
                            CASE WHEN is_primary THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, index);
END $$;

CREATE FUNCTION pg_internal.column_names(relation oid) RETURNS text[]
LANGUAGE sql STABLE
RETURN (SELECT pg_catalog.array_agg(pg_catalog.quote_ident(attname) ORDER BY attnum)
        FROM pg_catalog.pg_attribute
        WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
CREATE PROCEDURE pg_internal.append_rows(
  target text, source text, ignores_extra boolean, fills_target boolean)
LANGUAGE plpgsql AS $$
DECLARE
  theirs CONSTANT text[] := pg_internal.column_names(source::regclass);
  ours CONSTANT text[] := pg_internal.column_names(target::regclass);
  shared CONSTANT text := (
    SELECT pg_catalog.string_agg(name, ', ') FROM pg_catalog.unnest(theirs) name
    WHERE name = ANY (ours));
BEGIN
  IF NOT ours @> theirs AND NOT ignores_extra THEN
    RAISE EXCEPTION 'Columns of source table "%" are missing in target table "%"', source, target
      USING ERRCODE = '42P16', HINT = 'Use IGNOREEXTRA to leave them behind.';
  ELSIF NOT theirs @> ours AND NOT fills_target THEN
    RAISE EXCEPTION 'Columns of target table "%" are missing in source table "%"', target, source
      USING ERRCODE = '42P16', HINT = 'Use FILLTARGET to fill them with their defaults.';
  END IF;
  EXECUTE pg_catalog.format(
    'WITH moved AS (DELETE FROM %s RETURNING %s) INSERT INTO %s (%s) SELECT %s FROM moved',
    source::regclass, shared, target::regclass, shared, shared);
END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html: rows that match are replaced by
-- the source's, of which equal ones count once.
CREATE PROCEDURE pg_internal.merge_without_duplicates(
  target text, source text, alias text, condition text)
LANGUAGE plpgsql AS $$
BEGIN
  IF pg_catalog.cardinality(pg_internal.column_names(target::regclass))
     <> pg_catalog.cardinality(pg_internal.column_names(source::regclass)) THEN
    RAISE EXCEPTION 'MERGE: target and source must have the same number of columns'
      USING ERRCODE = '42P16';
  END IF;
  EXECUTE pg_catalog.format(
    'WITH replaced AS (DELETE FROM %s USING %s AS %s WHERE %s) '
    'INSERT INTO %s SELECT DISTINCT * FROM %s',
    target::regclass, source::regclass, alias, condition, target::regclass, source::regclass);
END $$;

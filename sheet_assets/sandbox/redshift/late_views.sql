-- Views WITH NO SCHEMA BINDING. PostgreSQL binds a view to its tables; here the bond is cut after
-- it was made, and whenever a table changes, the views that name it are made anew. Where that
-- fails, the view answers with the reason.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
CREATE TABLE pg_internal.late_views (
  schema_name text,
  view_name text,
  columns text NOT NULL,
  query text NOT NULL,
  PRIMARY KEY (schema_name, view_name)
);
GRANT SELECT ON pg_internal.late_views TO PUBLIC;

CREATE FUNCTION pg_internal.unbound(sqlstate text, reason text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', reason USING ERRCODE = sqlstate;
END $$;

CREATE PROCEDURE pg_internal.bind_late_view(schema_name text, view_name text)
LANGUAGE plpgsql SECURITY DEFINER SET allow_system_table_mods = on AS $$
DECLARE
  view CONSTANT text := pg_catalog.format('%I.%I', schema_name, view_name);
  old CONSTANT oid := pg_catalog.to_regclass(view);
  late pg_internal.late_views;
  rights aclitem[];
  owner oid;
  known text;
BEGIN
  -- What is dropped and made here is no change that other views follow.
  PERFORM pg_catalog.set_config('pg_internal.is_binding', 'yes', true);
  SELECT * INTO late FROM pg_internal.late_views l
  WHERE l.schema_name = bind_late_view.schema_name AND l.view_name = bind_late_view.view_name;
  IF old IS NOT NULL THEN
    SELECT relacl, relowner INTO rights, owner FROM pg_catalog.pg_class WHERE oid = old;
    SELECT pg_catalog.string_agg(pg_catalog.format(
      'NULL::%s AS %I', pg_catalog.format_type(atttypid, atttypmod), attname), ', ' ORDER BY attnum)
    INTO known FROM pg_catalog.pg_attribute WHERE attrelid = old AND attnum > 0;
    EXECUTE 'DROP VIEW ' || view;
  END IF;
  BEGIN
    EXECUTE pg_catalog.format('CREATE VIEW %s %s AS %s', view, late.columns, late.query);
  EXCEPTION WHEN undefined_table OR undefined_column OR invalid_schema_name
            OR undefined_function OR datatype_mismatch THEN
    EXECUTE pg_catalog.format('CREATE VIEW %s AS SELECT %s WHERE pg_internal.unbound(%L, %L)',
                              view, coalesce(known, 'NULL AS unbound'), SQLSTATE, SQLERRM);
  END;
  IF owner IS NOT NULL THEN
    UPDATE pg_catalog.pg_class SET relacl = rights, relowner = owner
    WHERE oid = pg_catalog.to_regclass(view);
  END IF;
  DELETE FROM pg_catalog.pg_depend
  WHERE classid = 'pg_catalog.pg_rewrite'::regclass
    AND refclassid = 'pg_catalog.pg_class'::regclass
    AND refobjid <> view::regclass
    AND objid IN (SELECT oid FROM pg_catalog.pg_rewrite WHERE ev_class = view::regclass);
  PERFORM pg_catalog.set_config('pg_internal.is_binding', '', true);
END $$;

CREATE PROCEDURE pg_internal.create_late_view(
  name text, columns text, query text, replaces boolean)
LANGUAGE plpgsql AS $$
DECLARE
  parts CONSTANT text[] := pg_catalog.parse_ident(name);
  view_name CONSTANT text := parts[pg_catalog.cardinality(parts)];
  schema_name CONSTANT text := CASE pg_catalog.cardinality(parts)
    WHEN 1 THEN pg_catalog.current_schema() ELSE parts[pg_catalog.cardinality(parts) - 1] END;
BEGIN
  IF pg_catalog.to_regclass(pg_catalog.format('%I.%I', schema_name, view_name)) IS NOT NULL
     AND NOT replaces THEN
    RAISE EXCEPTION 'relation "%" already exists', view_name USING ERRCODE = '42P07';
  ELSIF pg_catalog.to_regnamespace(pg_catalog.quote_ident(schema_name)) IS NULL THEN
    RAISE EXCEPTION 'schema "%" does not exist', schema_name USING ERRCODE = '3F000';
  END IF;
  CALL pg_internal.keep_late_view(schema_name, view_name, columns, query);
END $$;

CREATE PROCEDURE pg_internal.keep_late_view(
  schema_name text, view_name text, columns text, query text)
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO pg_internal.late_views VALUES (schema_name, view_name, columns, query)
  ON CONFLICT ON CONSTRAINT late_views_pkey
  DO UPDATE SET columns = EXCLUDED.columns, query = EXCLUDED.query;
  CALL pg_internal.bind_late_view(schema_name, view_name);
END $$;

CREATE PROCEDURE pg_internal.bind_views_of(names text[])
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  late record;
BEGIN
  IF pg_catalog.current_setting('pg_internal.is_binding', true) = 'yes' THEN
    RETURN;
  END IF;
  FOR late IN
    SELECT l.schema_name, l.view_name FROM pg_internal.late_views l
    WHERE EXISTS (SELECT FROM pg_catalog.unnest(names) name
                  WHERE pg_catalog.strpos(pg_catalog.lower(l.query), name) > 0)
  LOOP
    CALL pg_internal.bind_late_view(late.schema_name, late.view_name);
  END LOOP;
END $$;

CREATE FUNCTION pg_internal.follow_changes() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  names text[] := ARRAY[''];  -- a table may have been renamed: all of them
BEGIN
  IF NOT EXISTS (SELECT FROM pg_internal.late_views) THEN
    RETURN;
  ELSIF TG_TAG <> 'ALTER TABLE' THEN
    SELECT pg_catalog.array_agg(c.relname::text) INTO names
    FROM pg_catalog.pg_event_trigger_ddl_commands() d
    JOIN pg_catalog.pg_class c ON c.oid = d.objid AND d.classid = 'pg_catalog.pg_class'::regclass;
  END IF;
  CALL pg_internal.bind_views_of(names);
END $$;
CREATE EVENT TRIGGER late_views_follow_changes ON ddl_command_end
WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE', 'CREATE VIEW',
             'CREATE MATERIALIZED VIEW')
EXECUTE FUNCTION pg_internal.follow_changes();

CREATE FUNCTION pg_internal.follow_drops() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  names text[];
BEGIN
  IF pg_catalog.current_setting('pg_internal.is_binding', true) = 'yes'
     OR NOT EXISTS (SELECT FROM pg_internal.late_views) THEN
    RETURN;
  END IF;
  DELETE FROM pg_internal.late_views l USING pg_catalog.pg_event_trigger_dropped_objects() d
  WHERE d.object_type = 'view' AND d.schema_name = l.schema_name AND d.object_name = l.view_name;
  SELECT pg_catalog.array_agg(object_name) INTO names
  FROM pg_catalog.pg_event_trigger_dropped_objects() WHERE object_type IN ('table', 'view');
  CALL pg_internal.bind_views_of(names);
END $$;
CREATE EVENT TRIGGER late_views_follow_drops ON sql_drop
EXECUTE FUNCTION pg_internal.follow_drops();

CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record
LANGUAGE sql STABLE AS $$
  SELECT l.schema_name::name, l.view_name::name, a.attname,
         pg_catalog.format_type(a.atttypid, a.atttypmod)::varchar, a.attnum::integer
  FROM pg_internal.late_views l
  JOIN pg_catalog.pg_attribute a
    ON a.attrelid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', l.schema_name, l.view_name))
  WHERE a.attnum > 0 AND a.attname <> 'unbound'
$$;

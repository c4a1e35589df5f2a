-- Date and time functions. The names of date parts come as date_parts.py writes them.
-- https://docs.aws.amazon.com/redshift/latest/dg/Date_functions_header.html
CREATE FUNCTION pg_internal.span(part text, amount integer) RETURNS interval
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE part
  WHEN 'millennium' THEN pg_catalog.make_interval(years => 1000 * amount)
  WHEN 'century' THEN pg_catalog.make_interval(years => 100 * amount)
  WHEN 'decade' THEN pg_catalog.make_interval(years => 10 * amount)
  WHEN 'year' THEN pg_catalog.make_interval(years => amount)
  WHEN 'quarter' THEN pg_catalog.make_interval(months => 3 * amount)
  WHEN 'month' THEN pg_catalog.make_interval(months => amount)
  WHEN 'week' THEN pg_catalog.make_interval(weeks => amount)
  WHEN 'day' THEN pg_catalog.make_interval(days => amount)
  WHEN 'dow' THEN pg_catalog.make_interval(days => amount)
  WHEN 'doy' THEN pg_catalog.make_interval(days => amount)
  WHEN 'hour' THEN pg_catalog.make_interval(hours => amount)
  WHEN 'minute' THEN pg_catalog.make_interval(mins => amount)
  WHEN 'epoch' THEN pg_catalog.make_interval(secs => amount)
  WHEN 'second' THEN pg_catalog.make_interval(secs => amount)
  WHEN 'millisecond' THEN pg_catalog.make_interval(secs => amount / 1000.0)
  WHEN 'microsecond' THEN pg_catalog.make_interval(secs => amount / 1000000.0)
END;
CREATE FUNCTION pg_catalog.dateadd(text, bigint, timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $3 + pg_internal.span($1, $2::integer);
CREATE FUNCTION pg_catalog.dateadd(text, bigint, date) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $3 + pg_internal.span($1, $2::integer);
CREATE FUNCTION pg_catalog.dateadd(text, bigint, timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN $3 + pg_internal.span($1, $2::integer);
CREATE FUNCTION pg_catalog.dateadd(text, bigint, time) RETURNS time
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $3 + pg_internal.span($1, $2::integer);

-- How many boundaries of a part lie between two times.
CREATE FUNCTION pg_internal.ordinal(part text, moment timestamp) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  seconds CONSTANT numeric := pg_catalog.date_part('epoch', pg_catalog.date_trunc('second', moment));
  year CONSTANT integer := pg_catalog.date_part('year', moment);
BEGIN
  RETURN CASE part
    WHEN 'millennium' THEN pg_catalog.date_part('millennium', moment)
    WHEN 'century' THEN pg_catalog.date_part('century', moment)
    WHEN 'decade' THEN pg_catalog.date_part('decade', moment)
    WHEN 'year' THEN year
    WHEN 'quarter' THEN year * 4 + pg_catalog.date_part('quarter', moment)
    WHEN 'month' THEN year * 12 + pg_catalog.date_part('month', moment)
    WHEN 'week' THEN pg_catalog.floor((moment::date - date '1970-01-04') / 7.0)
    WHEN 'day' THEN moment::date - date '1970-01-01'
    WHEN 'dow' THEN moment::date - date '1970-01-01'
    WHEN 'doy' THEN moment::date - date '1970-01-01'
    WHEN 'hour' THEN pg_catalog.floor(seconds / 3600)
    WHEN 'minute' THEN pg_catalog.floor(seconds / 60)
    WHEN 'epoch' THEN seconds
    WHEN 'second' THEN seconds
    WHEN 'millisecond' THEN pg_catalog.floor(extract(epoch FROM moment) * 1000)
    WHEN 'microsecond' THEN extract(epoch FROM moment) * 1000000
  END;
END $$;
CREATE FUNCTION pg_catalog.datediff(text, timestamp, timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_internal.ordinal($1, $3) - pg_internal.ordinal($1, $2);
CREATE FUNCTION pg_catalog.datediff(text, timestamptz, timestamptz) RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN pg_internal.ordinal($1, $3::timestamp) - pg_internal.ordinal($1, $2::timestamp);
CREATE FUNCTION pg_catalog.datediff(text, time, time) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_internal.ordinal($1, date '1970-01-01' + $3) - pg_internal.ordinal($1, date '1970-01-01' + $2);

-- Seconds, milliseconds and microseconds are whole and each without the greater ones.
CREATE FUNCTION pg_internal.whole_part(part text, value numeric, seconds numeric) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE part
  WHEN 'millisecond' THEN pg_catalog.floor((seconds % 1) * 1000)
  WHEN 'microsecond' THEN pg_catalog.floor((seconds % 1) * 1000000)
  ELSE pg_catalog.floor(value) END::integer;
CREATE FUNCTION pg_internal.date_part(text, timestamp) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_internal.whole_part($1, pg_catalog.date_part($1, $2)::numeric,
                              extract(second FROM $2));
CREATE FUNCTION pg_internal.date_part(text, date) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_internal.date_part($1, $2::timestamp);
CREATE FUNCTION pg_internal.date_part(text, timestamptz) RETURNS integer
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN pg_internal.whole_part($1, pg_catalog.date_part($1, $2)::numeric,
                              extract(second FROM $2));
CREATE FUNCTION pg_internal.date_part(text, time) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_internal.whole_part($1, pg_catalog.date_part($1, $2)::numeric,
                              extract(second FROM $2));
CREATE FUNCTION pg_internal.date_part(text, interval) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_internal.whole_part($1, pg_catalog.date_part($1, $2)::numeric,
                              extract(second FROM $2));

CREATE FUNCTION pg_catalog.date_trunc(text, date) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.date_trunc($1, $2::timestamp);
CREATE FUNCTION pg_catalog.trunc(timestamp) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN $1::date;
CREATE FUNCTION pg_catalog.last_day(timestamp) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (pg_catalog.date_trunc('month', $1) + interval '1 month' - interval '1 day')::date;
CREATE FUNCTION pg_catalog.add_months(timestamp, bigint) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN $1::date = pg_catalog.last_day($1)
  THEN pg_catalog.last_day($1 + pg_internal.span('month', $2::integer)) + $1::time
  ELSE $1 + pg_internal.span('month', $2::integer) END;
CREATE FUNCTION pg_catalog.months_between(timestamp, timestamp) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_internal.ordinal('month', $1) - pg_internal.ordinal('month', $2) + CASE
  WHEN pg_catalog.date_part('day', $1) = pg_catalog.date_part('day', $2) THEN 0
  WHEN $1::date = pg_catalog.last_day($1) AND $2::date = pg_catalog.last_day($2) THEN 0
  ELSE (pg_catalog.date_part('day', $1) - pg_catalog.date_part('day', $2)
        + pg_catalog.date_part('epoch', $1::time - $2::time) / 86400) / 31 END;
CREATE FUNCTION pg_catalog.next_day(timestamp, text) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT pg_catalog.min(day) FROM (
  SELECT $1::date + n AS day FROM pg_catalog.generate_series(1, 7) n) days
  WHERE pg_catalog.to_char(day, 'day') LIKE pg_catalog.lower($2) || '%');
CREATE FUNCTION pg_catalog.convert_timezone(text, timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.timezone($1, pg_catalog.timezone('UTC', $2));
CREATE FUNCTION pg_catalog.convert_timezone(text, text, timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN pg_catalog.timezone($2, pg_catalog.timezone($1, $3));
CREATE FUNCTION pg_catalog.convert_timezone(text, timestamptz) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN pg_catalog.timezone($1, $2);
CREATE FUNCTION pg_catalog.to_date(text, text, boolean) RETURNS date
LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN pg_catalog.to_date($1, $2);

-- foundation:time_functions
-- Why: instants are timestamptz in tables and microseconds since 1970 (bigint) on the wire; libpqxx
-- would otherwise pass them as text in the session's format.
-- Expands. Locks: none.
--
-- Both are exact, and immutable so that the planner inlines them: the way through AT TIME ZONE 'UTC'
-- avoids the operators on timestamptz that depend on the session's zone.

BEGIN;

CREATE FUNCTION micros(at timestamptz) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (extract(epoch FROM at AT TIME ZONE 'UTC') * 1000000)::bigint;

CREATE FUNCTION from_micros(us bigint) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (timestamp '1970-01-01' + us * interval '1 microsecond') AT TIME ZONE 'UTC';

REVOKE ALL ON FUNCTION micros(timestamptz), from_micros(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION micros(timestamptz), from_micros(bigint) TO :"app_role";

COMMIT;

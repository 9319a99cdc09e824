-- Creates the roles and the database of one service, or brings them up to date; safe to repeat. The
-- same script serves development, tests and production:
--
--   psql -X -v ON_ERROR_STOP=1 -v service=identity -f deploy/postgres/service.sql "$SUPERUSER_URL"
--
-- -v database=NAME   another name for the database than portal_<service>
-- -v connections=N   connections the app role may hold, all replicas together; -1 (unset): no limit
--
-- Passwords, where they are used at all, are set once with \password.

\set ON_ERROR_STOP 1
\set owner portal_ :service _owner
\set app portal_ :service _app
\if :{?database}
\else
  \set database portal_ :service
\endif
\if :{?connections}
\else
  \set connections -1
\endif
SET client_min_messages = warning;

-- The owner migrates: it owns the database and every object in it. The app role is what the service
-- connects as: it owns nothing and has the rights that migrations grant to it.
SELECT format('CREATE ROLE %I', role)
FROM unnest(ARRAY[:'owner', :'app']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role)
\gexec
ALTER ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 4;
ALTER ROLE :"app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT :connections;

-- The services set tighter limits themselves; these hold for whatever else connects as a service.
ALTER ROLE :"app" SET statement_timeout = '10s';
ALTER ROLE :"app" SET lock_timeout = '5s';
ALTER ROLE :"app" SET idle_in_transaction_session_timeout = '30s';
-- A migration waits for a lock only briefly: everyone queues behind it meanwhile.
ALTER ROLE :"owner" SET lock_timeout = '5s';

-- Bytes decide the order of text, so that no library upgrade can disorder an index; what people see
-- sorted says COLLATE "und-x-icu".
SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' LOCALE ''C.UTF-8'' TEMPLATE template0',
              :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app";

\connect :"database"
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app";

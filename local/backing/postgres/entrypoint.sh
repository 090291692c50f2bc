#!/bin/sh
# Starts PostgreSQL with the variables, and the folder of scripts, that the official images take.
set -eu

scripts=/docker-entrypoint-initdb.d

main() {
  case ${1:-} in -*) set -- postgres "$@" ;; esac
  if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    shift
    initialise "$@"
    set -- postgres "$@"
  fi
  exec "$@"
}

# initialise OPTION...: makes the account and its database, and runs the scripts, before the first client is served.
initialise() {
  for name in POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB POSTGRES_INITDB_ARGS; do
    from_file $name
  done
  : "${POSTGRES_USER:=postgres}" "${POSTGRES_HOST_AUTH_METHOD:=scram-sha-256}"
  : "${POSTGRES_DB:=$POSTGRES_USER}"
  export POSTGRES_USER POSTGRES_DB POSTGRES_PASSWORD
  [ -n "$POSTGRES_PASSWORD" ] || [ "$POSTGRES_HOST_AUTH_METHOD" = trust ] ||
    fail "Database is uninitialized and superuser password is not specified: set POSTGRES_PASSWORD."
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  # shellcheck disable=SC2086
  printf '%s\n' "$POSTGRES_PASSWORD" |
    initdb -D "$PGDATA" --username="$POSTGRES_USER" --pwfile=/dev/stdin $POSTGRES_INITDB_ARGS
  echo "host all all all $POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
  pg_ctl -D "$PGDATA" -o "$(quoted "$@" -c listen_addresses=)" -w start
  if [ "$POSTGRES_DB" != postgres ]; then
    echo 'CREATE DATABASE :"name"' | psql_as_owner --dbname postgres --set name="$POSTGRES_DB"
  fi
  for script in "$scripts"/*; do
    [ ! -e "$script" ] || run "$script"
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
  echo "PostgreSQL init process complete; ready for start up."
}

run() {
  echo "$0: running $1"
  case $1 in
    *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
    *.sql) psql_as_owner --dbname "$POSTGRES_DB" -f "$1" ;;
    *.sql.gz) gzip -dc "$1" | psql_as_owner --dbname "$POSTGRES_DB" ;;
    *) echo "$0: ignoring $1" ;;
  esac
}

psql_as_owner() {
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc "$@"
}

# from_file NAME: takes the variable's value from the file that NAME_FILE names, if any does.
from_file() {
  eval "file=\${${1}_FILE:-}"
  if [ -n "$file" ]; then eval "$1=\$(cat \"\$file\")"; else eval ": \"\${$1:=}\""; fi
}

# quoted WORD...: as one text that a shell takes apart again.
quoted() {
  for word; do printf "'%s' " "$(printf %s "$word" | sed "s/'/'\\\\''/g")"; done
}

fail() {
  echo "Error: $1" >&2
  exit 1
}

main "$@"

#!/bin/sh
# Starts MariaDB with the variables, and the folder of scripts, that the official images take.
set -eu

data=/var/lib/mysql
scripts=/docker-entrypoint-initdb.d

main() {
  case ${1:-} in -*) set -- mariadbd "$@" ;; esac
  case ${1:-} in
    mariadbd | mysqld)
      shift
      [ -e "$data/complete" ] || initialise "$@"
      set -- mariadbd "$@"
      ;;
  esac
  exec "$@"
}

# initialise OPTION...: makes the accounts and the database, and runs the scripts, before the first client is served. What
# was interrupted is made again.
initialise() {
  for name in ROOT_PASSWORD USER PASSWORD DATABASE ROOT_HOST ALLOW_EMPTY_ROOT_PASSWORD RANDOM_ROOT_PASSWORD; do
    from_file $name
  done
  if [ -n "$RANDOM_ROOT_PASSWORD" ]; then
    ROOT_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "GENERATED ROOT PASSWORD: $ROOT_PASSWORD"
  fi
  [ -n "$ROOT_PASSWORD$ALLOW_EMPTY_ROOT_PASSWORD" ] ||
    fail "Database is uninitialized and password option is not specified: set MARIADB_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD or MARIADB_RANDOM_ROOT_PASSWORD."
  umask 077
  rm -rf "${data:?}"/*
  cp -R /usr/share/catalogue-db/data/. "$data"
  accounts >/tmp/accounts.sql
  mariadbd "$@" --skip-networking --init-file=/tmp/accounts.sql &
  server=$!
  until echo 'SELECT 1' | as_root >/tmp/answer 2>&1; do
    kill -0 $server 2>/dev/null || fail "The server ended before it could be set up."
    sleep 0.1
  done
  rm /tmp/accounts.sql
  for script in "$scripts"/*; do
    [ ! -e "$script" ] || run "$script"
  done
  kill $server
  wait $server
  : >"$data/complete"
  echo "MariaDB init process done. Ready for start up."
}

accounts() {
  echo "SET sql_mode = 'NO_BACKSLASH_ESCAPES';"
  for host in localhost "${ROOT_HOST:-%}"; do
    echo "CREATE OR REPLACE USER root@$(quoted "$host") IDENTIFIED BY $(quoted "$ROOT_PASSWORD");"
    echo "GRANT ALL ON *.* TO root@$(quoted "$host") WITH GRANT OPTION;"
  done
  [ -z "$DATABASE" ] || echo "CREATE DATABASE IF NOT EXISTS $(identifier "$DATABASE");"
  if [ -n "$USER" ] && [ -n "$PASSWORD" ]; then
    echo "CREATE OR REPLACE USER $(quoted "$USER")@'%' IDENTIFIED BY $(quoted "$PASSWORD");"
    [ -z "$DATABASE" ] || echo "GRANT ALL ON $(identifier "$DATABASE").* TO $(quoted "$USER")@'%';"
  fi
}

run() {
  echo "$0: running $1"
  case $1 in
    *.sh) if [ -x "$1" ]; then "$1"; else . "$1"; fi ;;
    *.sql) as_root <"$1" ;;
    *.sql.gz) node -e 'process.stdin.pipe(require("zlib").createGunzip()).pipe(process.stdout)' <"$1" | as_root ;;
    *) echo "$0: ignoring $1" ;;
  esac
}

as_root() {
  MYSQL_PWD=$ROOT_PASSWORD mariadb --protocol=socket --user=root ${DATABASE:+--database="$DATABASE"}
}

# from_file NAME: sets NAME to MARIADB_NAME, else to MYSQL_NAME, or to what the file holds that one of these names with
# _FILE at its end.
from_file() {
  value=
  for variable in "MYSQL_$1" "MARIADB_$1"; do
    eval "file=\${${variable}_FILE:-} text=\${$variable:-}"
    if [ -n "$file" ]; then value=$(cat "$file"); elif [ -n "$text" ]; then value=$text; fi
  done
  # The older name has no ROOT in it.
  [ "$1" != ALLOW_EMPTY_ROOT_PASSWORD ] || value=${value:-${MYSQL_ALLOW_EMPTY_PASSWORD:-}}
  eval "$1=\$value"
}

quoted() {
  printf "'%s'" "$(replaced "$1" "'" "''")"
}

identifier() {
  printf '`%s`' "$(replaced "$1" '`' '``')"
}

# replaced TEXT CHARACTER REPLACEMENT: the image has no sed.
replaced() {
  rest=$1 done=
  while [ "${rest#*"$2"}" != "$rest" ]; do
    done=$done${rest%%"$2"*}$3
    rest=${rest#*"$2"}
  done
  printf %s "$done$rest"
}

fail() {
  echo "Error: $1" >&2
  exit 1
}

main "$@"

#!/bin/sh
# Starts Redis as the official images do.
set -eu
case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac
# The official images are built so that it serves others than its own machine without a password, too.
[ "${1:-}" != redis-server ] || set -- "$@" --protected-mode no
umask 0077
exec "$@"

#!/bin/sh
# Starts RabbitMQ, which takes the variables of the official images itself.
set -eu
exec "$@"

#!/bin/sh
# The published images' programs and their arguments differ; all of them come here.
exec /usr/local/bin/node /usr/local/share/stand-in/server.mjs "$@"

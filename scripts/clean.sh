#!/bin/sh
# Deletes everything generated. The embedded databases go first: their data may lie outside var/.
set -eu
cd "$(dirname "$0")/.."
if [ -x var/venv/bin/python ] && ! env -u HITTAVARD_DATABASE_URL -u HITTAVARD_VAR_DIR var/venv/bin/python -m web.cli db remove; then
    echo "clean: the database is in use or cannot be removed; nothing was deleted" >&2
    exit 1
fi
rm -rf var build ./*.egg-info
find . -path ./.git -prune -o \( -name __pycache__ -o -name '*.mo' \) -print0 | xargs -0 rm -rf

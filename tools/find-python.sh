#!/bin/sh
# Print the first Python of 3.11 or newer that can make a virtualenv; say what is missing where there is none.
set -eu

without_venv=
for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    command -v "$name" >/dev/null 2>&1 || continue
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if "$name" -c 'import ensurepip, venv' 2>/dev/null; then
        command -v "$name"
        exit 0
    fi
    without_venv=$name
done

if [ -n "$without_venv" ]; then
    echo "$without_venv cannot make a virtualenv. On Debian or Ubuntu: apt-get install python3-venv" >&2
else
    echo "Sluis needs Python 3.11 or newer; none was found." >&2
    echo "Install it, or say where it is: make PYTHON=/path/to/python3" >&2
fi
exit 1

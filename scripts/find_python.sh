#!/bin/sh
# Prints the Python that .venv is made with: $PYTHON when set, else the newest one found that will do.
set -u

suits() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    suits "$PYTHON" && echo "$PYTHON" && exit 0
    tried=$PYTHON
else
    tried="python3.14 python3.13 python3.12 python3.11 python3 python"
    for candidate in $tried; do
        if suits "$candidate"; then
            command -v "$candidate"
            exit 0
        fi
    done
fi

{
    echo "No suitable Python: 3.11 or later with the modules venv and ensurepip is needed."
    for candidate in $tried; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        version=$("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null) ||
            version="does not start"
        "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
            version="$version, without venv or ensurepip (Debian and Ubuntu: apt install python3-venv)"
        echo "  $candidate: $version"
    done
    echo "Install one, or name one: make PYTHON=/path/to/python3.12 …"
} >&2
exit 1

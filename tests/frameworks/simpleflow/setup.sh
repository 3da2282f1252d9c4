#!/bin/sh
# Prepares simpleflow for its tests; quick when nothing changed.
#
# simpleflow gets a virtual environment of its own (.venv in this folder), so
# that what it needs never mixes with what the tests need. Prints the path of
# the environment's python.
set -eu
cd "$(dirname "$0")"

python=.venv/bin/python
installed=.venv/requirements.txt
if ! cmp -s requirements.txt "$installed"; then
    rm -rf .venv
    python3 -m venv .venv
    "$python" -m pip install --quiet --disable-pip-version-check \
        --requirement requirements.txt
    cp requirements.txt "$installed"
fi
echo "$PWD/$python"

#!/bin/sh
# Prepares the clients of the black-box tests; quick when nothing changed.
#
# Uses the running python3 when it has the pinned requirements, else a virtual
# environment in tests/.venv. Prints the python to run the tests with.
set -eu
cd "$(dirname "$0")"

has_requirements() {
    "$1" - <<'PYTHON' 2>/dev/null
import importlib.metadata as installed
for line in open("requirements.txt"):
    name, _, version = line.strip().partition("==")
    if name and installed.version(name) != version:
        raise SystemExit(1)
PYTHON
}

python=python3
if ! has_requirements "$python"; then
    python=.venv/bin/python
    if ! has_requirements "$python"; then
        python3 -m venv .venv
        "$python" -m pip install --quiet --disable-pip-version-check \
            --requirement requirements.txt
    fi
fi

# npm writes its own copy of the lock file at the end of an installation.
installed=clients/javascript/node_modules/.package-lock.json
if [ ! "$installed" -nt clients/javascript/package-lock.json ]; then
    npm --prefix clients/javascript ci --silent --no-audit --no-fund
    touch "$installed"
fi

CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/clients/rust/target}
export CARGO_TARGET_DIR
cargo build --quiet --locked --manifest-path clients/rust/Cargo.toml

case $python in
.venv/*) echo "$PWD/$python" ;;
*) command -v "$python" ;;
esac

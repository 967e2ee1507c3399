#!/usr/bin/env bash
# The GitHub Action, the workflows and the issue templates against the schemas that check-jsonschema brings.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${CROSSWIND_CACHE:-$HOME/.cache/crosswind}/check-jsonschema
[ -x "$tools/bin/check-jsonschema" ] || {
    python3 -m venv "$tools"
    "$tools/bin/pip" --quiet --disable-pip-version-check install check-jsonschema==0.33.3
}
check() { "$tools/bin/check-jsonschema" "$@"; }
check --builtin-schema vendor.github-actions action.yml
check --builtin-schema vendor.github-workflows .github/workflows/*.yml deploy/github-matrix.yml
check --builtin-schema vendor.compose-spec docker-compose.yml

#!/usr/bin/env bash
# Generated files are committed: after tests and `npm run generate` have written them, the tree must be as it was.
set -euo pipefail
cd "$(dirname "$0")/.."
generated=(client-web/src/core/protocol/generated client-web/src/core/api/generated server/openapi.json)
if ! git diff --quiet -- "${generated[@]}" || [ -n "$(git ls-files --others --exclude-standard -- "${generated[@]}")" ]; then
  echo "generated files differ from what is committed; commit them:" >&2
  git status --short -- "${generated[@]}" >&2
  exit 1
fi
echo "generated files are as committed"

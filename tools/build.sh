#!/usr/bin/env bash
# Compiles to dist/ and puts beside it what the code finds relative to itself: data files, and every BPF program compiled.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf dist
node_modules/.bin/tsc -p tsconfig.build.json
mkdir -p dist/compiler/decode/gen
cp compiler/decode/gen/*.json dist/compiler/decode/gen/ 2>/dev/null || true
# What the version tells; a build without a repository tells nothing.
if commit=$(git rev-parse HEAD 2>/dev/null); then
  tree=clean; [ -z "$(git status --porcelain 2>/dev/null)" ] || tree=modified
  printf '{"commit": "%s", "treeState": "%s"}\n' "$commit" "$tree" >dist/build.json
fi
chmod +x dist/compiler/cli/main.js dist/runtime/cli/*.js 2>/dev/null || true
node --import tsx tools/ship-programs.ts

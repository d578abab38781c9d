#!/usr/bin/env bash
# Builds dist/: the code, and beside it what the code finds there: data files, and every BPF program compiled.
set -euo pipefail
cd "$(dirname "$0")/.."
node_modules/.bin/tsc -p tsconfig.build.json
rm -rf dist

# What is started by its file: the commands, the threads; and the rooms that tools/bench/compile-stages.mjs measures.
entries=(
  compiler/cli/main.ts
  runtime/cli/daemon.ts
  runtime/cli/kmeshctl.ts
  runtime/follow/worker.ts
  runtime/status/dump-worker.ts
  compiler/engine.ts
  compiler/{,decode/,diag/,resolve/}index.ts
)
# A few files instead of 500 modules, which take a command longer to load than it takes to work. What several entries share, and what
# import() loads later, are chunks of their own; names and lines stay as they are, for stack traces, and what can be said shorter is. npm
# packages stay in node_modules.
node_modules/.bin/esbuild "${entries[@]}" --bundle --splitting --format=esm --platform=node --target=node20 --packages=external \
  --outbase=. --outdir=dist --chunk-names=chunks/[name]-[hash] --minify-syntax --log-level=warning
chmod +x dist/compiler/cli/main.js dist/runtime/cli/*.js

mkdir -p dist/compiler/decode/gen
cp compiler/decode/gen/*.json dist/compiler/decode/gen/
# What the version tells; a build without a repository tells nothing.
if commit=$(git rev-parse HEAD 2>/dev/null); then
  tree=clean; [ -z "$(git status --porcelain 2>/dev/null)" ] || tree=modified
  printf '{"commit": "%s", "treeState": "%s"}\n' "$commit" "$tree" >dist/build.json
fi
node --import tsx tools/ship-programs.ts

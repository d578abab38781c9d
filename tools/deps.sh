#!/usr/bin/env bash
# Installs what a fresh Debian/Ubuntu machine lacks: the npm packages, and, as root, the system packages that the kernel parts use.
# Without root it says what is missing and goes on: compiling and the simulator need none of it.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -e node_modules/.stamp ] || [ package-lock.json -nt node_modules/.stamp ]; then
  echo "installing npm packages"
  npm ci --ignore-scripts --no-audit --no-fund
  touch node_modules/.stamp
fi
missing=()
# The npm package's wasm-ld is linked to it, and a slim Debian image lacks it.
if [ -e node_modules/clang-linux-x64/wasm-ld ]; then
  node_modules/clang-linux-x64/wasm-ld --version >/dev/null 2>&1 || missing+=(libxml2)
# It has none for this machine (arm64): the system's, 14 or later.
elif [ -z "${KMESH_CLANG:-}" ] && ! { command -v clang && command -v wasm-ld; } >/dev/null; then
  missing+=(clang lld)
fi
# Not grep -q: it stops reading, and with pipefail a listing that is longer than a pipe fails.
ldconfig -p | grep 'libbpf\.so\.1' >/dev/null || missing+=(libbpf1)
command -v ip >/dev/null || missing+=(iproute2)
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${missing[*]}"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "missing: ${missing[*]} (apt-get install ${missing[*]}); the kernel parts, or the linker of make build, need them"
  fi
fi

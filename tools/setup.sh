#!/usr/bin/env bash
# Names what a machine lacks for `make demo` (setup.sh demo) or `make test` (setup.sh test), and installs it from
# Debian's packages where it may. Can be run again; does nothing when nothing is missing.
set -euo pipefail
purpose=${1:-demo}

missing_tools=()
packages=()
need() { command -v "$1" >/dev/null 2>&1 || { missing_tools+=("$1: $2"); [ -z "${3:-}" ] || packages+=("$3"); }; }
need_file() { compgen -G "$1" >/dev/null || { missing_tools+=("$2"); packages+=("$3"); }; }

need cmake "builds the Opus codec" cmake
need cc "builds C parts" build-essential
need pkg-config "finds C libraries" pkg-config
need_file "/usr/share/fonts/*/noto/NotoSansCJK*" "Noto CJK fonts: papers are set in them" fonts-noto-cjk
if [ "$purpose" = test ]; then
  need chromium "plays the pages" chromium
  need ffmpeg "makes the pictures that the fake cameras show" ffmpeg
fi

if [ ${#packages[@]} -gt 0 ]; then
  printf 'missing — %s\n' "${missing_tools[@]}"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing from Debian's packages: ${packages[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  else
    echo "install them first, for example: sudo apt-get install --no-install-recommends ${packages[*]}" >&2
    exit 1
  fi
fi

command -v cargo >/dev/null 2>&1 || { echo "missing — cargo: install Rust 1.95 or newer (https://rustup.rs)" >&2; exit 1; }
rust=$(rustc --version | sed -E 's/^rustc ([0-9]+)\.([0-9]+).*/\1 \2/')
read -r major minor <<<"$rust"
[ "$major" -gt 1 ] || [ "$minor" -ge 95 ] || { echo "Rust 1.95 or newer is needed, found $(rustc --version)" >&2; exit 1; }
command -v node >/dev/null 2>&1 || { echo "missing — node: install Node.js 20 or newer" >&2; exit 1; }
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || { echo "Node.js 20 or newer is needed, found $(node --version)" >&2; exit 1; }
command -v npm >/dev/null 2>&1 || { echo "missing — npm: it comes with Node.js" >&2; exit 1; }

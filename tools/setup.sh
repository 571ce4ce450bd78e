#!/usr/bin/env bash
# Names what a machine lacks for `make demo` (setup.sh demo) or `make test` (setup.sh test), and installs it from
# Debian's packages where it may. Can be run again; does nothing when nothing is missing.
set -euo pipefail
purpose=${1:-demo}
case $purpose in demo | test) ;; *) echo "usage: tools/setup.sh demo|test" >&2 && exit 2 ;; esac

missing=()
packages=()
lacks() { missing+=("$1"); [ -z "${2:-}" ] || packages+=("$2"); }
need() { command -v "$1" >/dev/null 2>&1 || lacks "$1: $2" "${3:-}"; }
# One of several files is enough: distributions put fonts in different folders.
need_file() {
  local what=$1 package=$2 pattern
  shift 2
  for pattern in "$@"; do if compgen -G "$pattern" >/dev/null; then return; fi; done
  lacks "$what" "$package"
}
# Whether version $1 is at least $2, both like 20.19.0.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1)" = "$2" ]; }

need cmake "builds the Opus codec" cmake
need cc "builds C parts" build-essential
need pkg-config "finds C libraries" pkg-config
need_file "Noto CJK fonts: papers are set in them" fonts-noto-cjk \
  "/usr/share/fonts/opentype/noto/NotoSansCJK*" "/usr/share/fonts/truetype/noto/NotoSans*CJK*" \
  "/usr/share/fonts/noto-cjk/NotoSansCJK*" "/usr/share/fonts/google-noto-*cjk*/*CJK*" \
  "/usr/local/share/fonts/*CJK*" "/usr/share/fonts/opentype/source-han-sans/*"
if [ "$purpose" = test ]; then
  need chromium "plays the pages" chromium
  need ffmpeg "makes the pictures that the fake cameras show" ffmpeg
  need git "tells whether generated files are as they were committed" git
fi

if [ ${#missing[@]} -gt 0 ]; then
  printf 'missing — %s\n' "${missing[@]}"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing from Debian's packages: ${packages[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  else
    echo "install them first, for example: sudo apt-get install --no-install-recommends ${packages[*]}" >&2
    exit 1
  fi
fi

# Compiler and Node.js are too old in most distributions, so that they are named and not installed.
unmet=()
if ! command -v cargo >/dev/null 2>&1; then
  unmet+=("cargo: install Rust 1.95 or newer (https://rustup.rs)")
else
  rust=$(rustc --version | cut -d' ' -f2)
  at_least "${rust%%-*}" 1.95.0 || unmet+=("Rust 1.95 or newer: found $rust (rustup update stable)")
  if [ "$purpose" = test ]; then
    cargo fmt --version >/dev/null 2>&1 || unmet+=("cargo fmt: rustup component add rustfmt")
    cargo clippy --version >/dev/null 2>&1 || unmet+=("cargo clippy: rustup component add clippy")
  fi
fi
if ! command -v node >/dev/null 2>&1; then
  unmet+=("node: install Node.js 20.19 or newer (https://nodejs.org)")
else
  at_least "$(node -p process.versions.node)" 20.19.0 || unmet+=("Node.js 20.19 or newer: found $(node --version)")
  command -v npm >/dev/null 2>&1 || unmet+=("npm: it comes with Node.js")
fi
if [ ${#unmet[@]} -gt 0 ]; then
  printf 'missing — %s\n' "${unmet[@]}" >&2
  exit 1
fi

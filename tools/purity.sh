#!/usr/bin/env bash
# The pure crates may not reach the world: checked on their dependency trees, each crate alone, as it is built alone.
set -euo pipefail
cd "$(dirname "$0")/.."
fail=0
says() { echo "$*"; fail=1; }
# Captured whole and only then searched: a search that ends early would end `cargo tree` early, and hide what it found.
names() { cargo tree --locked --package "$1" --edges normal --prefix none --no-dedupe | sed -E 's/ .*//' | sort -u; }
reaches() { grep -qx "$2" <<<"$1"; }

server=$(names cloud-window)
for known in tokio axum sqlx desk casework media protocol; do
  reaches "$server" "$known" || says "this check sees nothing: not even that the server reaches $known"
done
for crate in protocol desk casework media; do
  tree=$(names "$crate")
  for banned in tokio mio socket2 axum sqlx hyper reqwest async-std smol; do
    if reaches "$tree" "$banned"; then says "impure: $crate reaches $banned"; fi
  done
  # What decides about people and cases takes moments and ids as arguments; DTLS alone draws its own keys.
  if [ "$crate" != media ]; then
    for banned in getrandom rand chrono time; do
      if reaches "$tree" "$banned"; then says "impure: $crate reaches $banned"; fi
    done
  fi
  for other in desk casework media cloud-window; do
    if [ "$other" != "$crate" ] && reaches "$tree" "$other"; then says "wrong way: $crate imports $other"; fi
  done
done
# `casework` and `media` know ids and time only: built alone they must not switch the messages on.
for crate in desk casework media; do
  features=$(cargo tree --locked --package "$crate" --edges normal,features --prefix none)
  switched=no
  if grep -q 'protocol feature "messages"' <<<"$features"; then switched=yes; fi
  case $crate/$switched in
    desk/no) says "this check sees nothing: not even that desk switches on protocol's messages" ;;
    casework/yes | media/yes) says "wrong way: $crate switches on protocol's messages" ;;
  esac
done
[ "$fail" = 0 ] && echo "pure: protocol, desk, casework and media reach nothing of the world and nothing of each other"
exit "$fail"

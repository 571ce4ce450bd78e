#!/usr/bin/env bash
# The pure crates may not reach the world: checked on their dependency trees, each crate alone, as it is built alone.
set -euo pipefail
cd "$(dirname "$0")/.."
fail=0
for crate in protocol desk casework media; do
  tree=$(cargo tree --package "$crate" --edges normal --prefix none --no-dedupe 2>/dev/null | sed -E 's/ .*//' | sort -u)
  for banned in tokio mio axum sqlx hyper reqwest async-std smol; do
    if grep -qx "$banned" <<<"$tree"; then echo "impure: $crate reaches $banned"; fail=1; fi
  done
  case $crate in
    desk) others="casework media cloud-window" ;;
    casework) others="desk media cloud-window" ;;
    media) others="desk casework cloud-window" ;;
    *) others="desk casework media cloud-window" ;;
  esac
  for other in $others; do
    if grep -qx "$other" <<<"$tree"; then echo "wrong way: $crate imports $other"; fail=1; fi
  done
done
# `casework` and `media` know ids and time only: built alone they must not switch the messages on.
for crate in casework media; do
  if cargo tree --package "$crate" --edges normal,features --prefix none 2>/dev/null | grep -q 'protocol feature "messages"'; then
    echo "wrong way: $crate switches on protocol's messages"; fail=1
  fi
done
[ "$fail" = 0 ] && echo "pure: protocol, desk, casework and media reach nothing of the world and nothing of each other"
exit "$fail"

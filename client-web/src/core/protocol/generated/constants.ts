// Written by `cargo test -p protocol`; do not edit.
export const PROTOCOL_VERSION = 1
export const SUBPROTOCOL = 'cloud-window.v1'
export const MAX_MESSAGE_BYTES = 65536
/** Fields of the shared form in their order, with the longest text in characters. */
export const FORM_FIELDS = [
  { name: 'name', longest: 40 },
  { name: 'id_number', longest: 18 },
  { name: 'phone', longest: 20 },
  { name: 'address', longest: 120 },
  { name: 'household', longest: 2 },
  { name: 'remark', longest: 200 },
] as const
/** WebSocket close codes and their names. */
export const CLOSE_REASONS = {
  1000: 'bye',
  1009: 'too_big',
  4000: 'incompatible',
  4001: 'unauthenticated',
  4002: 'replaced',
  4003: 'revoked',
  4004: 'too_slow',
  4005: 'malformed',
  4006: 'too_many',
  4007: 'restarting',
  4008: 'internal',
} as const

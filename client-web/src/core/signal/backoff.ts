/** How long to wait before the nth attempt (from 1) in milliseconds; jittered so that many pages do not come at once. */
export function backoff(attempt: number, random: () => number): number {
  const full = Math.min(10_000, 400 * 2 ** Math.min(attempt - 1, 6))
  return Math.round(full * (0.5 + 0.5 * random()))
}

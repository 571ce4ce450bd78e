/** The five-second network test before going on duty. */
export interface NetworkReading {
  /** Whether media reached the server. */
  connected: boolean
  rttMs: number | undefined
  lossOut: number
  bitsOut: number
}

export type NetworkResult = 'good' | 'weak' | 'bad'

/** Weak still works, with the voice first; bad does not. */
export function judge(readings: readonly NetworkReading[]): NetworkResult {
  const last = readings.at(-1)
  if (!last?.connected) return 'bad'
  const rtts = readings.flatMap((one) => one.rttMs ?? [])
  const rtt = rtts.length > 0 ? rtts.reduce((a, b) => a + b, 0) / rtts.length : 0
  const loss = Math.max(...readings.map((one) => one.lossOut))
  if (rtt > 800 || loss > 0.2) return 'bad'
  return rtt > 300 || loss > 0.05 ? 'weak' : 'good'
}

/** Reads once a second for as long as the test lasts; stops early when nobody waits any more. */
export async function runTest(
  read: () => Promise<NetworkReading>,
  options: {
    seconds?: number
    sleep: (ms: number) => Promise<void>
    stop: () => boolean
    progress: (share: number) => void
  },
): Promise<{ result: NetworkResult; last: NetworkReading | undefined }> {
  const seconds = options.seconds ?? 5
  const readings: NetworkReading[] = []
  for (let n = 0; n < seconds && !options.stop(); n++) {
    await options.sleep(1000)
    readings.push(await read())
    options.progress((n + 1) / seconds)
  }
  return { result: judge(readings), last: readings.at(-1) }
}

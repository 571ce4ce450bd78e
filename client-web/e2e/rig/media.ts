/**
 * What the fake cameras and microphones of the browser tests show and say: pictures that carry their own frame number
 * and sender, and a pair of tones per person, so that who sees and hears whom is read back and not believed.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CELLS, FRAME_BITS, FRAMES, PERSON_BITS, PICTURES, type Person, type Size } from './code'

/** Tones in Hz: no one is a multiple of another, all well inside what Opus keeps. */
export const TONES: Record<Person, readonly [number, number]> = {
  1: [440, 1170],
  2: [620, 1510],
  3: [530, 1330],
  4: [710, 1730],
}

/** Files for one person's camera and microphone. */
export interface FakeMedia {
  camera: string
  microphone: string
}

/** Makes a person's camera and microphone files below `folder`, once. */
export async function fakeMedia(folder: string, person: Person, size: Size): Promise<FakeMedia> {
  mkdirSync(folder, { recursive: true })
  const camera = join(folder, `camera-${person}-${size}.mjpeg`)
  const microphone = join(folder, `tones-${person}.wav`)
  if (!existsSync(camera)) await writeCamera(camera, person, size)
  if (!existsSync(microphone)) writeFileSync(microphone, tones(TONES[person]))
  return { camera, microphone }
}

async function writeCamera(path: string, person: Person, of: Size): Promise<void> {
  const { width, height, rate } = PICTURES[of]
  const half = `${path}.${process.pid}.half.mjpeg`
  const args = ['-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${height}`]
  args.push('-r', String(rate), '-i', '-', '-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p', half)
  const ffmpeg = spawn('ffmpeg', args, { stdio: ['pipe', 'inherit', 'inherit'] })
  const ended = new Promise<void>((done, failed) => {
    ffmpeg.on('error', failed)
    ffmpeg.on('exit', (code) => (code === 0 ? done() : failed(new Error(`ffmpeg ended with ${code}`))))
  })
  for (let n = 0; n < FRAMES; n += 1) {
    if (!ffmpeg.stdin.write(picture(n, person, width, height)))
      await new Promise((more) => ffmpeg.stdin.once('drain', more))
  }
  ffmpeg.stdin.end()
  await ended
  renameSync(half, path)
}

/** A grey picture with a moving bar, and in its middle the number, the person and a checksum as black and white cells. */
function picture(frame: number, person: Person, width: number, height: number): Buffer {
  const out = Buffer.alloc(width * height, 110)
  const bar = Math.round(height / 13)
  const left = Math.floor((frame / FRAMES) * (width - bar))
  for (let y = 0; y < bar; y += 1) out.fill(170, y * width + left, y * width + left + bar)
  const bits = (frame << PERSON_BITS) | person
  const total = FRAME_BITS + PERSON_BITS
  let ones = 0
  for (let b = 0; b < total; b += 1) ones += (bits >> b) & 1
  const word = (bits << (16 - total)) | (ones & ((1 << (16 - total)) - 1))
  for (const [at, cell] of CELLS.entries()) {
    const white = ((word >> at) & 1) === 1
    const x = Math.round(cell.x * width)
    const y = Math.round(cell.y * height)
    const size = Math.round(cell.size * height)
    for (let row = 0; row < size; row += 1)
      out.fill(white ? 235 : 16, (y + row) * width + x, (y + row) * width + x + size)
  }
  return out
}

/** Ten seconds of two sines as 48 kHz 16-bit mono WAV; both end where they began, so that a loop has no click. */
function tones([low, high]: readonly [number, number]): Buffer {
  const rate = 48_000
  const count = rate * 10
  const data = Buffer.alloc(44 + count * 2)
  data.write('RIFF', 0)
  data.writeUInt32LE(36 + count * 2, 4)
  data.write('WAVEfmt ', 8)
  data.writeUInt32LE(16, 16)
  data.writeUInt16LE(1, 20)
  data.writeUInt16LE(1, 22)
  data.writeUInt32LE(rate, 24)
  data.writeUInt32LE(rate * 2, 28)
  data.writeUInt16LE(2, 32)
  data.writeUInt16LE(16, 34)
  data.write('data', 36)
  data.writeUInt32LE(count * 2, 40)
  for (let n = 0; n < count; n += 1) {
    const t = (2 * Math.PI * n) / rate
    data.writeInt16LE(Math.round(9000 * (Math.sin(low * t) + Math.sin(high * t)) * 0.5), 44 + n * 2)
  }
  return data
}

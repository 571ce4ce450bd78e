/** Starts the real server with sample data for a test file, and stops it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** What `demo --ready-file` tells. */
export interface Ready {
  url: string
  kiosk: string
  desk: string
  metrics: string
  staff: { login: string; password: string; totp_secret: string | null }[]
  terminals: { site: string; code: string; enrolment_code: string }[]
}

/** A running server. */
export interface Server {
  ready: Ready
  /** A figure of its own as it is now. */
  figure(name: string): Promise<number>
  /** Ends it as the kernel would in a power cut, and waits until it is gone. */
  kill(): Promise<void>
  /** Starts it again on the same data and port. */
  again(): Promise<void>
  /** Asks it to stop, waits, and removes its data. */
  stop(): Promise<void>
}

const binary = resolve(import.meta.dirname, '../../../target/debug/cloud-window')

/** Starts a server on free ports with a data folder of its own. */
export async function startServer(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-window-e2e-'))
  const port = await freePort()
  const state: { child: ChildProcess; ready: Ready } = await launch(folder, port, true)
  return {
    get ready() {
      return state.ready
    },
    figure: (name) => figure(state.ready.metrics, name),
    kill: () => end(state.child, 'SIGKILL'),
    async again() {
      Object.assign(state, await launch(folder, port, false))
    },
    async stop() {
      await end(state.child, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function launch(
  folder: string,
  port: number,
  fresh: boolean,
): Promise<{ child: ChildProcess; ready: Ready }> {
  const file = join(folder, 'ready.json')
  rmSync(file, { force: true })
  const program = process.env['CLOUD_WINDOW_BINARY'] ?? binary
  const args = [
    'demo',
    '--data',
    join(folder, 'data'),
    '--port',
    String(port),
    '--neighbours',
    '0',
    '--ready-file',
    file,
  ]
  if (fresh) args.push('--fresh')
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-4000)))
  let gone = false
  child.on('exit', () => (gone = true))
  const end = Date.now() + 60_000
  while (!existsSync(file)) {
    if (gone || Date.now() > end) throw new Error(`the server did not start: ${said}`)
    await new Promise((next) => setTimeout(next, 50))
  }
  return { child, ready: JSON.parse(readFileSync(file, 'utf8')) as Ready }
}

/** One line of the text that Prometheus reads. */
async function figure(metrics: string, name: string): Promise<number> {
  const text = await (await fetch(metrics)).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  if (line === undefined) throw new Error(`no figure ${name}`)
  return Number(line.slice(name.length + 1))
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill(signal)
  return gone
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        address && typeof address === 'object' ? done(address.port) : failed(new Error('no port')),
      )
    })
  })
}

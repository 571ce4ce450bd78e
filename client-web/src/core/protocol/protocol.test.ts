// Both sides agree on the same bytes: these are the files that the protocol crate's own tests hold to.
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CLOSE_REASONS, FORM_FIELDS } from '.'
import type { ClientFrame, Common, Hello, ServerFrame, TerminalMessage, ToTerminal } from '.'

const root = `${import.meta.dirname}/../../../..`

function fixture<T>(name: string): T {
  const text = readFileSync(`${root}/signaling/protocol/tests/fixtures/${name}.snap`, 'utf8')
  return JSON.parse(text.slice(text.indexOf('\n---\n') + 5)) as T
}

describe('the wire', () => {
  it('greets as the server expects', () => {
    const hello: ClientFrame<Hello> = {
      id: 1,
      body: { type: 'hello', protocol: 1, pass: 'pppppppp', client: 'kiosk 0.1.0' },
    }
    expect(hello).toEqual(fixture('hello'))
  })

  it('is welcomed as the server says', () => {
    const frame = fixture<ServerFrame<Common>>('welcome')
    expect(frame.body.type === 'welcome' && frame.body.resume).toBe('rrrrrrrr')
  })

  it('asks as the server expects', () => {
    const call = '01980000-0000-7000-8000-000000000006'
    const said: TerminalMessage[] = fixture('from_terminal')
    const mine: TerminalMessage[] = [
      { type: 'set_media', call, muted: true, camera_off: false },
      {
        type: 'answer_assist',
        call,
        granted: ['point', 'capture'],
        shown: { version: 'assist-2026-01', locale: 'zh-HK' },
      },
      { type: 'form_focus', call },
      { type: 'rate', call, score: 1 },
      { type: 'wiped' },
    ]
    for (const message of mine) expect(said).toContainEqual(message)
  })

  it('reads every stage of a visit', () => {
    const stages = fixture<ToTerminal[]>('to_terminal').flatMap((m) =>
      m.type === 'view' ? [m.stage.stage] : [],
    )
    // Waiting comes twice: with a time to wait, and with nobody on duty.
    expect([...new Set(stages)]).toEqual(['free', 'waiting', 'ringing', 'in_call', 'ended'])
  })

  it('exports everything that is generated', () => {
    const index = readFileSync(`${import.meta.dirname}/index.ts`, 'utf8')
    const files = readdirSync(`${import.meta.dirname}/generated`).map((name) => name.replace(/\.ts$/, ''))
    expect(files.filter((name) => !index.includes(`'./generated/${name}'`))).toEqual([])
    expect(CLOSE_REASONS[4002]).toBe('replaced')
    expect(FORM_FIELDS[0].name).toBe('name')
  })
})

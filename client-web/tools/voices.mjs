// Speaks the terminal's prompts (title and first line of each page) into public/voices, one file per page and voice, and
// lists them. Made with espeak-ng they are samples: a district records its own people and puts their files in place.
// Needs espeak-ng and ffmpeg. Run again after changing a text: node tools/voices.mjs
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const VOICES = [
  { spoken: 'zh', locale: 'zh-CN', espeak: 'cmn', speed: 165 },
  { spoken: 'yue', locale: 'zh-HK', espeak: 'yue', speed: 150 },
  { spoken: 'en', locale: 'en', espeak: 'en-gb', speed: 145 },
]

const PAGES = {
  hello: ['lang.hello'],
  attract: ['attract.titleA', 'attract.titleB', 'attract.sub'],
  language: ['lang.title', 'lang.size'],
  identify: ['id.title', 'id.sub'],
  typing: ['id.typeTitle', 'id.typeSub'],
  choose: ['item.title'],
  group: ['item.pick'],
  search: ['find.title', 'find.empty'],
  scenario: ['scen.choose', 'scen.wrong'],
  elsewhere: ['scen.elsewhere', 'scen.elsewhereMore'],
  checklist: ['list.title', 'list.open'],
  'consent-recording': ['cons.recording.title', 'cons.recording.why', 'cons.noSub'],
  'consent-face_check': ['cons.face_check.title', 'cons.face_check.why', 'cons.noSub'],
  waiting: ['wait.seated'],
  ringing: ['ring.title', 'ring.sub'],
  result: ['done.ended'],
  rating: ['rate.title', 'rate.leftPlain'],
  idle: ['idle.title'],
  wiped: ['wipe.done'],
  closed: ['closed.title', 'closed.sub'],
}

const out = fileURLToPath(new URL('../public/voices/', import.meta.url))
const server = await createServer({ logLevel: 'error', server: { middlewareMode: true } })
const { catalogues } = await server.ssrLoadModule('/src/i18n/kiosk/index.ts')
await server.close()

const text = (locale, key) => {
  const found = key.split('.').reduce((at, part) => at?.[part], catalogues[locale])
  if (typeof found !== 'string' || /[{}]/.test(found)) throw new Error(`${locale}: ${key} cannot be spoken`)
  return found
}

rmSync(out, { recursive: true, force: true })
const index = {}
for (const { spoken, locale, espeak, speed } of VOICES) {
  mkdirSync(`${out}${spoken}`, { recursive: true })
  for (const [page, keys] of Object.entries(PAGES)) {
    const words = keys.map((key) => text(locale, key)).join(locale === 'en' ? '. ' : '。')
    const wave = execFileSync('espeak-ng', ['-v', espeak, '-s', String(speed), '--stdout', words], {
      maxBuffer: 64 << 20,
    })
    const encode = ['-loglevel', 'error', '-y', '-i', '-', '-map_metadata', '-1', '-fflags', '+bitexact']
    const opus = ['-flags:a', '+bitexact', '-c:a', 'libopus', '-b:a', '16k', '-ac', '1']
    execFileSync('ffmpeg', [...encode, ...opus, `${out}${spoken}/${page}.ogg`], { input: wave })
  }
  index[spoken] = Object.keys(PAGES)
}
writeFileSync(`${out}index.json`, `${JSON.stringify(index, null, 2)}\n`)

// The kiosk's JavaScript must stay small: what its page loads before anything is pressed, gzipped.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const limit = 150 * 1024
const dist = new URL('../dist/', import.meta.url)
const html = readFileSync(new URL('kiosk.html', dist), 'utf8')
const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((m) => m[1])
const size = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0)
console.log(`kiosk entry: ${(size / 1024).toFixed(1)} kB of JavaScript (gzip), limit ${limit / 1024}`)
if (scripts.length === 0 || size > limit) process.exit(1)

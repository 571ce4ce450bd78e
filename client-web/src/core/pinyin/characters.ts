import type { Locale } from '../protocol'

/** Every character of a range of lead bytes of a double-byte encoding, in the order of its codes. */
function decoded(
  encoding: string,
  leads: readonly [number, number],
  trails: readonly [number, number][],
): string {
  const decoder = new TextDecoder(encoding)
  let text = ''
  for (let lead = leads[0]; lead <= leads[1]; lead++)
    for (const [from, to] of trails)
      for (let trail = from; trail <= to; trail++) {
        const character = decoder.decode(Uint8Array.of(lead, trail))
        if (/^\p{Script=Han}$/u.test(character)) text += character
      }
  return text
}

/**
 * The characters that people write, the common ones first: GB 2312 for simplified (3,755 common ones by pinyin, 3,008 less
 * common ones by radical), the common plane of Big5 for traditional ones (5,401). Browsers know both tables.
 */
export function characters(locale: Locale): string {
  const simplified = decoded('gbk', [0xb0, 0xf7], [[0xa1, 0xfe]])
  if (locale !== 'zh-HK') return simplified
  const traditional = decoded(
    'big5',
    [0xa4, 0xc6],
    [
      [0x40, 0x7e],
      [0xa1, 0xfe],
    ],
  )
  return [...new Set(traditional + simplified)].join('')
}

/** Chinese resident identity numbers (GB 11643): six digits of area, date of birth, sequence, check character. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'

/** The check character (ISO 7064 MOD 11-2) of the first 17 digits. */
export function checkCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17[index]), 0)
  return CHECKS[sum % 11] ?? ''
}

export type IdFault = 'short' | 'form' | 'date' | 'check'

/** What is wrong with a typed number, or nothing. */
export function idFault(text: string, today: Date): IdFault | undefined {
  if (text.length < 18) return 'short'
  if (!/^[1-9]\d{16}[\dX]$/.test(text)) return 'form'
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)].map(Number) as [
    number,
    number,
    number,
  ]
  const born = new Date(year, month - 1, day)
  const real = born.getFullYear() === year && born.getMonth() === month - 1 && born.getDate() === day
  if (!real || year < 1880 || born > today) return 'date'
  return checkCharacter(text) === text[17] ? undefined : 'check'
}

/** Whole years of whoever a good number names, on the day of `today`. */
export function ageOf(number: string, today: Date): number {
  const [year, month, day] = [number.slice(6, 10), number.slice(10, 12), number.slice(12, 14)].map(
    Number,
  ) as [number, number, number]
  const had = today.getMonth() + 1 > month || (today.getMonth() + 1 === month && today.getDate() >= day)
  return today.getFullYear() - year - (had ? 0 : 1)
}

/** `4401 **** **** 2318`: what has been typed so far, in four groups, the ten in the middle as two groups of stars. */
export function maskId(text: string): string {
  const stars = (from: number, to: number) => '*'.repeat(Math.min(4, text.slice(from, to).length))
  return [text.slice(0, 4), stars(4, 10), stars(10, 14), text.slice(14)]
    .filter((group) => group !== '')
    .join(' ')
}

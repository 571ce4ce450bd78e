export { Sounds } from './sounds'
export type { Sound } from './sounds'
export { Prompts } from './prompts'
export type { VoiceIndex } from './prompts'

import { describe, expect, it } from 'vitest'
import { Prompts } from '.'

function rig(answer: () => Promise<Response>) {
  const played: string[] = []
  const player = {
    src: '',
    volume: 1,
    play: async () => void played.push(player.src),
    pause: () => void played.push('stop'),
  }
  const prompts = new Prompts({
    fetch: answer as typeof fetch,
    player: () => player as unknown as HTMLAudioElement,
  })
  return { prompts, played }
}

describe('spoken prompts', () => {
  it('plays what is there and is silent about the rest', async () => {
    const { prompts, played } = rig(async () => Response.json({ yue: ['attract'] }))
    await prompts.load()
    prompts.say('zh', 'attract')
    prompts.say('yue', 'rating')
    prompts.say('yue', 'attract')
    expect(played).toEqual(['/voices/yue/attract.ogg'])
    prompts.say('yue', 'rating')
    expect(played.at(-1)).toBe('stop')
  })

  it('says a page of a Hakka speaker in Mandarin until there are recordings of their own', async () => {
    const { prompts, played } = rig(async () => Response.json({ zh: ['attract', 'rating'], hak: ['rating'] }))
    await prompts.load()
    prompts.say('hak', 'attract')
    expect(played).toEqual(['/voices/zh/attract.ogg'])
    prompts.say('hak', 'rating')
    expect(played.at(-1)).toBe('/voices/hak/rating.ogg')
    expect(prompts.voiceOf('hak', 'waiting')).toBeUndefined()
    expect(prompts.voiceOf('yue', 'attract')).toBeUndefined()
  })

  it('has nothing when the server has nothing', async () => {
    const { prompts } = rig(async () => new Response('', { status: 404 }))
    await prompts.load()
    expect(prompts.has('zh', 'attract')).toBe(false)
  })
})

/** Measures a page as people meet it: letters, targets, what is cut off. Sizes are those of the design, before scaling. */
import type { Page } from '@playwright/test'

export interface Limits {
  /** Least size of a letter, in pixels. */
  letter: number
  /** Least height and width of something to press, in pixels. */
  target: number
}

/** Everything on the page that is smaller than the limits, cut off or outside of the screen; empty is good. */
export function faults(page: Page, limits: Limits): Promise<string[]> {
  return page.evaluate(({ letter, target }) => {
    const found: string[] = []
    const scope = [...document.querySelectorAll('dialog[open]')].pop() ?? document.body
    const hidden = (element: Element) =>
      element.closest('.visually-hidden, [aria-hidden="true"], svg, video') !== null ||
      getComputedStyle(element).visibility === 'hidden'
    const name = (element: Element, text: string) =>
      `${element.tagName.toLowerCase()}.${String(element.className).split(' ')[0]} "${text.trim().slice(0, 24)}"`

    const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement
      const text = node.textContent ?? ''
      if (!parent || text.trim() === '' || hidden(parent)) continue
      const size = parseFloat(getComputedStyle(parent).fontSize)
      if (size < letter) found.push(`${name(parent, text)}: ${size} px letters`)
      const range = document.createRange()
      range.selectNodeContents(node)
      const lines = [...range.getClientRects()].filter((r) => r.width > 0)
      const last = lines[lines.length - 1]
      if (lines.length > 1 && last && /\p{Script=Han}/u.test(text) && last.width < size * 1.5)
        found.push(`${name(parent, text)}: a character alone on its line`)
      // Somebody can scroll to what a scroller hides; what any other box cuts off is lost.
      for (let box = parent; box && box !== document.body; box = box.parentElement as HTMLElement) {
        const style = getComputedStyle(box)
        if (/auto|scroll/.test(style.overflow + style.overflowX + style.overflowY)) break
        if (!/hidden|clip/.test(style.overflow)) continue
        const outer = box.getBoundingClientRect()
        const cut = lines.some(
          (r) => r.right > outer.right + 1 || r.bottom > outer.bottom + 4 || r.left < outer.left - 1,
        )
        if (cut) found.push(`${name(parent, text)}: cut off by ${box.className}`)
      }
    }
    for (const element of scope.querySelectorAll<HTMLElement>('button, input, a[href]')) {
      if (hidden(element) || element.offsetHeight === 0) continue
      if (element.offsetHeight < target)
        found.push(`${name(element, element.innerText)}: ${element.offsetHeight} px high`)
      if (element.offsetWidth < target)
        found.push(`${name(element, element.innerText)}: ${element.offsetWidth} px wide`)
      const box = element.getBoundingClientRect()
      if (box.right > innerWidth + 1 || box.left < -1)
        found.push(`${name(element, element.innerText)}: off the screen`)
    }
    return [...new Set(found)]
  }, limits)
}

const PRINTING = 'printing'

/** Prints pictures of pages, and nothing else of the screen; resolves once the browser's own dialog is closed. */
export async function printPages(pages: readonly Blob[]): Promise<void> {
  const sheet = document.createElement('div')
  sheet.className = 'print-sheet'
  const urls = pages.map((page) => URL.createObjectURL(page))
  try {
    for (const url of urls) {
      const picture = new Image()
      picture.src = url
      await picture.decode()
      sheet.append(picture)
    }
    document.body.append(sheet)
    document.documentElement.classList.add(PRINTING)
    window.print()
  } finally {
    document.documentElement.classList.remove(PRINTING)
    sheet.remove()
    for (const url of urls) URL.revokeObjectURL(url)
  }
}

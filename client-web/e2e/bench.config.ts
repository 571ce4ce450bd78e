import { defineConfig } from '@playwright/test'
import usual from './playwright.config'

/** What is measured in a browser; `make bench` starts it and reads what it writes. */
export default defineConfig({
  ...usual,
  testDir: './bench',
  outputDir: '../test-results/bench',
  // A call that did not come about is no figure.
  retries: 0,
  timeout: 900_000,
})

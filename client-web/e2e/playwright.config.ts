import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: './specs',
  outputDir: '../test-results',
  // Every test plays two or three people, each with a browser of their own: one test at a time is enough for two cores.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  // Whatever passes only the second time is reported as flaky.
  retries: process.env['CI'] ? 1 : 0,
  timeout: 180_000,
  expect: { timeout: 40_000 },
  reporter: [['list']],
})

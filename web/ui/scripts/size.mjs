// Fails when a page's first load exceeds its budget of gzipped JavaScript.
// First load = the entry and every chunk it imports statically; lazy chunks (the map) are not part of it.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = { console: 250, login: 120, caregiver: 200, family: 150, installer: 150 }
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

function firstLoad(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const next of manifest[key].imports ?? []) firstLoad(next, seen)
  return seen
}

let failed = false
for (const [name, budget] of Object.entries(BUDGET_KB)) {
  const files = [...firstLoad(`${name}.html`)].map((key) => manifest[key].file)
  const bytes = files
    .filter((file) => file.endsWith('.js'))
    .reduce(
      (sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length,
      0,
    )
  const kb = bytes / 1000
  const over = kb > budget
  failed ||= over
  console.log(
    `${name.padEnd(10)} ${kb.toFixed(1).padStart(7)} kB of ${budget} kB gzipped${over ? '  TOO LARGE' : ''}`,
  )
}
process.exit(failed ? 1 : 0)

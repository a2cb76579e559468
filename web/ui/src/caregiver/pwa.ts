import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { VitePWAOptions } from 'vite-plugin-pwa'

interface Chunk {
  file: string
  css?: string[]
  assets?: string[]
  imports?: string[]
  dynamicImports?: string[]
}

/** The page whose files are kept on the phone, and the address it is served under. */
const PAGE = 'caregiver.html'
const ADDRESS = '/caregiver'
/** What the page needs besides what Vite has built. */
const BESIDE = ['assets/bell.svg', 'caregiver.webmanifest', 'assets/caregiver-192.png']

/** Every built file that the caregiver's page can load, walked through Vite's manifest. */
function filesOfPage(manifest: Record<string, Chunk>): Set<string> {
  const files = new Set<string>([PAGE])
  const visited = new Set<string>()
  const walk = (name: string): void => {
    const chunk = manifest[name]
    if (!chunk || visited.has(name)) return
    visited.add(name)
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file)
    for (const other of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) walk(other)
  }
  walk(PAGE)
  return files
}

/** The caregiver's page is installable and works offline; the console is not cached on purpose. */
export const pwa: Partial<VitePWAOptions> = {
  registerType: 'prompt',
  injectRegister: false,
  filename: 'caregiver-sw.js',
  scope: ADDRESS,
  workbox: {
    globPatterns: ['caregiver.{html,webmanifest}', 'assets/**/*.{js,css,svg,png}'],
    navigateFallback: ADDRESS,
    navigateFallbackAllowlist: [/^\/caregiver(?:[/?#]|$)/],
  },
  integration: {
    configureOptions({ build, root }, options) {
      options.workbox ??= {}
      options.workbox.manifestTransforms = [
        (entries) => {
          const file = resolve(root, build.outDir, '.vite', 'manifest.json')
          const wanted = filesOfPage(
            JSON.parse(readFileSync(file, 'utf8')) as Record<string, Chunk>,
          )
          const manifest = entries
            .filter(({ url }) => wanted.has(url) || BESIDE.includes(url))
            .map((entry) => (entry.url === PAGE ? { ...entry, url: ADDRESS } : entry))
          return { manifest }
        },
      ]
    },
  },
  manifest: false, // public/caregiver.webmanifest, linked from this page only: family and console are no part of it
}

import { readFileSync } from 'node:fs'

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
  manifestFilename: 'caregiver.webmanifest',
  scope: ADDRESS,
  includeManifestIcons: false,
  workbox: {
    globPatterns: ['caregiver.html', 'assets/**/*.{js,css,svg,png}'],
    navigateFallback: ADDRESS,
    navigateFallbackAllowlist: [/^\/caregiver(?:[/?#]|$)/],
    manifestTransforms: [
      (entries) => {
        const built = JSON.parse(
          readFileSync(new URL('../../dist/.vite/manifest.json', import.meta.url), 'utf8'),
        ) as Record<string, Chunk>
        const wanted = filesOfPage(built)
        const kept = entries
          .filter(({ url }) => wanted.has(url) || /^assets\/(?:bell|caregiver)[^/]*\.(?:svg|png)$/.test(url))
          .map((entry) => (entry.url === PAGE ? { ...entry, url: ADDRESS } : entry))
        return { manifest: kept }
      },
    ],
  },
  manifest: {
    id: ADDRESS,
    name: '安心铃 护理员',
    short_name: '安心铃',
    lang: 'zh-CN',
    start_url: ADDRESS,
    scope: ADDRESS,
    display: 'standalone',
    orientation: 'portrait',
    theme_color: '#0b2f4f',
    background_color: '#eaeff4',
    icons: [{ src: '/assets/bell.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
  },
}

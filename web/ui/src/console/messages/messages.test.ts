import { describe, expect, it } from 'vitest'
import { en } from './en'
import { zh } from './zh-CN'
import { common as commonEn } from '@/shared/i18n/en'
import { common as commonZh } from '@/shared/i18n/zh-CN'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, above = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(above + key, value)
    else for (const [inner, text] of flat(value, `${above}${key}.`)) found.set(inner, text)
  }
  return found
}

const slots = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort()
const sources = import.meta.glob<string>('../**/*.{vue,ts}', {
  query: '?raw',
  import: 'default',
  eager: true,
})

describe('the words', () => {
  const chinese = new Map([...flat(commonZh), ...flat(zh)])
  const english = new Map([...flat(commonEn), ...flat(en)])

  it('exist in both languages with the same blanks to fill', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
    for (const [key, text] of chinese) expect(slots(english.get(key)!), key).toEqual(slots(text))
  })

  it('exist for every key that the console names', () => {
    const missing: string[] = []
    for (const [file, text] of Object.entries(sources)) {
      for (const [, key] of text.matchAll(/\bt\(\s*'([a-zA-Z0-9_.]+)'/g)) {
        if (!chinese.has(key!)) missing.push(`${file}: ${key}`)
      }
    }
    expect(missing).toEqual([])
  })
})

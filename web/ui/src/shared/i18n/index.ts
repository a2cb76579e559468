import { createI18n } from 'vue-i18n'
import type { Locale } from '../api/types'
import { common as en } from './en'
import { common as zh } from './zh-CN'

export type MessageTree = { [key: string]: string | MessageTree }

const STORAGE_KEY = 'carebell.locale'
export const LOCALES: readonly { id: Locale; name: string }[] = [
  { id: 'zh-CN', name: '简体中文' },
  { id: 'en', name: 'English' },
]

function remembered(): Locale {
  try {
    const stored = localStorage.getItem(STORAGE_KEY)
    if (stored === 'zh-CN' || stored === 'en') return stored
  } catch {
    // storage may be forbidden; the browser's language decides then
  }
  return navigator.language.startsWith('en') ? 'en' : 'zh-CN'
}

const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN' as Locale,
  fallbackLocale: 'en',
  messages: { 'zh-CN': zh as MessageTree, en: en as MessageTree },
})

/** The one i18n instance, with an app's own messages merged into the common ones. */
export function createAppI18n(messages?: Record<Locale, MessageTree>): typeof i18n {
  if (messages) {
    i18n.global.mergeLocaleMessage('zh-CN', messages['zh-CN'])
    i18n.global.mergeLocaleMessage('en', messages.en)
  }
  setLocale(remembered())
  return i18n
}

export function currentLocale(): Locale {
  return i18n.global.locale.value as Locale
}

/** Switch without reloading; `<html lang>` follows so that screen readers change voice. */
export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  try {
    localStorage.setItem(STORAGE_KEY, locale)
  } catch {
    // not remembered on this device
  }
}

/** Translate outside of a component. */
export function translate(key: string, params: Record<string, unknown> = {}): string {
  return i18n.global.t(key, params)
}

export function hasMessage(key: string): boolean {
  return i18n.global.te(key) || i18n.global.te(key, 'en')
}

/** The text of something the platform names in both languages. */
export function inLocale(text: { zh: string; en: string }): string {
  return currentLocale() === 'en' ? text.en : text.zh
}

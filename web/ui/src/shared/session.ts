import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api } from './api/client'
import { Problem } from './api/problem'
import type { Locale, Me, Role } from './api/types'
import { currentLocale, setLocale } from './i18n'

/** The page a role works on. */
export function homePage(role: Role): '/console' | '/caregiver' | '/family' | '/installer' {
  if (role === 'caregiver' || role === 'family' || role === 'installer') return `/${role}`
  return '/console'
}

/** Where to log in, coming back to this page afterwards. */
export function loginUrl(from: string): string {
  return `/login?next=${encodeURIComponent(from)}`
}

/** A `next` we may follow: a path of our own, never another site. */
export function safeNext(next: string | null, role: Role): string {
  const home = homePage(role)
  return next !== null && new RegExp(`^${home}([/?#]|$)`).test(next) ? next : home
}

/** Who is logged in. The cookie is HttpOnly: only the platform can say. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const loggedIn = computed(() => me.value !== null)

  /** Ask who is logged in; null when nobody is. Other failures are thrown. */
  async function load(): Promise<Me | null> {
    try {
      me.value = await api.get('/me')
      setLocale(me.value.locale)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error
      me.value = null
    }
    return me.value
  }

  async function login(username: string, password: string): Promise<Me> {
    me.value = await api.post('/session', { username, password })
    await keepLocale(currentLocale())
    return me.value
  }

  async function logout(): Promise<void> {
    await api.delete('/session')
    me.value = null
  }

  /** Show another language at once and remember it for this account. */
  async function keepLocale(locale: Locale): Promise<void> {
    setLocale(locale)
    if (me.value === null || me.value.locale === locale) return
    me.value = { ...me.value, locale }
    try {
      await api.patch('/me', { locale })
    } catch {
      // The page already shows it and this browser remembers it: nothing is lost.
    }
  }

  return { me, loggedIn, load, login, logout, keepLocale }
})

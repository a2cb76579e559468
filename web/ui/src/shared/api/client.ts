import { serverClock } from '../time/serverClock'
import { Problem, problemFrom } from './problem'

const BASE = '/api/v1'
const TIMEOUT_MS = 10_000

type Query = Record<string, string | number | boolean | null | undefined>

/** Called once whenever the platform says that nobody is logged in (401). */
let onLoggedOut: () => void = () => {}
export function whenLoggedOut(handler: () => void): void {
  onLoggedOut = handler
}

/** A fresh id for a write, so that a retry of it changes nothing. Make it once per intention. */
export function newEventId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  // randomUUID needs a secure context; centres often run on plain HTTP in their own network.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function pathWith(path: string, query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value))
  }
  const tail = params.toString()
  return `${BASE}${path}${tail ? `?${tail}` : ''}`
}

async function request<T>(method: string, url: string, body?: unknown): Promise<T> {
  let response: Response
  try {
    response = await fetch(url, {
      method,
      credentials: 'same-origin',
      headers:
        body === undefined
          ? { accept: 'application/json' }
          : { accept: 'application/json', 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (cause) {
    throw Problem.network(cause)
  }
  serverClock.sampleHttpDate(response.headers.get('date'))
  if (!response.ok) {
    const problem = await problemFrom(response)
    if (problem.status === 401) onLoggedOut()
    throw problem
  }
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

export const api = {
  get: <T>(path: string, query?: Query) => request<T>('GET', pathWith(path, query)),
  post: <T>(path: string, body: unknown = {}, query?: Query) =>
    request<T>('POST', pathWith(path, query), body),
  put: <T>(path: string, body: unknown, query?: Query) =>
    request<T>('PUT', pathWith(path, query), body),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', pathWith(path), body),
  delete: <T>(path: string) => request<T>('DELETE', pathWith(path), {}),
}

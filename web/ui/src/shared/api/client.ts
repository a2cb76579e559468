import { serverClock } from '../time/serverClock'
import { Problem, problemFrom } from './problem'
import type { Answer, Body, Given, Params, PathOf } from './typing'

const BASE = '/api/v1'
const TIMEOUT_MS = 10_000

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
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The address of an endpoint; `given` fills the braces of its path, the rest is its query. */
function addressOf(path: string, given: object = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(given as Record<string, string>)) {
    if ((value ?? '') === '') continue
    const slot = `{${name}}`
    if (path.includes(slot)) path = path.replace(slot, encodeURIComponent(value))
    else query.set(name, value)
  }
  const tail = query.toString()
  return `${BASE}${path}${tail ? `?${tail}` : ''}`
}

async function request<T>(method: string, url: string, body?: unknown): Promise<T> {
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers:
        body === undefined
          ? { accept: 'application/json' }
          : { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body), // nothing of undefined
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

/** Every endpoint by its path in `openapi.json`: what it takes and answers is checked. */
export const api = {
  get: <P extends PathOf<'get'>>(path: P, ...[given]: Given<Params<'get', P>>) =>
    request<Answer<'get', P>>('GET', addressOf(path, given)),
  post: <P extends PathOf<'post'>>(
    path: P,
    body: Body<'post', P>,
    ...[given]: Given<Params<'post', P>>
  ) => request<Answer<'post', P>>('POST', addressOf(path, given), body ?? {}),
  put: <P extends PathOf<'put'>>(
    path: P,
    body: Body<'put', P>,
    ...[given]: Given<Params<'put', P>>
  ) => request<Answer<'put', P>>('PUT', addressOf(path, given), body),
  patch: <P extends PathOf<'patch'>>(path: P, body: Body<'patch', P>) =>
    request<Answer<'patch', P>>('PATCH', addressOf(path), body),
  delete: <P extends PathOf<'delete'>>(path: P, ...[given]: Given<Params<'delete', P>>) =>
    request<Answer<'delete', P>>('DELETE', addressOf(path, given), {}),
}

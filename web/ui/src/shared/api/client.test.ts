import { afterEach, expect, test, vi } from 'vitest'

import { api } from './client'

afterEach(() => vi.unstubAllGlobals())

/** The platform, as it answers everything; returns what it was asked. */
function platform(status = 200): { url: string; body: string | undefined }[] {
  const asked: { url: string; body: string | undefined }[] = []
  vi.stubGlobal('fetch', async (url: string, { body }: { body?: string }) => {
    asked.push({ url, body })
    return new Response(status === 204 ? null : '{"items":[]}', { status })
  })
  return asked
}

test('braces of a path are filled, the rest is its query, and what is not known is left out', async () => {
  const asked = platform()
  await api.get('/terminals/{terminal_id}', { terminal_id: 'a/b $& c' })
  await api.get('/incidents', { tab: 'open', before: null, limit: 5 })
  await api.get('/services')
  expect(asked.map(({ url }) => url)).toEqual([
    '/api/v1/terminals/a%2Fb%20%24%26%20c',
    '/api/v1/incidents?tab=open&limit=5',
    '/api/v1/services',
  ])
})

test('a write says its body, and an empty one where nothing is to be said', async () => {
  const asked = platform()
  await api.post('/plans/jobs/{job_id}/stop', { event_id: 'e1' }, { job_id: 'j1' })
  await api.post('/terminals/{terminal_id}/secret', undefined, { terminal_id: 'T-1' })
  expect(asked).toEqual([
    { url: '/api/v1/plans/jobs/j1/stop', body: '{"event_id":"e1"}' },
    { url: '/api/v1/terminals/T-1/secret', body: '{}' },
  ])
})

test('an answer without content is undefined', async () => {
  platform(204)
  expect(await api.delete('/session')).toBeUndefined()
})

import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/shared/api/client'
import { Problem } from '@/shared/api/problem'
import type { Repair } from '../wire'
import { useRepair } from './repair'

const LOST = Problem.network(new Error('away'))
const REFUSED = new Problem(422, 'invalid', 'invalid', null, {})

function repair(over: Partial<Repair> = {}): Repair {
  return {
    id: 'r1',
    state: 'offered',
    done: true,
    cause: 'cancelled',
    alternatives: [],
    ...over,
  } as Repair
}

/** One method for all endpoints: a test answers what the one it calls does. */
const spyOn = (method: 'get' | 'post') =>
  vi.spyOn(api as unknown as Record<string, (...said: unknown[]) => Promise<unknown>>, method)

/** The path of each write, and its event. */
const posted = (spy: { mock: { calls: unknown[][] } }) =>
  spy.mock.calls.map(([path, body]) => [path, (body as { event_id: string }).event_id] as const)

beforeEach(() => {
  setActivePinia(createPinia())
  vi.restoreAllMocks()
  vi.useFakeTimers()
})

describe('a question about a changed day', () => {
  it('is asked once, however often its answer is lost', async () => {
    const post = spyOn('post').mockRejectedValueOnce(REFUSED).mockResolvedValue(repair())
    const store = useRepair()
    await store.ask({ cause: 'late', visit_id: 'v1' })
    expect(store.failure?.error).toBe(REFUSED)
    await store.failure?.retry()
    expect(store.current?.id).toBe('r1')
    const sent = posted(post)
    expect(sent.map(([path]) => path)).toEqual(['/repairs', '/repairs'])
    expect(sent[0]![1]).toBe(sent[1]![1])
  })

  it('that cannot be looked at is looked at again, not asked again', async () => {
    const post = spyOn('post').mockResolvedValue(repair({ state: 'asked', done: false }))
    const get = spyOn('get').mockRejectedValueOnce(LOST).mockResolvedValue(repair())
    const store = useRepair()
    await store.ask({ cause: 'late', visit_id: 'v1' })
    await vi.advanceTimersByTimeAsync(500)
    expect(store.failure?.error).toBe(LOST)
    await store.failure?.retry()
    expect(store.failure).toBeNull()
    expect(store.current?.state).toBe('offered')
    expect(get).toHaveBeenCalledTimes(2)
    expect(post).toHaveBeenCalledTimes(1)
  })

  it('is published by the same click when publishing fails', async () => {
    const post = spyOn('post').mockResolvedValueOnce(repair()).mockRejectedValueOnce(REFUSED)
    spyOn('get').mockResolvedValue({})
    const store = useRepair()
    await store.ask({ cause: 'late', visit_id: 'v1' })
    expect(await store.publish(2)).toBe(false)
    post.mockResolvedValue(repair({ state: 'published' }))
    expect(await store.failure?.retry()).toBe(true)
    const sent = posted(post).slice(1)
    expect(sent.map(([path]) => path)).toEqual([
      '/repairs/{repair_id}/publish',
      '/repairs/{repair_id}/publish',
    ])
    expect(sent[0]![1]).toBe(sent[1]![1])
  })

  it('asked again names the repair and records nothing', async () => {
    const post = spyOn('post').mockResolvedValue(repair())
    const store = useRepair()
    await store.ask({ cause: 'cancelled', visit_id: 'v1' })
    post.mockResolvedValue(repair({ id: 'r2' }))
    await store.askAgain()
    expect(posted(post).map(([path]) => path)).toEqual(['/repairs', '/repairs/{repair_id}/again'])
    expect(post.mock.calls[1]![2]).toEqual({ repair_id: 'r1' })
    expect(store.current?.id).toBe('r2')
  })

  it('made to all is not decided by who only looks at it', async () => {
    const post = spyOn('post').mockResolvedValue(repair({ state: 'dismissed' }))
    spyOn('get').mockResolvedValue({ items: [] })
    const store = useRepair()
    store.take(repair({ cause: 'pull_out' }))
    store.drop()
    expect(post).not.toHaveBeenCalled()
    store.take(repair({ cause: 'pull_out' }))
    store.leave()
    expect(store.current).toBeNull()
    expect(posted(post).map(([path]) => path)).toEqual(['/repairs/{repair_id}/dismiss'])
  })

  it('let go of while it is under way does not come back', async () => {
    let arrive: (value: unknown) => void = () => undefined
    const post = spyOn('post').mockReturnValueOnce(new Promise((done) => (arrive = done)))
    spyOn('get').mockResolvedValue({ items: [] })
    post.mockResolvedValue(repair({ state: 'dismissed' }))
    const store = useRepair()
    const asking = store.ask({ cause: 'late', visit_id: 'v1' })
    store.drop()
    expect(store.busy).toBe(false)
    arrive(repair({ state: 'asked', done: false }))
    await asking
    await vi.advanceTimersByTimeAsync(5_000)
    expect(store.current).toBeNull()
    expect(posted(post).map(([path]) => path)).toEqual(['/repairs', '/repairs/{repair_id}/dismiss'])
  })
})

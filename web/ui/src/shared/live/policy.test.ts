import { describe, expect, it } from 'vitest'
import { afterClose, follows, isStale, retryDelay } from './policy'

describe('a numbered frame', () => {
  const cursor = { epoch: 'e', seq: 10 }

  it('is applied when it follows what we have', () => {
    expect(follows(cursor, { seq: 14, prev: 10 })).toBe('apply')
  })

  it('is skipped when we have it already', () => {
    expect(follows(cursor, { seq: 10, prev: 9 })).toBe('duplicate')
  })

  it('reveals that one before it was lost', () => {
    expect(follows(cursor, { seq: 14, prev: 12 })).toBe('gap')
    expect(follows(null, { seq: 1, prev: 0 })).toBe('gap')
  })
})

describe('reconnecting', () => {
  it('waits longer each time, up to ten seconds, and never in step with others', () => {
    expect(retryDelay(0, () => 1)).toBe(300)
    expect(retryDelay(2, () => 1)).toBe(1200)
    expect(retryDelay(50, () => 1)).toBe(10_000)
    expect(retryDelay(50, () => 0)).toBe(300)
  })

  it('counts four silent seconds as lost', () => {
    expect(isStale(0, 3999)).toBe(false)
    expect(isStale(0, 4000)).toBe(true)
  })

  it('does what the close code asks for', () => {
    expect(afterClose(4401)).toBe('login')
    expect(afterClose(4403)).toBe('stop')
    expect(afterClose(4410)).toBe('afresh')
    expect(afterClose(4408)).toBe('resume')
    expect(afterClose(1006)).toBe('resume')
  })
})

import { describe, expect, it } from 'vitest'
import type { JobProgress } from '../wire'
import { partsOf } from './parts'

const point = (over: Partial<JobProgress> = {}): JobProgress => ({
  seconds: 1,
  cost: 10,
  unplaced: 0,
  ...over,
})

describe('the parts of a large centre', () => {
  it('are not spoken of when there is one search', () => {
    expect(partsOf([])).toBeNull()
    expect(partsOf([point(), point({ parts: null, of: null })])).toBeNull()
  })

  it('are counted by the newest point that says so', () => {
    const progress = [
      point({ parts: 3, of: 50 }),
      point({ seconds: 2, parts: 12, of: 50 }),
      point({ seconds: 3 }),
    ]
    expect(partsOf(progress)).toEqual({ done: 12, of: 50, share: 0.24 })
  })

  it('have no share while the whole is not known', () => {
    expect(partsOf([point({ parts: 4, of: null })])).toEqual({ done: 4, of: null, share: null })
    expect(partsOf([point({ parts: 0, of: 0 })])).toEqual({ done: 0, of: null, share: null })
  })

  it('never are more than the whole', () => {
    expect(partsOf([point({ parts: 7, of: 6 })])!.share).toBe(1)
  })
})

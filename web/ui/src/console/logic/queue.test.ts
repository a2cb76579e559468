import { describe, expect, it } from 'vitest'
import { incident } from '../testing/samples'
import { isIn, mayPop, queue, step, supersedes, tabCounts } from './queue'

const ME = 'me'
const mine = { id: ME, name: 'Me' }

describe('the queue', () => {
  it('shows the most urgent first, then the one that waited longest', () => {
    const late = incident({ priority: 1, opened_at: '2026-11-22T01:02:00Z' })
    const early = incident({ priority: 1, opened_at: '2026-11-22T01:01:00Z' })
    const old = incident({ priority: 3, opened_at: '2026-11-20T01:00:00Z' })
    expect(queue([old, late, early], 'open', ME)).toEqual([early, late, old])
  })

  it('shows the closed ones latest first', () => {
    const first = incident({ state: 'closed', closed_at: '2026-11-22T01:00:00Z' })
    const second = incident({ state: 'closed', closed_at: '2026-11-22T02:00:00Z' })
    expect(queue([first, second], 'closed', ME)).toEqual([second, first])
  })

  it('counts an incident in every tab that it belongs to', () => {
    const rows = [
      incident(),
      incident({ state: 'claimed', claimed_by: mine }),
      incident({ state: 'on_scene', claimed_by: { id: 'other', name: 'O' } }),
      incident({ state: 'closed', claimed_by: mine }),
    ]
    expect(tabCounts(rows, ME)).toEqual({ waiting: 1, mine: 1, open: 3, closed: 1 })
  })

  it('has nothing of mine for nobody', () => {
    expect(isIn('mine', incident({ claimed_by: null }), null)).toBe(false)
  })

  it('keeps the newer version when an older answer comes late', () => {
    const shown = incident({ version: 4 })
    expect(supersedes({ ...shown, version: 3 }, shown)).toBe(false)
    expect(supersedes({ ...shown, version: 4 }, shown)).toBe(true)
    expect(supersedes(shown, undefined)).toBe(true)
  })
})

describe('a new alarm', () => {
  const arrived = incident({ priority: 1 })

  it('takes an empty screen', () => {
    expect(mayPop(arrived, undefined, ME, false)).toBe(true)
    expect(mayPop(arrived, incident({ state: 'closed' }), ME, false)).toBe(true)
  })

  it('never takes the screen from somebody who is typing', () => {
    expect(mayPop(arrived, undefined, ME, true)).toBe(false)
  })

  it('never takes the screen from an incident of my own', () => {
    const own = incident({ state: 'claimed', claimed_by: mine, priority: 2 })
    expect(mayPop(arrived, own, ME, false)).toBe(false)
  })

  it('takes it from something less urgent that I only look at', () => {
    expect(mayPop(arrived, incident({ priority: 3 }), ME, false)).toBe(true)
    expect(mayPop(arrived, incident({ priority: 1 }), ME, false)).toBe(false)
  })

  it('does not take it when it is not urgent or has an owner', () => {
    expect(mayPop(incident({ priority: 2 }), undefined, ME, false)).toBe(false)
    expect(mayPop(incident({ state: 'claimed', claimed_by: mine }), undefined, ME, false)).toBe(
      false,
    )
  })
})

describe('moving through the queue', () => {
  const rows = [incident(), incident(), incident()]

  it('stays inside the list', () => {
    expect(step(rows, rows[0]!.id, -1)).toBe(rows[0]!.id)
    expect(step(rows, rows[2]!.id, 1)).toBe(rows[2]!.id)
    expect(step(rows, rows[0]!.id, 1)).toBe(rows[1]!.id)
  })

  it('starts at the near end when nothing is selected', () => {
    expect(step(rows, null, 1)).toBe(rows[0]!.id)
    expect(step(rows, null, -1)).toBe(rows[2]!.id)
    expect(step([], null, 1)).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { costCurve } from './costCurve'

describe('the cost curve', () => {
  it('is not there before the first solution', () => {
    expect(costCurve([], 100, 50, 30)).toBeNull()
  })

  it('falls in steps from the first cost to the last', () => {
    const curve = costCurve(
      [
        { seconds: 0, cost: 100, unplaced: 4 },
        { seconds: 15, cost: 40, unplaced: 1 },
      ],
      300,
      60,
      30,
    )
    expect(curve).toEqual({ path: 'M0 0H150V60', first: 100, last: 40, until: 30 })
  })

  it('never rises: it shows the best so far', () => {
    const curve = costCurve(
      [
        { seconds: 1, cost: 50, unplaced: 0 },
        { seconds: 2, cost: 70, unplaced: 0 },
        { seconds: 3, cost: 40, unplaced: 0 },
      ],
      100,
      10,
      3,
    )
    expect(curve!.path).toBe('M33.3 0H66.7V0H100V10')
  })
})

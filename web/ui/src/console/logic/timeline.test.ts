import { describe, expect, it } from 'vitest'
import type { TimelineItem } from '../wire'
import { entryOf, jobHolders, lastOutcomes, type Lexicon } from './timeline'

const words: Lexicon = {
  kind: (code) => `kind ${code}`,
  outcome: (code) => `outcome ${code}`,
  disposition: (code) => `disposition ${code}`,
  contact: (id) => `contact ${id}`,
  caregiver: (id, assignment) => `caregiver ${id || assignment}`,
}
const item = (
  type: string,
  data: Record<string, unknown> = {},
  at = '2026-11-22T01:00:00Z',
): TimelineItem => ({
  id: `${type}-${at}`,
  at,
  type,
  by: { id: 'o', name: 'Zhao' },
  data,
})

describe('a timeline entry', () => {
  it('says who did what, in words', () => {
    const entry = entryOf(item('contact_called', { contact_id: 'd', outcome: 'answered' }), words)
    expect(entry.key).toBe('timeline.contact_called')
    expect(entry.params).toMatchObject({
      by: 'Zhao',
      contact: 'contact d',
      outcome: 'outcome answered',
    })
  })

  it('quotes what a person wrote', () => {
    expect(entryOf(item('noted', { text: 'door is open' }), words).quote).toBe('door is open')
    expect(entryOf(item('closed', { disposition: 'real', note: 'safe' }), words).quote).toBe('safe')
    expect(entryOf(item('declined', { assignment_id: 'a', reason: 'too far' }), words).quote).toBe(
      'too far',
    )
  })

  it('is shown even when its type is news to this console', () => {
    expect(entryOf(item('levitated'), words)).toMatchObject({
      key: 'timeline.other',
      params: { type: 'levitated' },
    })
  })
})

describe('what a timeline tells', () => {
  it('keeps the last outcome of each contact', () => {
    const told = lastOutcomes([
      item('contact_called', { contact_id: 'd', outcome: 'no_answer' }, '2026-11-22T01:00:00Z'),
      item('contact_called', { contact_id: 'd', outcome: 'answered' }, '2026-11-22T01:01:00Z'),
      item('noted', { text: 'x' }),
    ])
    expect([...told]).toEqual([['d', { outcome: 'answered', at: '2026-11-22T01:01:00Z' }]])
  })

  it('remembers to whom each job was offered', () => {
    const told = jobHolders([
      item('dispatched', { assignment_id: 'a', caregiver_id: 'c' }),
      item('accepted', { assignment_id: 'a' }),
    ])
    expect(told.get('a')).toBe('c')
  })
})

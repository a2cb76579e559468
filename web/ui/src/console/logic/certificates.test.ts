import { describe, expect, it } from 'vitest'
import type { Certificate, Holder } from '../wire'
import { blank, daysOf, faultOf, filled, holderRows, standingOf } from './certificates'

const TODAY = '2026-03-02'
const certificate = (over: Partial<Certificate> = {}): Certificate => ({
  id: 'c1',
  skill: 'nursing',
  number: 'N-0001',
  valid_from: '2025-01-01',
  valid_to: '2027-12-31',
  version: 1,
  ...over,
})
const holder = (over: Partial<Holder> = {}): Holder => ({
  id: 'h1',
  name: '李静',
  skills: ['nursing', 'bathing'],
  certificates: [certificate()],
  ...over,
})
const keys = (...args: Parameters<typeof holderRows>): string[] =>
  holderRows(...args).flatMap((row) => row.held.map((one) => `${one.skill} ${one.standing}`))

describe('a certificate', () => {
  it.each([
    ['2027-12-31', 'valid'],
    [null, 'valid'],
    ['2026-04-02', 'valid'],
    ['2026-04-01', 'ending'],
    ['2026-03-02', 'ending'],
    ['2026-03-01', 'ended'],
  ] as const)('that is valid to %s is %s', (valid_to, standing) => {
    expect(standingOf(certificate({ valid_to }), TODAY)).toBe(standing)
  })

  it('counts from its first day', () => {
    expect(standingOf(certificate({ valid_from: '2026-03-03' }), TODAY)).toBe('ahead')
    expect(standingOf(certificate({ valid_from: '2026-03-02' }), TODAY)).toBe('valid')
  })
})

describe('the list', () => {
  it('shows what has dates and what always counts', () => {
    expect(keys([holder()], TODAY)).toEqual(['nursing valid', 'bathing always'])
  })

  it('shows somebody without any skill, so that one can be added', () => {
    expect(holderRows([holder({ skills: [], certificates: [] })], TODAY)).toHaveLength(1)
  })

  it('finds people, skills by either name, and numbers', () => {
    const both = [
      holder(),
      holder({ id: 'h2', name: '王芳', skills: ['dementia'], certificates: [] }),
    ]
    const nameOf = (skill: string) => (skill === 'nursing' ? '护理' : skill)
    expect(keys(both, TODAY, { filter: '王' })).toEqual(['dementia always'])
    expect(keys(both, TODAY, { filter: '护理', nameOf })).toEqual(['nursing valid'])
    expect(keys(both, TODAY, { filter: ' n-0001 ' })).toEqual(['nursing valid'])
    expect(holderRows(both, TODAY, { filter: 'nobody' })).toEqual([])
  })

  it('leaves out of what is to be renewed what has been', () => {
    const old = certificate({ valid_to: '2026-03-10' })
    const next = certificate({ id: 'c2', valid_from: '2026-03-11', valid_to: null })
    expect(keys([holder({ certificates: [old] })], TODAY, { which: 'ending' })).toEqual([
      'nursing ending',
    ])
    expect(keys([holder({ certificates: [old, next] })], TODAY, { which: 'ending' })).toEqual([])
    expect(
      keys([holder({ certificates: [certificate({ valid_to: '2026-01-01' })] })], TODAY, {
        which: 'ended',
      }),
    ).toEqual(['nursing ended'])
  })
})

describe('a form', () => {
  it('says what is wrong with it', () => {
    const form = { ...blank('h1', TODAY), skill: 'nursing' }
    expect(faultOf(form)).toBe(null)
    expect(faultOf({ ...form, caregiver: '' })).toBe('person')
    expect(faultOf({ ...form, skill: '' })).toBe('skill')
    expect(faultOf({ ...form, from: '' })).toBe('from')
    expect(faultOf({ ...form, to: '2026-03-01' })).toBe('backwards')
    expect(faultOf({ ...form, to: TODAY })).toBe(null)
  })

  it('sends what a certificate is when nothing is touched', () => {
    const { number, valid_from, valid_to } = certificate()
    expect(daysOf(filled('h1', certificate()))).toEqual({ number, valid_from, valid_to })
    expect(daysOf({ ...blank('h1', TODAY), number: '  ' })).toEqual({
      number: null,
      valid_from: TODAY,
      valid_to: null,
    })
  })
})

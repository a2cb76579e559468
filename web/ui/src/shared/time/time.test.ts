import { beforeEach, describe, expect, it } from 'vitest'
import { setLocale } from '../i18n'
import { ago, clockTime, counter, localDay, minuteOn, span } from './format'
import { ServerClock } from './serverClock'

beforeEach(() => setLocale('en'))

describe('times', () => {
  it('are shown in the wall clock of the centre, whatever the browser thinks', () => {
    expect(clockTime('2026-11-21T16:05:00Z')).toBe('00:05')
    expect(localDay('2026-11-21T16:05:00Z')).toBe('2026-11-22')
    expect(minuteOn('2026-11-22', '2026-11-21T16:05:30Z')).toBe(5.5)
    expect(minuteOn('2026-11-21', '2026-11-21T16:30:00Z')).toBe(24 * 60 + 30)
  })

  it('count up without jumping in width', () => {
    expect(counter(-3)).toBe('0:00')
    expect(counter(51.9)).toBe('0:51')
    expect(counter(3661)).toBe('1:01:01')
  })

  it('are said in words of the chosen language', () => {
    const now = Date.parse('2026-11-22T01:10:00Z')
    expect(ago('2026-11-22T01:07:00Z', now)).toBe('3 min ago')
    expect(span(3900)).toBe('1 h 5 min')
    setLocale('zh-CN')
    expect(ago('2026-11-22T01:07:00Z', now)).toBe('3 分钟前')
  })
})

describe('the clock of the platform', () => {
  it('is read from the sample that travelled fastest', () => {
    let local = 1000
    const clock = new ServerClock(() => local)
    clock.sample(new Date(5000).toISOString()) // offset 4000
    local = 2000
    clock.sample(new Date(5900).toISOString()) // came 100 ms late
    expect(clock.now()).toBe(6000)
  })

  it('prefers milliseconds to the whole seconds of an HTTP header', () => {
    const clock = new ServerClock(() => 0)
    clock.sampleHttpDate('Thu, 01 Jan 1970 00:01:00 GMT')
    expect(clock.now()).toBe(60_500)
    clock.sample(new Date(60_020).toISOString())
    expect(clock.now()).toBe(60_020)
    clock.sampleHttpDate('Thu, 01 Jan 1970 01:00:00 GMT')
    expect(clock.now()).toBe(60_020)
  })

  it('is the local one until the platform has spoken', () => {
    expect(new ServerClock(() => 7).now()).toBe(7)
  })
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'

import { useRing } from './ring'

let allowed = false
let tones = 0

class FakeParam {
  value = 0
  setValueAtTime = vi.fn()
  exponentialRampToValueAtTime = vi.fn()
}

class FakeAudio {
  currentTime = 0
  destination = {}
  get state(): string {
    return allowed ? 'running' : 'suspended'
  }
  resume = (): Promise<void> => Promise.resolve()
  close = (): Promise<void> => Promise.resolve()
  createGain = () => ({ gain: new FakeParam(), connect: (to: unknown) => to })
  createOscillator = () => ({
    frequency: new FakeParam(),
    connect: (to: unknown) => to,
    start: () => (tones += 1),
    stop: () => undefined,
  })
}

const buzz = vi.fn(() => true)

beforeEach(() => {
  allowed = false
  tones = 0
  buzz.mockClear()
  vi.useFakeTimers()
  vi.stubGlobal('AudioContext', FakeAudio)
  Object.defineProperty(navigator, 'vibrate', { value: buzz, configurable: true })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a page that may make no sound says so, buzzes, and rings after the first touch', async () => {
  const scope = effectScope()
  const ring = scope.run(useRing)!
  ring.start()
  expect(ring.blocked.value).toBe(true)
  expect(tones).toBe(0)
  expect(buzz).toHaveBeenCalled()

  allowed = true
  window.dispatchEvent(new Event('pointerdown'))
  await vi.advanceTimersByTimeAsync(1_800)
  expect(ring.blocked.value).toBe(false)
  expect(tones).toBe(2)
  scope.stop()
})

test('the ring goes on until it is stopped, and ends with the screen it belongs to', async () => {
  allowed = true
  const scope = effectScope()
  const ring = scope.run(useRing)!
  ring.start()
  ring.start()
  await vi.advanceTimersByTimeAsync(3_600)
  expect(tones).toBe(6)
  scope.stop()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(tones).toBe(6)
})

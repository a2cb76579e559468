import { describe, expect, it } from 'vitest'
import { commandFor, keyOf, takesText } from './keys'

const press = (key: string, over: Partial<KeyboardEvent> = {}) =>
  ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    isComposing: false,
    repeat: false,
    ...over,
  }) as KeyboardEvent

describe('a key', () => {
  it('gives its command, in either case', () => {
    expect(commandFor(press('c'), document.body, true)).toBe('claim')
    expect(commandFor(press('C'), document.body, true)).toBe('claim')
    expect(commandFor(press('?'), null, true)).toBe('help')
  })

  it('does nothing while somebody types', () => {
    const field = document.createElement('textarea')
    expect(takesText(field)).toBe(true)
    expect(commandFor(press('x'), field, true)).toBeNull()
    expect(commandFor(press('c', { isComposing: true }), document.body, true)).toBeNull()
  })

  it('does nothing when keys are switched off or a modifier is held', () => {
    expect(commandFor(press('c'), document.body, false)).toBeNull()
    expect(commandFor(press('c', { ctrlKey: true }), document.body, true)).toBeNull()
  })

  it('acts once while held, unless it only moves', () => {
    expect(commandFor(press('c', { repeat: true }), document.body, true)).toBeNull()
    expect(commandFor(press('j', { repeat: true }), document.body, true)).toBe('next')
  })

  it('has no meaning when it is no command', () => {
    expect(commandFor(press('q'), document.body, true)).toBeNull()
    expect(commandFor(press('Enter'), document.body, true)).toBeNull()
  })

  it('can be looked up for its command', () => {
    expect(keyOf('dispatch')).toBe('D')
    expect(keyOf('search')).toBe('/')
  })
})

import { expect, test } from 'vitest'

import { askingAgain } from './asking'

/** A question whose answers the test gives one by one. */
function question() {
  const waiting: (() => void)[] = []
  let asked = 0
  const ask = askingAgain(() => {
    asked += 1
    return new Promise<void>((answer) => waiting.push(answer))
  })
  return { ask, answer: () => waiting.shift()?.(), asked: () => asked }
}

const breath = (): Promise<void> => new Promise((done) => setTimeout(done))

test('a request made while an answer is on its way is asked again afterwards, once', async () => {
  const { ask, answer, asked } = question()
  void ask()
  void ask()
  void ask()
  expect(asked()).toBe(1)
  answer()
  await breath()
  expect(asked()).toBe(2)
  answer()
  await breath()
  expect(asked()).toBe(2)
})

test('whoever asked is told when the newest answer is there', async () => {
  const { ask, answer } = question()
  let done = false
  void ask()
  void ask().then(() => (done = true))
  answer()
  await breath()
  expect(done).toBe(false)
  answer()
  await breath()
  expect(done).toBe(true)
})

test('it can be asked again after the last answer', async () => {
  const { ask, answer, asked } = question()
  void ask()
  answer()
  await breath()
  void ask()
  expect(asked()).toBe(2)
})

/** The tones of the console. Each priority is told apart by pitch, rhythm and timbre, not loudness. */
import type { Volume } from '../logic/ringing'
import type { Priority } from '../wire'

export interface Note {
  /** Seconds from the start of the pattern. */
  at: number
  hertz: number
  seconds: number
}

export interface Pattern {
  wave: OscillatorType
  /** Seconds from one start to the next. */
  every: number
  notes: readonly Note[]
}

export const PATTERNS: Readonly<Record<Priority, Pattern>> = {
  // Two tones, urgent, without a pause long enough to forget.
  1: {
    wave: 'triangle',
    every: 1.5,
    notes: [0, 0.24, 0.48, 0.72].map((at, i) => ({ at, hertz: i % 2 ? 740 : 988, seconds: 0.2 })),
  },
  // A falling third, twice.
  2: {
    wave: 'sine',
    every: 4,
    notes: [
      { at: 0, hertz: 659, seconds: 0.3 },
      { at: 0.34, hertz: 523, seconds: 0.5 },
    ],
  },
  // One soft low note, seldom.
  3: { wave: 'sine', every: 20, notes: [{ at: 0, hertz: 392, seconds: 0.6 }] },
}

/** What the start of a shift sounds like: three rising notes. */
export const TEST_TONE: Pattern = {
  wave: 'sine',
  every: Number.POSITIVE_INFINITY,
  notes: [523, 659, 784].map((hertz, i) => ({ at: i * 0.16, hertz, seconds: 0.22 })),
}

export const GAIN: Readonly<Record<Volume, number>> = { soft: 0.08, normal: 0.3, loud: 0.8 }

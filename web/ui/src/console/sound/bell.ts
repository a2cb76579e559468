import type { Ring, Volume } from '../logic/ringing'
import type { Priority } from '../wire'
import { GAIN, PATTERNS, TEST_TONE, type Pattern } from './patterns'

/** Plays the pattern of what rings until told otherwise. Browsers keep it mute until a click. */
export class Bell {
  private context: AudioContext | null = null
  private playing: { priority: Priority; volume: Volume } | null = null
  private timer: number | undefined
  private gate: GainNode | null = null

  constructor(private readonly onRunning: (running: boolean) => void) {}

  /** Make the sound ready; true when the browser lets us be heard. Call it from a click to be sure. */
  async unlock(): Promise<boolean> {
    if (typeof AudioContext === 'undefined') return false
    if (this.context === null) {
      this.context = new AudioContext()
      this.context.onstatechange = () => this.onRunning(this.context?.state === 'running')
    }
    if (this.context.state !== 'running') {
      // Without a click the promise may never settle: do not wait for ever.
      await Promise.race([
        this.context.resume().catch(() => undefined),
        new Promise((resolve) => window.setTimeout(resolve, 400)),
      ])
    }
    const running = this.context.state === 'running'
    this.onRunning(running)
    return running
  }

  test(): void {
    this.play(TEST_TONE, GAIN.normal, this.open())
  }

  /** Ring, change what rings, or fall silent at once (null). */
  ring(ring: Ring | null): void {
    const same = this.playing?.priority === ring?.priority && this.playing?.volume === ring?.volume
    if (same) return
    window.clearInterval(this.timer)
    this.gate?.disconnect() // cuts notes already scheduled
    this.gate = null
    this.playing = ring === null ? null : { priority: ring.priority, volume: ring.volume }
    if (ring === null) return
    const pattern = PATTERNS[ring.priority]
    const gain = GAIN[ring.volume]
    const again = () => this.play(pattern, gain, (this.gate ??= this.open()))
    again()
    this.timer = window.setInterval(again, pattern.every * 1000)
  }

  private open(): GainNode | null {
    if (this.context === null) return null
    const gate = this.context.createGain()
    gate.connect(this.context.destination)
    return gate
  }

  private play(pattern: Pattern, gain: number, gate: GainNode | null): void {
    const context = this.context
    if (context === null || context.state !== 'running' || gate === null) return
    for (const note of pattern.notes) {
      const start = context.currentTime + 0.02 + note.at
      const end = start + note.seconds
      const oscillator = context.createOscillator()
      const envelope = context.createGain()
      oscillator.type = pattern.wave
      oscillator.frequency.value = note.hertz
      envelope.gain.setValueAtTime(0, start)
      envelope.gain.linearRampToValueAtTime(gain, start + 0.015)
      envelope.gain.setValueAtTime(gain, end - 0.05)
      envelope.gain.linearRampToValueAtTime(0, end)
      oscillator.connect(envelope).connect(gate)
      oscillator.start(start)
      oscillator.stop(end)
    }
  }
}

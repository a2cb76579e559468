/** The ring of an alarm offer: two falling tones and a buzz, until it is answered. */

import { onScopeDispose, ref } from 'vue'

const EVERY_MS = 1_800
const TONES = [
  { hz: 988, from: 0, to: 0.28 },
  { hz: 740, from: 0.34, to: 0.7 },
] as const

/**
 * Browsers keep a page mute until it is touched: `blocked` tells so, and any touch unlocks.
 * Call within a component's setup.
 */
export function useRing() {
  const blocked = ref(false)
  let context: AudioContext | null = null
  let timer: number | undefined

  function sound(): AudioContext | null {
    if (!context && 'AudioContext' in window) context = new AudioContext()
    return context
  }

  function unlock(): void {
    const audio = sound()
    if (!audio) return
    void audio.resume().then(() => (blocked.value = audio.state !== 'running'))
  }

  function once(): void {
    navigator.vibrate?.([350, 150, 350])
    const audio = sound()
    if (!audio) return
    blocked.value = audio.state !== 'running'
    if (blocked.value) return
    for (const { hz, from, to } of TONES) {
      const tone = audio.createOscillator()
      const volume = audio.createGain()
      const start = audio.currentTime + from
      const end = audio.currentTime + to
      tone.frequency.value = hz
      volume.gain.setValueAtTime(0.0001, start)
      volume.gain.exponentialRampToValueAtTime(0.5, start + 0.03)
      volume.gain.exponentialRampToValueAtTime(0.0001, end)
      tone.connect(volume).connect(audio.destination)
      tone.start(start)
      tone.stop(end)
    }
  }

  function start(): void {
    if (timer !== undefined) return
    once()
    timer = window.setInterval(once, EVERY_MS)
  }

  function stop(): void {
    window.clearInterval(timer)
    timer = undefined
    navigator.vibrate?.(0)
  }

  window.addEventListener('pointerdown', unlock)
  onScopeDispose(() => {
    stop()
    window.removeEventListener('pointerdown', unlock)
    void context?.close()
  })

  return { blocked, start, stop, unlock }
}

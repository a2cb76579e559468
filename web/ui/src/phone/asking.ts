/**
 * Ask one question at a time, and never be content with an answer older than the last request.
 *
 * A request made while an answer is on its way may know of something that answer does not: the
 * question is then asked once more. The promise resolves when nothing is left to be asked.
 */
export function askingAgain(ask: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let wanted = false

  async function run(): Promise<void> {
    try {
      do {
        wanted = false
        await ask()
      } while (wanted)
    } finally {
      running = null
    }
  }

  return () => {
    wanted = true
    running ??= run()
    return running
  }
}

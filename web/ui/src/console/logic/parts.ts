/** How far the plan of a large centre is, which is solved in parts. */
import type { JobProgress } from '../wire'

export interface Parts {
  done: number
  /** Of how many; null while that is not known. */
  of: number | null
  /** 0 to 1; null while the whole is not known. */
  share: number | null
}

/** The newest count of parts; null for a centre that is planned in one. */
export function partsOf(progress: readonly JobProgress[]): Parts | null {
  const last = [...progress].reverse().find((point) => typeof point.parts === 'number')
  if (last === undefined) return null
  const done = last.parts!
  // Borders between parts are counted once the parts are solved: the whole may grow, never the part beyond it.
  const of = typeof last.of === 'number' && last.of > 0 ? Math.max(last.of, done) : null
  return { done, of, share: of === null ? null : done / of }
}

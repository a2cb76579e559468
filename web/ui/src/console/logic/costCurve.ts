/** The falling cost of a planning run as an SVG path: a step curve, best so far. */
import type { JobProgress } from '../wire'

export interface Curve {
  path: string
  first: number
  last: number
  /** Seconds at the right edge. */
  until: number
}

export function costCurve(
  progress: readonly JobProgress[],
  width: number,
  height: number,
  budgetSeconds: number,
): Curve | null {
  if (progress.length === 0) return null
  const best: JobProgress[] = []
  for (const point of [...progress].sort((a, b) => a.seconds - b.seconds)) {
    const before = best.at(-1)
    best.push(before && before.cost < point.cost ? { ...point, cost: before.cost } : point)
  }
  const first = best[0]!.cost
  const last = best.at(-1)!.cost
  const until = Math.max(budgetSeconds, best.at(-1)!.seconds, 1)
  const x = (seconds: number) => round((seconds / until) * width)
  const y = (cost: number) =>
    round(first === last ? height / 2 : ((first - cost) / (first - last)) * height)
  let path = `M${x(best[0]!.seconds)} ${y(first)}`
  for (const point of best.slice(1)) path += `H${x(point.seconds)}V${y(point.cost)}`
  return { path, first, last, until }
}

const round = (value: number): number => Math.round(value * 10) / 10

import type { IconName } from '@/shared/icons/paths'

import type { Colour } from './model'

/** A colour never stands alone: each has its own icon, and words beside it. */
export const LOOK: Readonly<Record<Colour, { icon: IconName }>> = {
  green: { icon: 'check' },
  amber: { icon: 'info' },
  red: { icon: 'bell' },
}

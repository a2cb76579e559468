import { currentLocale, translate } from '../i18n'

/** The platform stores UTC; people read the centre's wall clock. */
export const ZONE = 'Asia/Shanghai'

const cache = new Map<string, Intl.DateTimeFormat>()

function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = currentLocale() === 'en' ? 'en-GB' : 'zh-CN'
  const key = `${locale}/${name}`
  let found = cache.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: ZONE, hourCycle: 'h23', ...options })
    cache.set(key, found)
  }
  return found
}

type Moment = string | number | Date

const date = (at: Moment): Date => (at instanceof Date ? at : new Date(at))

/** 09:05 */
export const clockTime = (at: Moment): string =>
  formatter('hm', { hour: '2-digit', minute: '2-digit' }).format(date(at))

/** 09:05:07 */
export const clockSeconds = (at: Moment): string =>
  formatter('hms', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(date(at))

/** 11月22日 09:05 / 22 Nov, 09:05 */
export const dayAndTime = (at: Moment): string =>
  formatter('dhm', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(
    date(at),
  )

/** 11月22日周日 / Sun, 22 Nov */
export const dayName = (at: Moment): string =>
  formatter('day', { weekday: 'short', month: 'short', day: 'numeric' }).format(date(at))

/** The zone's fixed offset: China keeps one time and no summer time. */
const OFFSET = '+08:00'
const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE })
/** The centre's calendar day, `YYYY-MM-DD`. */
export const localDay = (at: Moment): string => DAY.format(date(at))

const INPUT = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
})
/** The centre's wall clock as a date-and-time field has it: `YYYY-MM-DDTHH:MM`. */
export const wallClock = (at: Moment): string => INPUT.format(date(at)).replace(' ', 'T')

/** The instant that a date-and-time field says, read at the centre. */
export const atWallClock = (value: string): string => new Date(`${value}:00${OFFSET}`).toISOString()

/** Minutes since midnight of `day` at the centre; a night shift runs past 24 hours. */
export function minuteOn(day: string, at: Moment): number {
  return (date(at).getTime() - Date.parse(`${day}T00:00:00${OFFSET}`)) / 60_000
}

/** A running counter: `0:51`, `12:03`, `1:30:00`. Negative counts as zero. */
export function counter(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const h = Math.floor(whole / 3600)
  const m = Math.floor((whole % 3600) / 60)
  const s = String(whole % 60).padStart(2, '0')
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`
}

/** `3 分钟前` / `3 min ago`, by the platform's clock. */
export function ago(at: Moment, now: number): string {
  const seconds = Math.max(0, Math.floor((now - date(at).getTime()) / 1000))
  if (seconds < 5) return translate('time.justNow')
  if (seconds < 60) return translate('time.secondsAgo', { n: seconds })
  if (seconds < 3600) return translate('time.minutesAgo', { n: Math.floor(seconds / 60) })
  if (seconds < 86_400) return translate('time.hoursAgo', { n: Math.floor(seconds / 3600) })
  return translate('time.daysAgo', { n: Math.floor(seconds / 86_400) })
}

/** A span in words: `45 s`, `12 min`, `1 h 5 min`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return translate('time.seconds', { n: whole })
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return translate('time.minutes', { n: minutes })
  return translate('time.hoursMinutes', { h: Math.floor(minutes / 60), m: minutes % 60 })
}

export function distance(metres: number): string {
  if (metres < 1000) return translate('time.metres', { n: Math.round(metres / 10) * 10 })
  return translate('time.kilometres', { n: (metres / 1000).toFixed(1) })
}

import { hasMessage, translate } from '../i18n'
import { Problem } from './problem'

/** An error in the user's words: by the problem's code first, then by its status. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Problem)) {
    return translate('error.unexpected', {
      detail: error instanceof Error ? error.message : String(error),
    })
  }
  if (hasMessage(`error.${error.code}`)) return translate(`error.${error.code}`, error.data)
  if (error.status === 403) return translate('error.forbidden')
  if (error.status === 404) return translate('error.not-found')
  if (error.status === 429) return translate('error.rate-limited')
  if (error.status >= 500) return translate('error.server')
  return translate('error.unexpected', { detail: error.detail ?? error.title })
}

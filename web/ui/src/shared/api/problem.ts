/** An RFC 9457 problem answered by the platform, or `code: 'network'` when no answer came. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string | null,
    readonly data: Readonly<Record<string, unknown>>,
  ) {
    super(detail ?? title)
    this.name = 'Problem'
  }

  /** True when asking again may help: no answer, or the platform is busy or down. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }

  static network(cause: unknown): Problem {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return new Problem(0, 'network', 'No connection', reason, {})
  }
}

/** Read a problem out of a failed response, whatever its body is. */
export async function problemFrom(response: Response): Promise<Problem> {
  let body: Record<string, unknown> = {}
  if ((response.headers.get('content-type') ?? '').includes('json')) {
    try {
      body = (await response.json()) as Record<string, unknown>
    } catch {
      // whoever stands between us and the platform may answer anything
    }
  }
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return new Problem(
    response.status,
    text(body.code) ?? `http-${response.status}`,
    text(body.title) ?? response.statusText,
    text(body.detail),
    body,
  )
}

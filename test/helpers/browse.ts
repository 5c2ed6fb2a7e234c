import { request } from 'node:http'

export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The token of the form on it; empty where there is none. */
  readonly form: string
}

/** Ask for a page as a browser that was sent its link does; `fetch` would say that it is a script. */
export function browse(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Page> {
  const { method = 'GET', headers = {}, body } = options
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Uint8Array[] = []
      response.on('data', (chunk: Uint8Array) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          form: /name="form" value="([0-9a-f]{32})"/.exec(text)?.[1] ?? '',
        })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Press a button of a page. */
export function submit(url: string, form: string, answer: string): Promise<Page> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    // What a browser says on a page that sends no referrer.
    origin: 'null',
    'sec-fetch-site': 'same-origin',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  }
  const body = new URLSearchParams({ form, answer }).toString()
  return browse(url, { method: 'POST', headers, body })
}

import type { Bucket } from '../../runtimes/node/index.ts'

/** Path and query of a request to a bucket or an object. */
export function targetOf(
  { name, address }: Bucket,
  key: string | undefined,
  query: Readonly<Record<string, string>>,
): string {
  const bucket = address.style === 'path' ? `/${name}` : ''
  const path = `${bucket}/${key === undefined ? '' : encoded(key).replaceAll('%2F', '/')}`
  const pairs = Object.entries(query).map(([name, value]) =>
    value === '' ? encoded(name) : `${encoded(name)}=${encoded(value)}`,
  )
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16)}`)

import { formatAddress, parseObjectAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { duration, oneOf, pairs } from '../args/flags.ts'
import { foldCase } from '../args/upload-flags.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { formatMoment } from '../output/figures.ts'

export const sign = command({
  usage: ['sign oss://bucket/key', 'sign oss://bucket/key --method PUT --expires 10m'],
  examples: [
    ['ossup sign oss://examplebucket/film.mp4', 'for reading, valid for 1 hour'],
    ['ossup sign oss://examplebucket/in.bin --method PUT --expires 10m', 'for writing'],
  ],
  details: [
    'Only the URL goes to standard output. Until it expires, keep it as secret as a password: anyone who has it can make this one request. The request must carry exactly the headers given here. OSS is not asked, so a missing object or permission shows when the URL is used.',
  ],
  positionals: { min: 1, max: 1 },
  flags: {
    method: oneOf(['GET', 'PUT'], 'read it, or store it; default: GET'),
    expires: duration('<1h|7d>', 'how long it holds, 1s to 7d; default: 1h', {
      min: 1000,
      max: 604_800_000,
      words: '1s to 7d',
    }),
    headers: pairs('<k=v>', 'a header to come with it, such as content-type=text/plain', foldCase),
    ...commonFlags,
  },
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen } = shell
    const address = parseObjectAddress(target)
    const method = flags.method ?? 'GET'
    const headers = flags.headers ?? {}
    const bucket = await bucketOf(address.bucket, flags, shell)
    const request = { method, key: address.key, headers, ...defined({ expiresMs: flags.expires }) }
    const url = await bucket.presign(request)
    const { expiresAt, isTemporary } = readUrl(url)
    const endsAt = isTemporary ? await bucket.credentialsEndAt() : undefined
    if (endsAt !== undefined && endsAt < expiresAt) {
      screen.warn(
        `the credentials end ${formatMoment(endsAt)}, and the URL with them, before ${formatMoment(expiresAt)}`,
      )
    } else if (isTemporary && endsAt === undefined) {
      screen.warn(
        `the credentials are temporary: the URL ends with them if that is before ${formatMoment(expiresAt)}`,
      )
    }
    const ends = endsAt === undefined ? {} : { credentialsEndAt: endsAt }
    screen.result('result', { ...address, url, method, headers, expiresAt, ...ends }, url)
    screen.note(`${method} ${formatAddress(address)} until ${formatMoment(expiresAt)}`)
  },
})

/** Reads the expiry from a signed URL. It is a time of OSS's clock, as far as that clock is known. */
function readUrl(url: string): { expiresAt: number; isTemporary: boolean } {
  const { searchParams: query } = new URL(url)
  const time = query.get('x-oss-date') ?? ''
  const begun = time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')
  return {
    expiresAt: Date.parse(begun) + Number(query.get('x-oss-expires')) * 1000,
    isTemporary: query.has('x-oss-security-token'),
  }
}

import { formatAddress, parseObjectAddress } from '../args/address.ts'
import { command } from '../args/command.ts'
import { defined } from '../args/defined.ts'
import { duration, oneOf, pairs } from '../args/flags.ts'
import { bucketOf, commonFlags } from '../connect/connection.ts'
import { formatMoment } from '../output/figures.ts'

export const sign = command({
  usage: ['sign oss://bucket/key', 'sign oss://bucket/key --method PUT --expires 10m'],
  summary: 'make a URL that lets anybody read or write an object',
  details: [
    'The URL alone goes to standard output. Until it expires it is as secret as a password: whoever',
    'has it can do this one thing. Headers that are given here have to be sent with it, exactly. OSS is',
    'not asked: whether the object is there, and you may reach it, shows when the URL is used.',
  ].join('\n'),
  positionals: { min: 1, max: 1 },
  flags: {
    method: oneOf(['GET', 'PUT'], 'read it, or store it; default: GET'),
    expires: duration('<1h|7d>', 'how long it holds, 1s to 7d; default: 1h', {
      min: 1000,
      max: 604_800_000,
      words: '1s to 7d',
    }),
    header: pairs('<k=v>', 'a header to come with it, as content-type=text/plain'),
    ...commonFlags,
  },
  async run({ positionals: [target = ''], flags }, shell) {
    const { screen } = shell
    const address = parseObjectAddress(target)
    const method = flags.method ?? 'GET'
    const headers = flags.header ?? {}
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

/** What a signed URL says of itself: its time is OSS's, as far as that is known. */
function readUrl(url: string): { expiresAt: number; isTemporary: boolean } {
  const { searchParams: query } = new URL(url)
  const time = query.get('x-oss-date') ?? ''
  const begun = time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')
  return {
    expiresAt: Date.parse(begun) + Number(query.get('x-oss-expires')) * 1000,
    isTemporary: query.has('x-oss-security-token'),
  }
}
